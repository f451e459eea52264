import type { Call, Floor, Queue } from './state.ts';
import type { Minute } from './statistics.ts';

const MINUTE_MS = 60_000;
/** The rolling window: what was finished in this minute and the ones before it. */
export const WINDOW_MINUTES = 30;

/** What a service level is of. */
export interface Window {
  /**
   * Callers who were answered or left during the last half hour, without short abandons, and those who wait already
   * longer than `serviceLevelMs`: they are missed whatever comes (rule SL1).
   */
  readonly offered: number;
  /** Of them, answered within `serviceLevelMs`. */
  readonly within: number;
}

export function windowOf(floor: Floor, queue: Queue): Window {
  const from = windowStart(floor);
  let offered = lateOf(floor, queue);
  let within = 0;
  for (const minute of queue.statistics.minutes) {
    if (minute.at < from) continue;
    offered += minute.offered;
    within += minute.within;
  }
  return { offered, within };
}

/** 0 to 1 (rule SL1); undefined: nobody came. */
export function serviceLevelOf(floor: Floor, queue: Queue): number | undefined {
  const { offered, within } = windowOf(floor, queue);
  return offered === 0 ? undefined : within / offered;
}

/** An agent answered. */
export function countAnswered(floor: Floor, call: Call): void {
  const minute = currentMinute(floor, call.queue);
  minute.offered++;
  if (floor.now - call.queuedAt <= call.queue.config.serviceLevelMs) minute.within++;
}

/**
 * The agent had answered, and nobody could speak: the call is not over (rule C7). What is in time may have been configured
 * anew since: a minute never has fewer than none, nor more in time than there were.
 */
export function uncountAnswered({ queue, queuedAt }: Call, answeredAt: number): void {
  const minute = queue.statistics.minutes.find(({ at }) => at === minuteOf(answeredAt));
  // It is long past: it counts no more.
  if (!minute) return;
  const wasWithin = answeredAt - queuedAt <= queue.config.serviceLevelMs;
  minute.offered--;
  minute.within = Math.min(minute.offered, Math.max(0, minute.within - (wasWithin ? 1 : 0)));
}

/** The call left without an agent, and not so soon that it does not count. */
export function countLost(floor: Floor, call: Call): void {
  currentMinute(floor, call.queue).offered++;
}

/** Who wait longer than the service level allows stand first in the line, by arrival. */
function lateOf(floor: Floor, queue: Queue): number {
  const before = floor.now - queue.config.serviceLevelMs;
  return queue.inLine.countWhile(({ queuedAt }) => queuedAt < before);
}

const windowStart = (floor: Floor): number =>
  minuteOf(floor.now) - (WINDOW_MINUTES - 1) * MINUTE_MS;

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;

function currentMinute(floor: Floor, { statistics }: Queue): Minute {
  const at = minuteOf(floor.now);
  const last = statistics.minutes.at(-1);
  if (last?.at === at) return last;
  const from = windowStart(floor);
  const minute: Minute = { at, offered: 0, within: 0 };
  statistics.minutes = [...statistics.minutes.filter((other) => other.at >= from), minute];
  return minute;
}
