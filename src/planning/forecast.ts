import type { Demand, Performance } from './erlang.ts';
import { staffingSimulated } from './simulated-staffing.ts';
import { type Goal, type Staffing, scheduled, staffingA, staffingC } from './staffing.ts';

/** What is expected of one interval. Times in seconds. */
export interface ForecastInterval {
  readonly label: string;
  readonly seconds: number;
  readonly calls: number;
  readonly handleTime: number;
  /** Mean patience; absent: nobody hangs up. */
  readonly patience?: number;
  /** Recorded handle times for the simulation to draw from; absent: exponential. */
  readonly handleTimes?: readonly number[];
}

export interface ForecastOptions {
  readonly goal: Goal;
  /** Share of paid time that is not spent at the phone. */
  readonly shrinkage: number;
  /** Played for each number of agents that is tried; 0: no simulation. */
  readonly simulatedCalls: number;
  readonly seed: number;
}

/** How many it takes by one way of reckoning, and what they achieve. */
export interface ForecastColumn {
  readonly agents: number;
  /** On the roster, shrinkage included. */
  readonly scheduled: number;
  readonly serviceLevel: number;
  readonly answerSpeed: number;
  readonly abandoned: number;
  readonly occupancy: number;
}

export interface ForecastRow {
  readonly label: string;
  readonly calls: number;
  readonly handleTime: number;
  readonly erlangs: number;
  readonly patience?: number;
  readonly erlangC: ForecastColumn;
  /** Absent without a patience. */
  readonly erlangA?: ForecastColumn;
  readonly simulated?: ForecastColumn;
}

/** Staffing for each interval, by the formulas and by the engine itself, side by side. */
export const forecast = (
  intervals: readonly ForecastInterval[],
  options: ForecastOptions,
): readonly ForecastRow[] => intervals.map((interval) => forecastInterval(interval, options));

function forecastInterval(
  interval: ForecastInterval,
  { goal, shrinkage, simulatedCalls, seed }: ForecastOptions,
): ForecastRow {
  const { label, calls, seconds, handleTime, patience, handleTimes } = interval;
  const demand: Demand = { rate: calls / seconds, handleTime };
  const column = ({ agents, performance }: Staffing): ForecastColumn => ({
    agents,
    scheduled: scheduled(agents, shrinkage),
    ...shown(performance),
  });
  const byC = staffingC(demand, goal);
  const byA = patience === undefined ? undefined : staffingA(demand, patience, goal);
  const simulated =
    simulatedCalls === 0
      ? undefined
      : staffingSimulated(demand, goal, (byA ?? byC).agents, {
          patience: patience ?? Number.POSITIVE_INFINITY,
          calls: simulatedCalls,
          seed,
          ...(handleTimes ? { handleTimes } : {}),
        });
  return {
    label,
    calls,
    handleTime,
    erlangs: demand.rate * handleTime,
    ...(patience === undefined ? {} : { patience }),
    erlangC: column(byC),
    ...(byA ? { erlangA: column(byA) } : {}),
    ...(simulated ? { simulated: column(simulated) } : {}),
  };
}

const shown = ({ serviceLevel, answerSpeed, abandoned, occupancy }: Performance) => ({
  serviceLevel,
  answerSpeed,
  abandoned,
  occupancy,
});
