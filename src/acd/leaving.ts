import { judgeLeft } from './accuracy.ts';
import { forgetCall } from './calls.ts';
import type { LeaveOutcome } from './changes.ts';
import { observePatience } from './patience.ts';
import { countLost } from './service-level.ts';
import type { Call, Floor } from './state.ts';
import { standAgain } from './tickets.ts';

/** The one way out of a queue without an agent. */
export function leaveQueue(floor: Floor, call: Call, outcome: LeaveOutcome, byHouse?: true): void {
  leave(floor, call, { outcome, ...(byHouse ? { byHouse } : {}) });
}

/** Out by a rule of overflow: the flow goes on at that exit. */
export function leaveByExit(floor: Floor, call: Call, when: string, exit: string): void {
  leave(floor, call, { outcome: 'overflow', overflow: { when, exit } });
}

function leave(
  floor: Floor,
  call: Call,
  how: {
    readonly outcome: LeaveOutcome;
    readonly byHouse?: true;
    readonly overflow?: { readonly when: string; readonly exit: string };
  },
): void {
  if (!call.directed) countLeaving(floor, call, how.outcome);
  forgetCall(floor, call);
  floor.changes.push({
    type: 'call.left',
    callId: call.id,
    queueId: call.queue.id,
    ...how,
    waitMs: floor.now - call.queuedAt,
    ...(call.directed ? { directed: true } : {}),
  });
  if (floor.ticketOf.size > 0) standAgain(floor, call);
}

/** Whoever rang one agent for a call in progress has waited for nobody. */
function countLeaving(floor: Floor, call: Call, outcome: LeaveOutcome): void {
  // Who asked to be rung back is not lost.
  if (outcome !== 'shortAbandon' && outcome !== 'callback') countLost(floor, call);
  judgeLeft(floor, call);
  observePatience(floor, call, outcome !== 'callback');
}
