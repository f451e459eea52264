import { never } from '../lib/result.ts';
import { fireAgent, refreshAgent } from './agents.ts';
import { wakeAlwaysOn } from './always-on.ts';
import { announce } from './announcements.ts';
import { fireTicket } from './callback-attempts.ts';
import { refreshCall, relane } from './calls.ts';
import { touchGate } from './gate.ts';
import { reorder } from './idle.ts';
import { leaveQueue } from './leaving.ts';
import { fireLedger } from './ledger.ts';
import type { Ledger } from './ledger-state.ts';
import { expireOffer, findOffer } from './offers.ts';
import { judge } from './overflow.ts';
import { forgetPlace } from './places.ts';
import { isRingingMany } from './stages.ts';
import type { Agent, Call, Floor, Gate, Offer, Place, Ticket, Watch } from './state.ts';
import { endIfDecided } from './tickets.ts';
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

function fire(floor: Floor, due: Agent | Call | Place | Ticket | Watch | Ledger | Gate): void {
  switch (due.kind) {
    case 'agent':
      return fireAgent(floor, due);
    case 'call':
      return fireCall(floor, due);
    case 'place':
      return forgetPlace(floor, due);
    case 'ticket':
      return fireTicket(floor, due);
    case 'watch':
      return fireWatch(floor, due);
    case 'ledger':
      return turnPage(floor, due);
    case 'gate': {
      const queue = floor.queues.get(due.queueId);
      if (queue) touchGate(floor, queue);
      return;
    }
    default:
      return never(due);
  }
}

/** A new month or day, or the agent's own hours: never under a ringing phone or a conversation (rule B6). */
function turnPage(floor: Floor, ledger: Ledger): void {
  const agent = floor.agents.get(ledger.agentId);
  if (!agent) return fireLedger(floor, ledger, undefined);
  reorder(agent, () => fireLedger(floor, ledger, agent));
  refreshAgent(floor, agent);
  wakeAlwaysOn(floor, agent);
}

/** Phones that rang long enough stop; another may ring now, of others too if the call has come to that. */
function fireRings(floor: Floor, call: Call, rings: readonly Offer[]): void {
  if (isRingingMany(call)) relane(floor, call);
  const over = rings.filter(({ expiresAt }) => expiresAt <= floor.now);
  // With the last of them the call may be gone.
  if (over.length === 0) return refreshCall(floor, call);
  for (const { id } of over) {
    const offer = findOffer(floor, id);
    if (offer) expireOffer(floor, offer);
  }
}

function fireCall(floor: Floor, call: Call): void {
  if (call.stage.kind === 'offered') fireRings(floor, call, call.stage.rings);
  else if (call.ticket) fireStandIn(floor, call, call.ticket);
  else if (call.waitUntil <= floor.now) leaveQueue(floor, call, 'queueTimeout');
  else if (call.overflowAt > floor.now || !judge(floor, call)) {
    relane(floor, call);
    if (call.announceAt <= floor.now) announce(floor, call);
    else refreshCall(floor, call);
  }
}

/** Its time is over, or its demands soften like those of any call. */
function fireStandIn(floor: Floor, call: Call, ticket: Ticket): void {
  if (endIfDecided(floor, ticket)) return;
  relane(floor, call);
  refreshCall(floor, call);
}
