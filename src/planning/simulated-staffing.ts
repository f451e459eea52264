import { Random } from '../lib/random.ts';
import { agentId, callId, queueId } from '../model/ids.ts';
import { QUEUE_DEFAULTS } from '../model/queue.ts';
import type { Demand, Performance } from './erlang.ts';
import { type PlannedCall, play } from './playback.ts';
import { AGENTS_MAX, type Goal, NOBODY_NEEDED, type Staffing } from './staffing.ts';

export interface SimulationOptions {
  /** Mean patience, in seconds like all times here; infinite: nobody hangs up. */
  readonly patience: number;
  /** How many calls are counted for each number of agents, at least: the more, the less chance is in it. */
  readonly calls: number;
  readonly seed: number;
  /** Handle times in seconds to draw from; none: exponential with the demand's mean. */
  readonly handleTimes?: readonly number[];
}

const QUEUE = queueId('forecast');
/** As many handle times are played before calls count, so that a line is there where one would be, … */
const WARM_UP_HANDLE_TIMES = 5;
/** … and so many are counted at least, as far as that is no more calls than this: in less, a large house hardly changes. */
const COUNTED_HANDLE_TIMES = 50;
const COUNTED_CALLS_MAX = 100_000;

/**
 * What the real engine makes of the demand with so many agents: Poisson arrivals into a house where people talk already,
 * agents who answer at once, the same calls (by the seed) for every number of agents.
 */
export function performanceSimulated(
  demand: Demand,
  agents: number,
  goal: Goal,
  options: SimulationOptions,
): Performance {
  const load = demand.rate * demand.handleTime;
  const uncounted = Math.ceil(WARM_UP_HANDLE_TIMES * load);
  const counted = Math.max(
    options.calls,
    Math.min(COUNTED_CALLS_MAX, Math.ceil(COUNTED_HANDLE_TIMES * load)),
  );
  const calls = plannedCalls(demand, options, uncounted + counted);
  const staff = Array.from({ length: agents }, (_, n) => ({
    id: agentId(`a${n}`),
    name: `Agent ${n}`,
    extension: `${n}`,
    skills: {},
    queueIds: [QUEUE],
  }));
  const begun = callsBegun(demand, options);
  const countFrom = calls[uncounted]?.at ?? 0;
  const countUntil = calls.at(-1)?.at ?? 0;
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
    countUntil,
    calls: [...begun, ...calls],
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
  if (demand.rate === 0) return NOBODY_NEEDED;
  const tried = new Map<number, Performance>();
  const performanceOf = (agents: number): Performance => {
    const performance = tried.get(agents) ?? performanceSimulated(demand, agents, goal, options);
    tried.set(agents, performance);
    return performance;
  };
  const isEnough = (agents: number): boolean =>
    performanceOf(agents).serviceLevel >= goal.serviceLevel;
  const agents = leastFrom(Math.max(1, near), isEnough);
  return { agents, performance: performanceOf(agents) };
}

/** The least whole number above 0 that is enough: in steps that double away from `near`, and then by halves. */
function leastFrom(near: number, isEnough: (agents: number) => boolean): number {
  let [low, high] = [near - 1, near];
  for (let step = 1; low > 0 && isEnough(low); step *= 2)
    [low, high] = [Math.max(0, low - step), low];
  for (let step = 1; high < AGENTS_MAX && !isEnough(high); step *= 2)
    [low, high] = [high, high + step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function plannedCalls(
  demand: Demand,
  options: SimulationOptions,
  count: number,
): readonly PlannedCall[] {
  const random = new Random(options.seed);
  let at = 1;
  return Array.from({ length: count }, (_, n) => {
    at += random.exponential(1_000 / demand.rate);
    const handleMs = handleMsOf(demand, options, random);
    return plannedCall(`c${n}`, Math.round(at), handleMs, options, random);
  });
}

/** Who talks already when the day begins: the calls of the time before, had each been answered at once. */
function callsBegun(demand: Demand, options: SimulationOptions): readonly PlannedCall[] {
  const random = new Random(options.seed).fork('begun');
  const calls: PlannedCall[] = [];
  const longest = Math.max(...(options.handleTimes ?? []), 0);
  const back = Math.max(BEGUN_HANDLE_TIMES * demand.handleTime, longest) * 1_000;
  let ago = random.exponential(1_000 / demand.rate);
  for (; ago < back; ago += random.exponential(1_000 / demand.rate)) {
    const leftMs = handleMsOf(demand, options, random) - ago;
    if (leftMs > 0) calls.push(plannedCall(`b${calls.length}`, 1, leftMs, options, random));
  }
  return calls;
}

/** Of calls that began earlier, one in 20,000 goes on. */
const BEGUN_HANDLE_TIMES = 10;

const handleMsOf = (
  { handleTime }: Demand,
  { handleTimes = [] }: SimulationOptions,
  random: Random,
): number =>
  1_000 * (handleTimes.length > 0 ? random.pick(handleTimes) : random.exponential(handleTime));

const plannedCall = (
  id: string,
  at: number,
  handleMs: number,
  { patience }: SimulationOptions,
  random: Random,
): PlannedCall => ({
  callId: callId(id),
  queueId: QUEUE,
  at,
  priority: 5,
  requiredSkills: {},
  patienceMs: Math.round(random.exponential(patience) * 1_000),
  talkMs: Math.max(1, Math.round(handleMs)),
});
