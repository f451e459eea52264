import { never } from '../lib/result.ts';
import type { Objection } from '../model/explanation.ts';
import { rootOf } from '../model/ids.ts';
import { NEVER } from './deadlines.ts';
import { isCasual } from './ledger.ts';
import { demandsAfter, groupsAfter, stepsTaken } from './relaxation.ts';
import { levelOf } from './skills.ts';
import { isFull } from './stages.ts';
import type { Agent, Call, Floor } from './state.ts';

/**
 * Everything that keeps the agent from having the call now, and not only the first thing: whoever asks why wants
 * to know what would have had to be otherwise. Looked at without the indexes that routing uses, so that an
 * explanation that disagrees with a decision shows a fault in one of them (rule W2).
 */
export function objectionsTo(floor: Floor, call: Call, agent: Agent): readonly Objection[] {
  return [
    ...stateObjections(agent),
    ...(agent.reachable ? [] : [{ code: 'noPhone' } as const]),
    ...(agent.pausedUntil > floor.now
      ? [{ code: 'paused', until: agent.pausedUntil } as const]
      : []),
    ...passedOver(floor, call, agent),
    ...limitObjections(agent),
    ...(isCasual(agent) && !call.queue.gate.open ? [{ code: 'casualNotNeeded' } as const] : []),
    ...callObjections(floor, call, agent),
    ...skillObjections(
      agent,
      demandsAfter(call.queue.config, call.requiredSkills, stepsTaken(floor, call)),
    ),
  ];
}

/** What the call and its queue have against the agent, or against everybody. */
function callObjections(floor: Floor, call: Call, agent: Agent): readonly Objection[] {
  const { queue, preferredAgentId, preferredUntil } = call;
  const open = groupsAfter(queue.config, stepsTaken(floor, call));
  const isMember = agent.memberOf.includes(queue) || open.some((group) => agent.groups.has(group));
  const waitsFor = preferredUntil > floor.now ? preferredAgentId : undefined;
  // A call that rings is one of those that fill the queue: further phones of its own are not kept out (rule M1).
  const isKeptOut = call.stage.kind === 'waiting' && isFull(queue);
  return [
    ...(isMember ? [] : [{ code: 'group' } as const]),
    ...(waitsFor === undefined || waitsFor === agent.id
      ? []
      : [{ code: 'preferred', agentId: waitsFor, until: preferredUntil } as const]),
    ...(isKeptOut ? [{ code: 'queueFull', activeMax: queue.config.activeMax } as const] : []),
  ];
}

function stateObjections({ state }: Agent): readonly Objection[] {
  switch (state.kind) {
    case 'ready':
      return [];
    case 'offline':
      return [{ code: 'offline', since: state.since }];
    case 'notReady':
      return [{ code: 'notReady', since: state.since, reason: state.reason }];
    case 'offered':
    case 'talking':
      return [{ code: state.kind, since: state.since, callId: rootOf(state.callId) }];
    case 'wrapUp':
      return [{ code: 'wrapUp', since: state.since, until: state.until }];
    default:
      return never(state);
  }
}

function limitObjections({ config, ledger }: Agent): readonly Objection[] {
  if (!ledger) return [];
  const { casual, dailyCallsMax: dayMax } = config;
  const { month, day, isOpen, hoursUntil } = ledger;
  const found: Objection[] = [];
  if (dayMax !== undefined && day.spent >= dayMax) {
    found.push({ code: 'daySpent', spent: day.spent, max: dayMax });
  }
  if (!casual) return found;
  if (month.spent >= casual.monthlyCap) {
    found.push({ code: 'monthSpent', spent: month.spent, max: casual.monthlyCap });
  }
  if (!isOpen) {
    found.push({ code: 'outsideHours', ...(hoursUntil === NEVER ? {} : { until: hoursUntil }) });
  }
  return found;
}

function passedOver(floor: Floor, call: Call, agent: Agent): readonly Objection[] {
  return agent.passedOver
    .filter(({ callId, until }) => callId === call.id && until > floor.now)
    .map(({ until }) => ({ code: 'passedOver', until }) as const);
}

function skillObjections(
  { config }: Agent,
  skills: ReadonlyMap<string, number>,
): readonly Objection[] {
  return [...skills].flatMap(([skill, needed]) => {
    const held = levelOf(config.skills, skill);
    return held < needed ? [{ code: 'skill', skill, held, needed } as const] : [];
  });
}
