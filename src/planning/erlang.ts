/**
 * The traffic models of telephony: Erlang B, Erlang C and, with callers who hang up, Erlang A. Loads are in
 * erlangs (calls per second × seconds per call); times are in one unit throughout, whichever it is. All of them
 * are exact and hold for thousands of agents: no factorial and no power is ever written out.
 */

/** Share of calls that find all agents busy and are lost (Erlang 1917), by the recursion over the agents. */
export function erlangB(load: number, agents: number): number {
  let blocked = 1;
  for (let n = 1; n <= agents; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/** Share of calls that must wait when nobody hangs up (Erlang 1917). 1 when the load is too much for ever. */
export function erlangC(load: number, agents: number): number {
  if (load >= agents) return 1;
  const blocked = erlangB(load, agents);
  return blocked / (1 - (load / agents) * (1 - blocked));
}

export interface Demand {
  /** Calls per unit of time. */
  readonly rate: number;
  /** Mean handle time: talk, hold and after-call work. */
  readonly handleTime: number;
}

/** What is promised: answered within so long, and who leaves sooner than the short abandon does not count. */
export interface ServicePromise {
  readonly answerWithin: number;
  readonly shortAbandon: number;
}

export interface Performance {
  /** Share of calls answered within the time, of all but the short abandons. */
  readonly serviceLevel: number;
  /** Share of all calls whose callers hung up. */
  readonly abandoned: number;
  /** Mean wait of all calls, answered or not. */
  readonly waitMean: number;
  /** Mean wait of the answered. */
  readonly answerSpeed: number;
  /** Share of the agents' time that is spent on calls. */
  readonly occupancy: number;
  /** Share of calls that wait at all. */
  readonly waiting: number;
}

/** As calls become fewer and fewer. */
export const WITHOUT_CALLS: Performance = {
  serviceLevel: 1,
  abandoned: 0,
  waitMean: 0,
  answerSpeed: 0,
  occupancy: 0,
  waiting: 0,
};

/** M/M/n: callers wait for ever. Without a steady state (load ≥ agents) nobody is answered in time. */
export function performanceC(demand: Demand, agents: number, promise: ServicePromise): Performance {
  const { rate, handleTime } = demand;
  const load = rate * handleTime;
  if (load === 0) return WITHOUT_CALLS;
  const waiting = erlangC(load, agents);
  const spare = (agents - load) / handleTime;
  const isStable = spare > 0;
  const waitMean = isStable ? waiting / spare : Number.POSITIVE_INFINITY;
  return {
    serviceLevel: isStable ? 1 - waiting * Math.exp(-spare * promise.answerWithin) : 0,
    abandoned: 0,
    waitMean,
    answerSpeed: waitMean,
    occupancy: agents === 0 ? 0 : Math.min(1, load / agents),
    waiting,
  };
}
