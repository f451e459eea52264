import { positionOf, refreshCall } from './calls.ts';
import { promiseTo } from './promises.ts';
import type { Call, Floor } from './state.ts';

/**
 * Tells the caller where they stand (rules C3 and EW6). Counted from now, not from when it was due: after a pause of
 * the clock there is one announcement, not a burst.
 */
export function announce(floor: Floor, call: Call): void {
  const { announceEveryMs, announcePositionMax } = call.queue.config;
  call.announceAt = floor.now + announceEveryMs;
  refreshCall(floor, call);
  const position = positionOf(call) ?? 1;
  const ewt = promiseTo(floor, call);
  floor.changes.push({
    type: 'announcement.due',
    callId: call.id,
    queueId: call.queue.id,
    position,
    saysPosition: position <= announcePositionMax,
    ...(ewt ? { ewt } : {}),
    waitMs: floor.now - call.queuedAt,
  });
}
