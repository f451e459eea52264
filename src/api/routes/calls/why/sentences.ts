import { never } from '../../../../lib/result.ts';
import type {
  Candidate,
  Candidates,
  Cause,
  Decision,
  Objection,
  PlaceInOrder,
} from '../../../../model/explanation.ts';

/** Writes a moment for people: `12:03:04.120` in the zone that they asked for. */
export type WriteTime = (at: number) => string;

/** What happened, in one line without the time. */
export function sentenceOf(decision: Decision, time: WriteTime): string {
  switch (decision.kind) {
    case 'waits':
      return (
        `waits at position ${decision.position} of ${decision.place.queueId}, ${standing(decision.place, time)}; ` +
        nobodyOf(decision.candidates)
      );
    case 'offered':
      return offeredTo(decision, time);
    case 'otherFirst': {
      const { agent, other, place } = decision;
      return (
        `${agent.name} got call ${other.callId} of ${other.queueId} first: it stands ` +
        `${seconds(place.effectiveStart - other.effectiveStart)} before this one ` +
        `(priority ${other.priority}, queued ${time(other.queuedAt)})`
      );
    }
    case 'notFor':
      return `${decision.agent.name} is free, but not for this call: ${objectionsOf(decision.agent, time)}`;
    case 'change':
      return changeOf(decision.type, decision.data, time);
    default:
      return never(decision);
  }
}

/** The agents by name, one line each, without whoever got the call; what has no room is counted. */
export function candidateLines(
  { shown, free, refused }: Candidates,
  time: WriteTime,
  chosenId?: string,
): string[] {
  const others = shown.filter(({ agentId }) => agentId !== chosenId);
  const lines = others.map((candidate) =>
    candidate.objections.length === 0
      ? `${candidate.name}: free (${scoreOf(candidate)})`
      : `${candidate.name}: ${objectionsOf(candidate, time)}`,
  );
  const rest = free + refused - shown.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

export function causeOf(cause: Cause): string {
  if (cause.type === 'deadline') return 'a time limit';
  const who = cause.agentId ?? cause.callId;
  return who === undefined ? cause.type : `${cause.type} ${who}`;
}

/** Why the agent could not have the call, in a few words. */
export function objectionText(objection: Objection, time: WriteTime): string {
  switch (objection.code) {
    case 'offline':
      return `signed out since ${time(objection.since)}`;
    case 'notReady':
      return `not ready (${objection.reason}) since ${time(objection.since)}`;
    case 'offered':
      return `offered call ${objection.callId} since ${time(objection.since)}`;
    case 'talking':
      return `talking with call ${objection.callId} since ${time(objection.since)}`;
    case 'wrapUp':
      return `after-call work until ${time(objection.until)}`;
    case 'noPhone':
      return 'no phone registered';
    case 'paused':
      return `paused until ${time(objection.until)}`;
    case 'passedOver':
      return `failed this call, passed over until ${time(objection.until)}`;
    case 'monthSpent':
      return `month spent: ${objection.spent} of ${objection.max}`;
    case 'daySpent':
      return `day spent: ${objection.spent} of ${objection.max}`;
    case 'outsideHours':
      return objection.until === undefined
        ? 'outside their hours'
        : `outside their hours until ${time(objection.until)}`;
    case 'casualNotNeeded':
      return 'casual, and not needed';
    case 'preferred':
      return `the call waits for ${objection.agentId} until ${time(objection.until)}`;
    case 'group':
      return 'the call is not open to their group yet';
    case 'queueFull':
      return `the queue has its ${objection.activeMax} calls at once`;
    case 'skill':
      return `skill ${objection.skill} ${objection.held} < ${objection.needed}`;
    default:
      return never(objection);
  }
}

function offeredTo(decision: Extract<Decision, { kind: 'offered' }>, time: WriteTime): string {
  const { candidates, agentId, place } = decision;
  const chosen = candidates.shown.find((candidate) => candidate.agentId === agentId);
  const score = chosen ? ` (${scoreOf(chosen)})` : '';
  const free = candidates.free === 1 ? 'the only one free' : `best of ${candidates.free} free`;
  return `→ ${chosen?.name ?? agentId}${score}, ${free} by ${candidates.strategy}; ${standing(place, time)}`;
}

function nobodyOf(candidates: Candidates): string {
  if (candidates.refused === 0 && candidates.free === 0) return 'the queue has no agents';
  const reasons = Object.entries(candidates.refusedBy)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${count} ${REASONS[code] ?? code}`);
  return `nobody of ${candidates.refused} is free for it: ${reasons.join(', ')}`;
}

/** Where the codes read badly. */
const REASONS: Readonly<Record<string, string>> = {
  offline: 'signed out',
  notReady: 'not ready',
  offered: 'ringing',
  wrapUp: 'in after-call work',
  noPhone: 'without a phone',
  passedOver: 'passed over',
  monthSpent: 'with their month spent',
  daySpent: 'with their day spent',
  outsideHours: 'outside their hours',
  casualNotNeeded: 'casual and not needed',
  preferred: 'not the one it waits for',
  group: 'of a group it is not open to yet',
  queueFull: 'kept by the limit of the queue',
  skill: 'without the skill',
};

const standing = ({ priority, effectiveStart }: PlaceInOrder, time: WriteTime): string =>
  `priority ${priority}, counts as waiting since ${time(effectiveStart)}`;

const objectionsOf = ({ objections }: Candidate, time: WriteTime): string =>
  objections.map((objection) => objectionText(objection, time)).join(', ');

const scoreOf = ({ score }: Candidate): string =>
  Object.entries(score)
    .map(([name, value]) => `${words(name.replace(/Ms$/, ''))} ${figure(name, value)}`)
    .join(', ');

const figure = (name: string, value: number): string =>
  name.endsWith('Ms') ? seconds(value) : String(Math.round(value * 1_000) / 1_000);

const words = (name: string): string => name.replace(/[A-Z]/g, (big) => ` ${big.toLowerCase()}`);

const seconds = (ms: number): string =>
  ms >= 10_000 ? `${Math.round(ms / 1_000)} s` : `${(ms / 1_000).toFixed(1)} s`;

/** `offer.failed: agentId 1001, cause busy`. What the reader knows already is left out. */
function changeOf(type: string, data: Readonly<Record<string, unknown>>, time: WriteTime): string {
  const facts = Object.entries(data)
    .filter(([key]) => key !== 'callId' && key !== 'offerId')
    .map(([key, value]) => `${words(key.replace(/Ms$/, ''))} ${fact(key, value, time)}`);
  return facts.length === 0 ? type : `${type}: ${facts.join(', ')}`;
}

function fact(key: string, value: unknown, time: WriteTime): string {
  if (typeof value === 'number' && key.endsWith('Ms')) return seconds(value);
  if (typeof value === 'number' && /(At|Until|until|since)$/.test(key)) return time(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
