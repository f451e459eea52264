import type { EpochMs } from '../lib/clock.ts';
import type { Call, Floor, Queue } from './state.ts';

/** So many are remembered, the newest: enough to explain a wait that grew, not to count every one. */
const OVERTAKERS_MAX = 32;

/** Remembers a call that did not join at the end of the line (rule EW4). */
export function noteArrival(floor: Floor, { queue, effectiveStart }: Call, position: number): void {
  if (position >= queue.waiting) return;
  const { statistics } = queue;
  const overtaker = { at: floor.now, effectiveStart };
  statistics.overtakers = [...statistics.overtakers.slice(1 - OVERTAKERS_MAX), overtaker];
}

/** Whether somebody came to this queue after `since` and stands, or stood, before the call. */
export const wasOvertaken = (call: Call, queue: Queue, since: EpochMs): boolean =>
  queue.statistics.overtakers.some(
    ({ at, effectiveStart }) => at > since && effectiveStart < call.effectiveStart,
  );
