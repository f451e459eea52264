import { fireAgent } from './agents.ts';
import { positionOf, refreshCall } from './calls.ts';
import { expireOffer, leaveQueue, offerOfCall } from './offers.ts';
import type { Call, Floor } from './state.ts';

/**
 * Fires every deadline that is due. Each touches its own agent or call, and routing comes afterwards, so that
 * the order of firing cannot matter (rule T2). True: something was due.
 */
export function fireDue(floor: Floor): boolean {
  const first = floor.deadlines.takeDue(floor.now);
  for (let due = first; due; due = floor.deadlines.takeDue(floor.now)) {
    if (due.kind === 'agent') fireAgent(floor, due);
    else fireCall(floor, due);
  }
  return first !== undefined;
}

function fireCall(floor: Floor, call: Call): void {
  const offer = offerOfCall(floor, call);
  if (offer) expireOffer(floor, offer);
  else if (call.waitUntil <= floor.now) leaveQueue(floor, call, 'queueTimeout');
  else announce(floor, call);
}

/** Counted from now, not from when it was due: after a pause of the clock there is one, not a burst. */
function announce(floor: Floor, call: Call): void {
  call.announceAt = floor.now + call.queue.config.announceEveryMs;
  refreshCall(floor, call);
  floor.changes.push({
    type: 'announcement.due',
    callId: call.id,
    queueId: call.queue.id,
    position: positionOf(call) ?? 1,
    waitMs: floor.now - call.queuedAt,
  });
}
