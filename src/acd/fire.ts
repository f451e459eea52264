import { never } from '../lib/result.ts';
import { fireAgent } from './agents.ts';
import { announce } from './announcements.ts';
import { expireOffer, leaveQueue, offerOfCall } from './offers.ts';
import { forgetPlace } from './places.ts';
import type { Agent, Call, Floor, Place } from './state.ts';

/**
 * Fires every deadline that is due. Each touches its own agent or call, and routing comes afterwards, so that
 * the order of firing cannot matter (rule T2). True: something was due.
 */
export function fireDue(floor: Floor): boolean {
  const first = floor.deadlines.takeDue(floor.now);
  for (let due = first; due; due = floor.deadlines.takeDue(floor.now)) {
    fire(floor, due);
  }
  return first !== undefined;
}

function fire(floor: Floor, due: Agent | Call | Place): void {
  switch (due.kind) {
    case 'agent':
      return fireAgent(floor, due);
    case 'call':
      return fireCall(floor, due);
    case 'place':
      return forgetPlace(floor, due);
    default:
      return never(due);
  }
}

function fireCall(floor: Floor, call: Call): void {
  const offer = offerOfCall(floor, call);
  if (offer) expireOffer(floor, offer);
  else if (call.waitUntil <= floor.now) leaveQueue(floor, call, 'queueTimeout');
  else announce(floor, call);
}
