import { Random } from '../lib/random.ts';
import { agentId, callId, queueId } from '../model/ids.ts';
import { QUEUE_DEFAULTS } from '../model/queue.ts';
import type { Demand, Performance } from './erlang.ts';
import { type PlannedCall, play } from './playback.ts';
import { AGENTS_MAX, type Goal, type Staffing } from './staffing.ts';

export interface SimulationOptions {
  /** Mean patience, in seconds like all times here; infinite: nobody hangs up. */
  readonly patience: number;
  /** How many calls are played for each number of agents: the more, the less chance is in it. */
  readonly calls: number;
  readonly seed: number;
  /** Handle times in seconds to draw from; none: exponential with the demand's mean. */
  readonly handleTimes?: readonly number[];
}

const QUEUE = queueId('forecast');
/** The first calls find an empty house: they are not counted. */
const WARM_UP_SHARE = 0.1;

/**
 * What the real engine makes of the demand with so many agents: Poisson arrivals, agents who answer at once, the
 * same calls (by the seed) for every number of agents.
 */
export function performanceSimulated(
  demand: Demand,
  agents: number,
  goal: Goal,
  options: SimulationOptions,
): Performance {
  const calls = plannedCalls(demand, options);
  const staff = Array.from({ length: agents }, (_, n) => ({
    id: agentId(`a${n}`),
    name: `Agent ${n}`,
    extension: `${n}`,
    skills: {},
    queueIds: [QUEUE],
  }));
  const countFrom = calls[Math.floor(calls.length * WARM_UP_SHARE)]?.at ?? 0;
  const queue = {
    ...QUEUE_DEFAULTS,
    id: QUEUE,
    name: 'Forecast',
    wrapUpMs: 0,
    serviceLevelMs: goal.answerWithin * 1_000,
    shortAbandonMs: goal.shortAbandon * 1_000,
    announceFirstMs: 86_400_000,
    waitMsMax: 86_400_000,
    lengthMax: 1_000_000,
  };
  const { total, agents: people } = play({
    queues: [queue],
    agents: staff,
    from: 0,
    countFrom,
    calls,
    deeds: staff.flatMap(({ id }) => [
      { at: 0, command: { type: 'agent.signIn', agentId: id } as const },
      { at: 0, command: { type: 'agent.reachable', agentId: id, reachable: true } as const },
      { at: 0, command: { type: 'agent.ready', agentId: id } as const },
    ]),
    ring: () => ({ afterMs: 0, outcome: 'answered' }),
  });
  return {
    serviceLevel: total.serviceLevel,
    abandoned: (total.abandoned + total.shortAbandons) / total.offered,
    waitMean: Number.NaN,
    answerSpeed: total.answerSpeedMs / 1_000,
    occupancy: people.occupancy,
    waiting: Number.NaN,
  };
}

/** The fewest agents who keep the goal in the engine, searched from `near`: what a formula thought. */
export function staffingSimulated(
  demand: Demand,
  goal: Goal,
  near: number,
  options: SimulationOptions,
): Staffing {
  const performanceOf = (agents: number): Performance =>
    performanceSimulated(demand, agents, goal, options);
  if (demand.rate === 0) return { agents: 0, performance: performanceOf(0) };
  let agents = Math.max(1, near);
  let performance = performanceOf(agents);
  const isEnough = (found: Performance): boolean => found.serviceLevel >= goal.serviceLevel;
  while (isEnough(performance) && agents > 1) {
    const fewer = performanceOf(agents - 1);
    if (!isEnough(fewer)) return { agents, performance };
    agents--;
    performance = fewer;
  }
  while (!isEnough(performance) && agents < AGENTS_MAX) performance = performanceOf(++agents);
  return { agents, performance };
}

function plannedCalls(demand: Demand, options: SimulationOptions): readonly PlannedCall[] {
  const { patience, handleTimes = [] } = options;
  const random = new Random(options.seed);
  const calls: PlannedCall[] = [];
  let at = 1;
  for (let n = 0; n < options.calls && demand.rate > 0; n++) {
    at += random.exponential(1_000 / demand.rate);
    const handleTime =
      handleTimes.length > 0 ? random.pick(handleTimes) : random.exponential(demand.handleTime);
    calls.push({
      callId: callId(`c${n}`),
      queueId: QUEUE,
      at: Math.round(at),
      priority: 5,
      requiredSkills: {},
      patienceMs: Math.round(random.exponential(patience) * 1_000),
      talkMs: Math.max(1, Math.round(handleTime * 1_000)),
    });
  }
  return calls;
}
