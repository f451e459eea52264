import type { EpochMs } from '../lib/clock.ts';
import { NEVER } from './deadlines.ts';
import { touchGate } from './gate.ts';
import { joinLane, quitLane } from './lanes.ts';
import { laneOf } from './preferred.ts';
import { forgetQueueIfDone } from './queues.ts';
import { softensAt } from './relaxation.ts';
import { ringDueAt } from './ring-times.ts';
import { isFull, isRingingMany } from './stages.ts';
import type { Call, CallStage, Floor, Lane, Offer, Queue } from './state.ts';

/** The one place that sets a call's stage: figures, lanes and the deadline follow from it. */
export function moveCall(floor: Floor, call: Call, to: CallStage): void {
  const wasInLine = isInLine(call);
  countCall(floor, call, -1);
  call.stage = to;
  countCall(floor, call, 1);
  if (wasInLine && !isInLine(call)) call.queue.inLine.remove(call);
  if (!wasInLine && isInLine(call)) call.queue.inLine.add(call);
  refreshCall(floor, call);
}

/** Another phone rings for a call that is offered, or one of several rings no longer. */
export function setRings(floor: Floor, call: Call, rings: readonly Offer[]): void {
  if (call.stage.kind !== 'offered') throw new Error(`Call ${call.id} rings nowhere.`);
  call.stage = { kind: 'offered', since: call.stage.since, rings };
  refreshCall(floor, call);
}

/** Puts the call into its queue, or back after a restart. */
export function admitCall(floor: Floor, call: Call): void {
  floor.calls.add(call);
  floor.callsOf.add(call);
  if (isInLine(call)) call.queue.inLine.add(call);
  if (isRingingMany(call)) relane(floor, call);
  countCall(floor, call, 1);
  refreshCall(floor, call);
}

/** The waiting call goes to another queue, with its place in the one order and nothing else. */
export function changeQueue(floor: Floor, call: Call, to: Queue): void {
  const { queue: from } = call;
  const { waitMsMax, announceFirstMs } = to.config;
  countCall(floor, call, -1);
  from.inLine.remove(call);
  call.queue = to;
  call.visited = [...call.visited, from.id];
  call.joinedAt = floor.now;
  call.overflowAt = floor.now - 1;
  call.waitUntil = floor.now + waitMsMax;
  call.announceAt = floor.now + announceFirstMs;
  to.inLine.add(call);
  countCall(floor, call, 1);
  // Routed first, and then judged by the rules of its new queue.
  floor.deadlines.set(call, call.waitUntil);
  floor.joined.push(call);
  forgetQueueIfDone(floor, from);
}

/** The call gets another place in the one order, waiting or for when it waits again. */
export function moveStart(floor: Floor, call: Call, effectiveStart: EpochMs): void {
  const waits = call.stage.kind === 'waiting';
  if (waits) countCall(floor, call, -1);
  const rings = floor.ringing.remove(call);
  call.effectiveStart = effectiveStart;
  if (rings) floor.ringing.add(call);
  if (waits) countCall(floor, call, 1);
}

/** After a routing: whoever came from another queue is judged by the rules of this one. */
export function settleJoined(floor: Floor): void {
  if (floor.joined.length === 0) return;
  for (const call of floor.joined.splice(0)) refreshCall(floor, call);
}

/** The call is over for the engine. */
export function forgetCall(floor: Floor, call: Call): void {
  countCall(floor, call, -1);
  if (isInLine(call)) call.queue.inLine.remove(call);
  floor.deadlines.forget(call);
  floor.calls.delete(call);
  floor.callsOf.delete(call);
  dropFromHand(floor, call);
  floor.spareCalls.add(call);
  forgetQueueIfDone(floor, call.queue);
}

/** Several deadlines may be due at once: who leaves by one is neither routed nor judged for another. */
function dropFromHand(floor: Floor, call: Call): void {
  if (call.fresh) floor.freshCalls = floor.freshCalls.filter((other) => other !== call);
  if (floor.joined.length > 0) floor.joined = floor.joined.filter((other) => other !== call);
}

/** The earliest thing that the call waits for; a conversation has no deadline but its legs as owners. */
export function refreshCall(floor: Floor, call: Call): void {
  floor.deadlines.set(call, deadlineOf(floor, call));
}

/** 1 is the next to be served; a call that is being offered has none. */
export const positionOf = (call: Call): number | undefined =>
  call.stage.kind === 'waiting' ? call.queue.line.rank(call) + 1 : undefined;

/** The call stands where its demands have come to, and who has it by now is looked for. */
export function relane(floor: Floor, call: Call): void {
  const lane = laneOf(floor, call);
  if (lane === call.lane) return;
  if (call.stage.kind !== 'waiting') {
    call.lane = lane;
    return;
  }
  quitLane(call);
  call.lane = lane;
  joinLane(call);
  toRoute(floor, call);
}

/** Whoever waits for one agent waits no longer for them alone. */
export function releaseOwn(floor: Floor, { waiting }: Lane): void {
  for (const call of waiting.size > 0 ? [...waiting] : []) {
    call.preferredUntil = 0;
    relane(floor, call);
    refreshCall(floor, call);
  }
}

function deadlineOf(floor: Floor, call: Call): number {
  switch (call.stage.kind) {
    case 'waiting':
      return Math.min(call.announceAt, call.waitUntil, call.overflowAt, softensAt(floor, call));
    case 'offered':
      return ringDueAt(floor, call, call.stage);
    case 'talking':
      return NEVER;
  }
}

/** A call back waits, but holds no line. */
const isInLine = ({ stage, ticket, directed }: Call): boolean =>
  stage.kind !== 'talking' && !ticket && !directed;

/** Adds (+1) or takes away (−1) the call in its queue's figures and, if it waits, in its lane. */
function countCall(floor: Floor, call: Call, by: 1 | -1): void {
  const { queue } = call;
  touchGate(floor, queue);
  if (by === -1 && call.stage.kind !== 'waiting' && isFull(queue)) floor.freshQueues.push(queue);
  switch (call.stage.kind) {
    case 'offered':
      queue.offered += by;
      if (by === -1) floor.ringing.remove(call);
      else if (isRingingMany(call)) floor.ringing.add(call);
      return;
    case 'talking':
      queue.talking += by;
      return;
    case 'waiting':
      if (call.ticket) queue.callbacks += by;
      else queue.waiting += by;
  }
  if (by === -1) {
    queue.line.remove(call);
    quitLane(call);
    return;
  }
  queue.line.add(call);
  call.lane = laneOf(floor, call);
  joinLane(call);
  toRoute(floor, call);
}

/** The routing to come looks at the call. */
export function toRoute(floor: Floor, call: Call): void {
  if (call.fresh) return;
  call.fresh = true;
  floor.freshCalls.push(call);
}
