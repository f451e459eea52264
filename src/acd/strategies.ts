import { never } from '../lib/result.ts';
import { QUEUE_RANK_MAX } from '../model/agent.ts';
import { holds } from './lanes.ts';
import { isCasual } from './ledger.ts';
import { byIdleness, byShare, shareOf } from './orders.ts';
import { drawBelow } from './random.ts';
import { isFull } from './stages.ts';
import type { Agent, Call, Floor } from './state.ts';

/** The agent whom the queue's strategy names for the call; without one, the casual agent least used (rule B5). */
export function chooseAgent(floor: Floor, call: Call): Agent | undefined {
  if (isFull(call.queue)) return undefined;
  if (call.lane.only) return preferred(floor, call, call.lane.only);
  return freeFor(floor, call);
}

function freeFor(floor: Floor, call: Call): Agent | undefined {
  const { idle, idleCasual } = call.queue;
  const chosen = idle.size === 0 ? undefined : byStrategy(floor, call);
  if (chosen || idleCasual.size === 0) return chosen;
  return idleCasual.find((agent) => isFreeFor(floor, agent, call));
}

function byStrategy(floor: Floor, call: Call): Agent | undefined {
  const { config } = call.queue;
  switch (config.strategy) {
    case 'longest-idle':
    case 'ring-all':
    case 'ring-progressively':
      return longestIdle(floor, call);
    case 'random':
      return anyone(floor, call);
    default:
      return first(floor, call);
  }
}

/** Another agent for a call that rings already: its queue's limit counts it once (rules M1 and R18). */
export const chooseForRinging = (floor: Floor, call: Call): Agent | undefined =>
  call.lane.only ? undefined : freeFor(floor, call);

/** Rule R16: nobody else is asked. */
const preferred = (floor: Floor, call: Call, agent: Agent): Agent | undefined =>
  agent.listedIn.includes(call.queue) && !isPassedOver(floor, agent, call) ? agent : undefined;

/** Whether the agent, who is free in the call's queue, may have the call. */
export const isFreeFor = (floor: Floor, agent: Agent, call: Call): boolean =>
  holds(floor, agent, call.lane) && !isPassedOver(floor, agent, call);

/** Rule O5: an agent who just failed a call is not free for it. */
export function isPassedOver(floor: Floor, agent: Agent, call: Call): boolean {
  for (const { callId, until } of agent.passedOver) {
    if (callId === call.id && until > floor.now) return true;
  }
  return false;
}

/**
 * Negative: the strategy of the call's queue takes `a` before `b`. Equal agents: the longest idle (rule R2). Casual
 * agents come after all others, whatever the strategy (rule B5).
 */
export function compareFor(floor: Floor, call: Call, a: Agent, b: Agent): number {
  if (isCasual(a) || isCasual(b)) return Number(isCasual(a)) - Number(isCasual(b)) || byShare(a, b);
  return preference(floor, call, a, b) || byIdleness(a, b);
}

/** What the strategy looks at, in figures. */
export function scoreOf(floor: Floor, call: Call, agent: Agent): Readonly<Record<string, number>> {
  const { strategy } = call.queue.config;
  if (isCasual(agent)) return { share: shareOf(agent) };
  switch (strategy) {
    case 'longest-idle':
    case 'ring-all':
    case 'ring-progressively':
    case 'random':
      return { idleMs: floor.now - agent.idleSince };
    case 'fewest-calls':
      return { calls: agent.callsTaken };
    case 'least-talk-time':
      return { talkMs: agent.talkedMs };
    case 'round-robin':
      return { seq: agent.seq, lastTurn: call.queue.lastTurn };
    case 'top-down':
      return { rank: rankOf(call, agent) };
    case 'most-skilled':
      return { skill: skillFor(floor, call, agent) };
    default:
      return never(strategy);
  }
}

function preference(floor: Floor, call: Call, a: Agent, b: Agent): number {
  const { strategy } = call.queue.config;
  switch (strategy) {
    case 'longest-idle':
    case 'ring-all':
    case 'ring-progressively':
    case 'random':
      return 0;
    case 'fewest-calls':
      return a.callsTaken - b.callsTaken;
    case 'least-talk-time':
      return a.talkedMs - b.talkedMs;
    case 'round-robin':
      return turnOf(call, a) - turnOf(call, b);
    case 'top-down':
      return rankOf(call, a) - rankOf(call, b) || a.seq - b.seq;
    case 'most-skilled':
      return skillFor(floor, call, b) - skillFor(floor, call, a);
    default:
      return never(strategy);
  }
}

/** The idle list stands in this order. */
const longestIdle = (floor: Floor, call: Call): Agent | undefined =>
  call.queue.idle.find((agent) => isFreeFor(floor, agent, call));

function first(floor: Floor, call: Call): Agent | undefined {
  let best: Agent | undefined;
  for (const agent of call.queue.idle) {
    if (!isFreeFor(floor, agent, call)) continue;
    if (!best || compareFor(floor, call, agent, best) < 0) best = agent;
  }
  return best;
}

/** Everybody who is free has the same chance. */
function anyone(floor: Floor, call: Call): Agent | undefined {
  const free = [...call.queue.idle].filter((agent) => isFreeFor(floor, agent, call));
  return free.length < 2 ? free[0] : free[drawBelow(floor, free.length)];
}

/** Whose turn comes soonest after the last one: agents stand in the order in which they were configured. */
const turnOf = ({ queue }: Call, agent: Agent): number =>
  agent.seq > queue.lastTurn ? agent.seq - queue.lastTurn : 2 ** 52 + agent.seq;

const rankOf = ({ queue }: Call, { config }: Agent): number =>
  config.queueRanks?.[queue.id] ?? QUEUE_RANK_MAX + 1;

/** The levels held of what the call and its queue ask for, together. */
function skillFor({ skills }: Floor, { lane }: Call, agent: Agent): number {
  let sum = 0;
  for (const demand of lane.demands) sum += skills.levelOf(agent, demand);
  return sum;
}
