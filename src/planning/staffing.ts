import { type Demand, type Performance, performanceC, type ServicePromise } from './erlang.ts';
import { performanceA } from './erlang-a.ts';

/** Beyond this a staffing is somebody's typing error. */
export const AGENTS_MAX = 100_000;

export interface Goal extends ServicePromise {
  /** Share of calls to be answered within the time, above 0 and below 1. */
  readonly serviceLevel: number;
}

export interface Staffing {
  readonly agents: number;
  readonly performance: Performance;
}

/** Without calls: of nothing, no share can be told. */
export const NOBODY_NEEDED: Staffing = {
  agents: 0,
  performance: {
    serviceLevel: Number.NaN,
    abandoned: Number.NaN,
    waitMean: Number.NaN,
    answerSpeed: Number.NaN,
    occupancy: Number.NaN,
    waiting: Number.NaN,
  },
};

/** The fewest agents who keep the goal if callers wait for ever. */
export const staffingC = (demand: Demand, goal: Goal): Staffing =>
  fewest((agents) => performanceC(demand, agents, goal), goal, demand);

/** The fewest agents who keep the goal if callers hang up after `patience` on average. */
export const staffingA = (demand: Demand, patience: number, goal: Goal): Staffing =>
  fewest((agents) => performanceA(demand, patience, agents, goal), goal, demand);

/** More agents never make the service level worse, so that it can be searched by halves. */
function fewest(
  performanceOf: (agents: number) => Performance,
  goal: Goal,
  { rate, handleTime }: Demand,
): Staffing {
  if (rate === 0) return NOBODY_NEEDED;
  const isEnough = (agents: number): boolean =>
    performanceOf(agents).serviceLevel >= goal.serviceLevel;
  let high = Math.max(1, Math.ceil(rate * handleTime));
  while (!isEnough(high)) {
    if (high > AGENTS_MAX) throw new RangeError(`More than ${AGENTS_MAX} agents are needed.`);
    high *= 2;
  }
  let low = 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return { agents: high, performance: performanceOf(high) };
}

/** How many must be on the roster so that `agents` are there: training, breaks and illness take the rest. */
export const scheduled = (agents: number, shrinkage: number): number =>
  Math.ceil(agents / (1 - shrinkage) - 1e-9);
