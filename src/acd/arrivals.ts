import type { EpochMs } from '../lib/clock.ts';
import { PRIORITY_DEFAULT } from '../model/queue.ts';
import type { Call, Floor, Queue } from './state.ts';
import type { ArrivalRates } from './statistics.ts';

/** So many are remembered, the newest: enough to explain a wait that grew, not to count every one. */
const OVERTAKERS_MAX = 32;
/** Arrivals fade by a factor of e in this time. */
const RATE_MEMORY_MS = 15 * 60_000;

/** Remembers when calls of which priority come. */
export function noteArrival(floor: Floor, call: Call, position: number): void {
  const { statistics } = call.queue;
  countIn(statistics.arrivals, floor.now, call.priority);
  noteOvertaker(floor, call, position);
}

/** Remembers that a call was placed before others, if it was (rule EW4). */
export function noteOvertaker(
  floor: Floor,
  { queue, effectiveStart }: Call,
  position: number,
): void {
  const { statistics } = queue;
  if (position >= queue.line.size) return;
  if (statistics.overtakers.push({ at: floor.now, effectiveStart }) > OVERTAKERS_MAX) {
    statistics.overtakers.shift();
  }
}

/** Whether somebody came to this queue after `since` and stands, or stood, before the call. */
export const wasOvertaken = (call: Call, queue: Queue, since: EpochMs): boolean =>
  queue.statistics.overtakers.some(
    ({ at, effectiveStart }) => at > since && effectiveStart < call.effectiveStart,
  );

/**
 * How many calls are to be expected in the next `waitMs` that will stand before one with this effective start: a
 * call of a higher priority does if it comes in time, by rule R1.
 */
export function overtakersExpected(
  floor: Floor,
  { config, statistics }: Queue,
  effectiveStart: EpochMs,
  waitMs: number,
): number {
  const { at, perMs } = statistics.arrivals;
  const faded = Math.exp((at - floor.now) / RATE_MEMORY_MS);
  let expected = 0;
  for (let priority = 0; priority < perMs.length; priority++) {
    const rate = perMs[priority] ?? 0;
    if (rate === 0) continue;
    const until = effectiveStart + (priority - PRIORITY_DEFAULT) * config.priorityLevelMs;
    expected += rate * faded * Math.min(waitMs, Math.max(0, until - floor.now));
  }
  return expected;
}

/** In place: it happens with every call. */
function countIn(arrivals: ArrivalRates, now: EpochMs, priority: number): void {
  const { at, perMs } = arrivals;
  const faded = Math.exp((at - now) / RATE_MEMORY_MS);
  for (let other = 0; other < perMs.length; other++) {
    perMs[other] = (perMs[other] as number) * faded;
  }
  perMs[priority] = (perMs[priority] as number) + 1 / RATE_MEMORY_MS;
  arrivals.at = now;
}
