import { refusalOf } from './admission.ts';
import { noteOvertaker } from './arrivals.ts';
import { moveStart, positionOf } from './calls.ts';
import type { Command, Reply } from './commands.ts';
import { startOf } from './create-call.ts';
import { findCall, unknownCall } from './find-call.ts';
import { DONE, refuse } from './refusal.ts';
import type { Call, Floor } from './state.ts';

/** The caller stands as many levels before or behind their place as the priority has changed (rule R19). */
export function prioritise(
  floor: Floor,
  { callId, priority }: Extract<Command, { type: 'call.prioritise' }>,
): Reply {
  const call = findCall(floor, callId);
  if (!call) return unknownCall(callId);
  const refusal = refusalOf('Call', callId, priority, {});
  if (refusal) return refusal;
  if (call.stage.kind === 'talking' || call.directed) {
    return refuse('CALL_STATE', `Call ${callId} does not wait: no priority would serve it sooner.`);
  }
  if (priority !== call.priority) change(floor, call, priority);
  return DONE;
}

function change(floor: Floor, call: Call, priority: number): void {
  const { id: callId, queue, effectiveStart } = call;
  const shiftMs = startOf(queue, priority, 0) - startOf(queue, call.priority, 0);
  call.priority = priority;
  moveStart(floor, call, effectiveStart + shiftMs);
  const position = positionOf(call);
  if (shiftMs < 0) noteOvertaker(floor, call, position ?? 0);
  // What was told of the wait was told of the better place.
  if (shiftMs > 0) call.told = undefined;
  const where = position === undefined ? {} : { position };
  floor.changes.push({ type: 'call.prioritised', callId, queueId: queue.id, priority, ...where });
}
