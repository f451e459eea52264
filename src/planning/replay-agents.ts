import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, AgentStateKind, AgentStateRecord } from '../model/agent.ts';
import type { AgentId } from '../model/ids.ts';
import type { RecordedDay } from '../model/recorded-day.ts';
import { type Deed, OTHER_WORK } from './deeds.ts';

/** Reasons that the engine gives, not the agent. */
const OF_THE_ENGINE = ['rna', 'signedIn'];
const MISSED_BACK_MS = 60_000;
const AT_WORK: readonly AgentStateKind[] = ['offered', 'talking', 'wrapUp'];

/**
 * What agents did by themselves that day, as commands: signing in and out, breaks, coming back. What followed from
 * calls (ringing, talking, after-call work, being made not ready for a missed call) is the engine's to decide anew. Work
 * for calls that stood in no line, colleagues' and call backs, keeps them from the others for as long as it did.
 * Who is configured and was never seen that day works from the first sign-in of anybody to the last call: this is
 * how an agent who is to be hired is tried out, unless the day has no agents at all.
 */
export function deedsOf(day: RecordedDay, agents: readonly AgentConfig[]): readonly Deed[] {
  const byAgent = new Map<AgentId, AgentStateRecord[]>();
  for (const state of day.agentStates) {
    byAgent.set(state.agentId, [...(byAgent.get(state.agentId) ?? []), state]);
  }
  const known = new Set(agents.map(({ id }) => id));
  const inLine = new Set(day.calls.map(({ callId }) => callId.replace(AGAIN, '')));
  const seen = [...byAgent].filter(([id]) => known.has(id));
  const begin = Math.min(...day.agentStates.map(({ at }) => Math.max(at, day.from)), day.to);
  return [
    ...seen.flatMap(([id, states]) => deedsOfAgent(id, states, day.from, inLine)),
    ...agents.filter(({ id }) => !byAgent.has(id)).flatMap(({ id }) => arrive(id, begin, true)),
  ].sort((a, b) => a.at - b.at);
}

/** What the record puts to the id of a call that stood in a line again. */
const AGAIN = /\+\d+$/;

/** How long, typically, somebody whom a missed call made not ready stayed away. */
export function missedBackMs(states: readonly AgentStateRecord[]): number {
  const since = new Map<AgentId, EpochMs>();
  const lasted: number[] = [];
  for (const { agentId, at, kind, reason } of states) {
    const began = since.get(agentId);
    if (began !== undefined) lasted.push(at - began);
    since.delete(agentId);
    if (kind === 'notReady' && reason === 'rna') since.set(agentId, at);
  }
  return lasted.sort((a, b) => a - b)[Math.floor(lasted.length / 2)] ?? MISSED_BACK_MS;
}

const arrive = (agentId: AgentId, at: EpochMs, ready: boolean): readonly Deed[] => [
  { at, command: { type: 'agent.signIn', agentId } },
  { at, command: { type: 'agent.reachable', agentId, reachable: true } },
  ...(ready ? [{ at, command: { type: 'agent.ready', agentId } as const }] : []),
];

function deedsOfAgent(
  id: AgentId,
  states: readonly AgentStateRecord[],
  from: EpochMs,
  inLine: ReadonlySet<string>,
): readonly Deed[] {
  return states.flatMap((state, n) => [
    ...deedsAt(id, from, state, states[n - 1], states[n + 1]),
    ...otherWorkAt(id, from, inLine, states, n),
  ]);
}

/** From the first state of a call that stood in no line up to what the agent did next. */
function otherWorkAt(
  agentId: AgentId,
  from: EpochMs,
  inLine: ReadonlySet<string>,
  states: readonly AgentStateRecord[],
  n: number,
): readonly Deed[] {
  const first = states[n];
  if (!first?.callId || !AT_WORK.includes(first.kind) || inLine.has(first.callId)) return [];
  if (states[n - 1]?.callId === first.callId) return [];
  const end = states.find(({ callId }, m) => m > n && callId !== first.callId);
  const at = Math.max(first.at, from);
  if (!end || end.at <= at) return [];
  const command = { type: 'agent.notReady', agentId, reason: OTHER_WORK } as const;
  // Whoever had just signed in is not ready for it.
  return [{ at, command, ...(end.reason === 'signedIn' ? {} : { lastsMs: end.at - at }) }];
}

function deedsAt(
  agentId: AgentId,
  from: EpochMs,
  { at: since, kind, reason = '' }: AgentStateRecord,
  before: AgentStateRecord | undefined,
  next: AgentStateRecord | undefined,
): readonly Deed[] {
  const at = Math.max(since, from);
  if (kind === 'offline') {
    return before ? [{ at, command: { type: 'agent.signOut', agentId } }] : [];
  }
  const wasAway = !before || before.kind === 'offline';
  const arrival = wasAway ? arrive(agentId, at, kind !== 'notReady') : [];
  if (kind === 'notReady' && !OF_THE_ENGINE.includes(reason)) {
    const lasts = next?.kind === 'ready' ? { lastsMs: next.at - at } : {};
    return [...arrival, { at, command: { type: 'agent.notReady', agentId, reason }, ...lasts }];
  }
  const isReadyAfterSigningIn = kind === 'ready' && before?.reason === 'signedIn';
  return isReadyAfterSigningIn ? [{ at, command: { type: 'agent.ready', agentId } }] : arrival;
}
