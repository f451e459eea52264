import type { EpochMs } from '../lib/clock.ts';
import { PRIORITY_MAX, type QueueConfig } from '../model/queue.ts';
import { type Average, prior } from './average.ts';

/** Finished calls of one minute, for the service level. */
export interface Minute {
  /** The first millisecond of it. */
  readonly at: EpochMs;
  /** Without short abandons. */
  offered: number;
  /** Answered within `serviceLevelMs`. */
  within: number;
}

/** A call that was placed before others who waited already. */
export interface Overtaker {
  readonly at: EpochMs;
  readonly effectiveStart: EpochMs;
}

/** How many calls of each priority come in a millisecond, as seen at a time: it fades since then. */
export interface ArrivalRates {
  at: EpochMs;
  readonly perMs: number[];
}

/** Sums over calls that were told a wait, since the queue was made. */
export interface Accuracy {
  readonly calls: number;
  /** Answered sooner or later than within the range. */
  readonly outside: number;
  /** Of the distance between the wait and the middle of the range, and of the signed one. */
  readonly absoluteMs: number;
  readonly biasMs: number;
}

/**
 * What a queue has learnt from its own past. Plain data with a fixed order of keys: it is saved as it is, so that
 * nothing is lost at a restart.
 */
export interface QueueStatistics {
  /** From the offer to the end of after-call work, ms: how long a call takes an agent. Unset: nothing learnt yet. */
  handle: Average | null;
  /** From the offer to the answer, ms. */
  answer: Average | null;
  /** The last minutes in which a call was finished, oldest first. */
  minutes: Minute[];
  arrivals: ArrivalRates;
  /** Callers who left without an agent, and the time that callers have waited: fading sums. */
  losses: number;
  waitedMs: number;
  /** The last calls that were placed before others, oldest first. */
  readonly overtakers: Overtaker[];
  /** Against what callers were told first, and last. */
  firstTold: Accuracy;
  lastTold: Accuracy;
}

/** How long a phone rings before it is answered, until a queue has learnt better. */
const ANSWER_PRIOR_MS = 6_000;

const UNTRIED: Accuracy = { calls: 0, outside: 0, absoluteMs: 0, biasMs: 0 };

export const createStatistics = (): QueueStatistics => ({
  handle: null,
  answer: null,
  minutes: [],
  arrivals: { at: 0, perMs: new Array<number>(PRIORITY_MAX + 1).fill(0) },
  losses: 0,
  waitedMs: 0,
  overtakers: [],
  firstTold: UNTRIED,
  lastTold: UNTRIED,
});

/** What a call of the queue takes an agent: learnt, or as configured until then. */
export const handleOf = (config: QueueConfig, { handle }: QueueStatistics): Average =>
  handle ?? prior(config.handleTimeMs);

export const answerOf = ({ answer }: QueueStatistics): Average => answer ?? prior(ANSWER_PRIOR_MS);
