import { never } from '../lib/result.ts';
import { fireAgent } from './agents.ts';
import { announce } from './announcements.ts';
import { refreshCall } from './calls.ts';
import { leaveQueue } from './leaving.ts';
import { expireOffer, offerOfCall } from './offers.ts';
import { judge } from './overflow.ts';
import { forgetPlace } from './places.ts';
import type { Agent, Call, Floor, Place, Watch } from './state.ts';
import { fireWatch } from './watch.ts';

/**
 * Fires every deadline that is due. Each touches its own agent, call or line, and routing comes afterwards, so that
 * the order of firing cannot matter (rule T2). True: something was due.
 */
export function fireDue(floor: Floor): boolean {
  const first = floor.deadlines.takeDue(floor.now);
  for (let due = first; due; due = floor.deadlines.takeDue(floor.now)) {
    fire(floor, due);
  }
  return first !== undefined;
}

function fire(floor: Floor, due: Agent | Call | Place | Watch): void {
  switch (due.kind) {
    case 'agent':
      return fireAgent(floor, due);
    case 'call':
      return fireCall(floor, due);
    case 'place':
      return forgetPlace(floor, due);
    case 'watch':
      return fireWatch(floor, due);
    default:
      return never(due);
  }
}

function fireCall(floor: Floor, call: Call): void {
  const offer = offerOfCall(floor, call);
  if (offer) expireOffer(floor, offer);
  else if (call.waitUntil <= floor.now) leaveQueue(floor, call, 'queueTimeout');
  else if (call.overflowAt > floor.now || !judge(floor, call)) {
    if (call.announceAt <= floor.now) announce(floor, call);
    else refreshCall(floor, call);
  }
}
