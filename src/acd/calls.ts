import type { Skills } from '../model/agent.ts';
import { NEVER } from './deadlines.ts';
import { forgetQueueIfDone } from './queues.ts';
import type { Call, CallStage, Floor, Lane, Queue } from './state.ts';
import { createLane } from './state.ts';

/** The one place that sets a call's stage: figures, lanes and the deadline follow from it. */
export function moveCall(floor: Floor, call: Call, to: CallStage): void {
  countCall(floor, call, -1);
  call.stage = to;
  countCall(floor, call, 1);
  refreshCall(floor, call);
}

/** Puts the call into its queue, or back after a restart. */
export function admitCall(floor: Floor, call: Call): void {
  floor.calls.set(call.id, call);
  if (call.stage.kind !== 'talking') call.queue.inLine.add(call);
  countCall(floor, call, 1);
  refreshCall(floor, call);
}

/** The call is over for the engine. */
export function forgetCall(floor: Floor, call: Call): void {
  countCall(floor, call, -1);
  call.queue.inLine.remove(call);
  floor.deadlines.set(call, NEVER);
  floor.freshCalls.delete(call);
  floor.calls.delete(call.id);
  forgetQueueIfDone(floor, call.queue);
}

/** The earliest thing that the call waits for; a conversation has no deadline but its legs as owners. */
export function refreshCall(floor: Floor, call: Call): void {
  floor.deadlines.set(call, deadlineOf(call));
}

/** 1 is the next to be served; a call that is being offered has none. */
export function positionOf(call: Call): number | undefined {
  if (call.stage.kind !== 'waiting') return undefined;
  let position = 1;
  for (const lane of call.queue.lanes.values()) position += lane.waiting.rank(call);
  return position;
}

/** The same demands give the same key, whatever order they are written in. */
export const laneKeyOf = (skills: Skills): string =>
  Object.keys(skills).length === 0 ? '' : JSON.stringify(Object.entries(skills).sort());

function deadlineOf(call: Call): number {
  switch (call.stage.kind) {
    case 'waiting':
      return Math.min(call.announceAt, call.waitUntil);
    case 'offered':
      return call.stage.expiresAt;
    case 'talking':
      return NEVER;
  }
}

/** Adds (+1) or takes away (−1) the call in its queue's figures and, if it waits, in its lane. */
function countCall(floor: Floor, call: Call, by: 1 | -1): void {
  const { queue } = call;
  queue[call.stage.kind] += by;
  if (call.stage.kind !== 'waiting') return;
  const lane = laneOf(queue, call);
  if (by === 1) {
    lane.waiting.add(call);
    floor.freshCalls.add(call);
    return;
  }
  lane.waiting.remove(call);
  floor.freshCalls.delete(call);
  if (lane.waiting.size === 0) queue.lanes.delete(lane.key);
}

function laneOf(queue: Queue, call: Call): Lane {
  const known = queue.lanes.get(call.laneKey);
  if (known) return known;
  const lane = createLane(call.laneKey, call.requiredSkills);
  queue.lanes.set(lane.key, lane);
  return lane;
}
