import type { Call, Floor, Queue } from './state.ts';

/** Of so many calls the memory is: older ones fade. */
const MEMORY_CALLS = 300;

/** The call waits no longer: it was answered, or it `left` without an agent. Short abandons say nothing of patience. */
export function observePatience(floor: Floor, { queue, queuedAt }: Call, left: boolean): void {
  const { statistics, config } = queue;
  const waitedMs = floor.now - queuedAt - config.shortAbandonMs;
  if (waitedMs <= 0) return;
  const kept = 1 - 1 / MEMORY_CALLS;
  statistics.waitedMs = statistics.waitedMs * kept + waitedMs;
  statistics.losses = statistics.losses * kept + (left ? 1 : 0);
}

/** Whoever stands in the line for a call back never gives up: so many of those who wait may. */
const listenersOf = ({ waiting, callbacks }: Queue): number =>
  callbacks === 0 ? 1 : waiting / (waiting + callbacks);

/**
 * How likely somebody who waits is to leave in a millisecond: losses over the time in which they could have happened,
 * the maximum likelihood estimate for memoryless patience with censoring (Brown et al. 2005, section 5).
 */
export function giveUpRateOf(queue: Queue): number {
  const { losses, waitedMs } = queue.statistics;
  return waitedMs === 0 ? 0 : (losses / waitedMs) * listenersOf(queue);
}
