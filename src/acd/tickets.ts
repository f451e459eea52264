import type { EpochMs } from '../lib/clock.ts';
import type { CallbackOutcome } from '../model/callback.ts';
import type { CallbackId, CallId } from '../model/ids.ts';
import { noteOvertaker } from './arrivals.ts';
import { admitCall, forgetCall, moveStart, positionOf } from './calls.ts';
import { createCall } from './create-call.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import type { Call, Floor, Queue, SavedTicket, Ticket } from './state.ts';

/*
 * A call back (rules K1 to K9). In the line stands a call in its stead, which is offered like any other.
 *
 *   request, schedule ──▶ scheduled ──notBefore──▶ waiting ⇄ offered ──agent accepts──▶ dialing ──▶ reached
 *                            ▲                                                            │
 *                            └──────────────── failed, and it may be tried again ─────────┘
 *   scheduled, waiting ──▶ expired, cancelled, merged, queueGone; from under an agent's hand, afterwards.
 */

/** Takes the ticket into the books, new or after a restart. Its deadline comes with `refreshTicket`. */
export function addTicket(floor: Floor, saved: SavedTicket): Ticket {
  const ticket: Ticket = {
    ...saved,
    kind: 'ticket',
    call: undefined,
    timer: UNTIMED,
  };
  floor.tickets.set(ticket.id, ticket);
  floor.ticketOf.set(ticket.callerKey, ticket);
  return ticket;
}

/** In the line its stand-in has the deadlines. */
export function refreshTicket(floor: Floor, ticket: Ticket): void {
  floor.deadlines.set(ticket, deadlineOf(ticket));
}

function deadlineOf({ call, notBefore, expiresAt, dialUntil }: Ticket): EpochMs {
  if (!call) return Math.min(notBefore, expiresAt);
  return call.stage.kind === 'talking' ? dialUntil : NEVER;
}

/** Its time has come: a call stands in the line in its stead, in the place that it has kept. */
export function joinLine(floor: Floor, ticket: Ticket): void {
  const { queue, priority, requiredSkills, effectiveStart, expiresAt } = ticket;
  const call: Call = createCall(floor, queue, {
    id: standInId(ticket.id),
    priority,
    requiredSkills,
    preferredAgentId: undefined,
    callerKey: undefined,
    regained: false,
    effectiveStart,
  });
  call.ticket = ticket;
  call.joinedAt = ticket.joinedAt ??= floor.now;
  // Nobody listens: it waits in silence, and no rule sends it elsewhere.
  call.announceAt = expiresAt;
  call.waitUntil = expiresAt;
  call.overflowAt = NEVER;
  ticket.call = call;
  admitCall(floor, call);
  refreshTicket(floor, ticket);
  const position = positionOf(call) ?? 1;
  noteOvertaker(floor, call, position);
  floor.changes.push({
    type: 'callback.queued',
    callbackId: ticket.id,
    queueId: queue.id,
    position,
    attempt: ticket.attempts + 1,
  });
}

/** The call in its stead leaves the line, or the agent's hands. */
export function leaveLine(floor: Floor, ticket: Ticket): void {
  const { call } = ticket;
  if (!call) return;
  forgetCall(floor, call);
  ticket.call = undefined;
}

/** The one end of every ticket. Its stand-in is no longer with an agent, or becomes the customer's call. */
export function endTicket(
  floor: Floor,
  ticket: Ticket,
  outcome: CallbackOutcome,
  callId?: CallId,
): void {
  leaveLine(floor, ticket);
  floor.deadlines.set(ticket, NEVER);
  floor.tickets.delete(ticket.id);
  floor.ticketOf.delete(ticket.callerKey);
  floor.changes.push({
    type: 'callback.ended',
    callbackId: ticket.id,
    queueId: ticket.queue.id,
    outcome,
    attempts: ticket.attempts,
    ...(callId === undefined ? {} : { callId }),
  });
}

/** An agent has it in hand: their phone rings for it, or they hear the customer's ring. */
export const isInHand = ({ call }: Ticket): boolean =>
  call !== undefined && call.stage.kind !== 'waiting';

/** What was decided about it while an agent had it in hand, or its time, makes an end now (rule K6). */
export function endIfDecided(floor: Floor, ticket: Ticket): boolean {
  const { endingAs, mergeInto, expiresAt } = ticket;
  if (endingAs !== undefined) endTicket(floor, ticket, endingAs);
  else if (mergeInto !== undefined) mergeLate(floor, ticket, mergeInto);
  else if (expiresAt <= floor.now) endTicket(floor, ticket, 'expired');
  else return false;
  return true;
}

/** The customer rings: the start of their place, unless an agent has the ticket in hand (rule K7). */
export function mergeTicket(floor: Floor, ticket: Ticket, callId: CallId): EpochMs | undefined {
  if (isInHand(ticket)) {
    ticket.mergeInto ??= callId;
    return undefined;
  }
  endTicket(floor, ticket, 'merged', callId);
  return ticket.effectiveStart;
}

/** The customer rings, or is sent on, to where the ticket is from: two places are not for one. */
export function ticketToMerge(
  floor: Floor,
  queue: Queue,
  callerKey: string | undefined,
): Ticket | undefined {
  const ticket = callerKey === undefined ? undefined : floor.ticketOf.get(callerKey);
  return ticket?.queue === queue || ticket?.cameTo === queue.id ? ticket : undefined;
}

/** The call by which the customer had rung is gone, unanswered: another of theirs may be there yet. */
export function forgetMerge(floor: Floor, { id, callerKey }: Call): void {
  const ticket = callerKey === undefined ? undefined : floor.ticketOf.get(callerKey);
  if (ticket?.mergeInto !== id) return;
  ticket.mergeInto = undefined;
  for (const call of floor.calls.values()) {
    if (call.id !== id && hasRung(ticket, call)) ticket.mergeInto ??= call.id;
  }
}

/** Whether the ticket's customer has come by the call, since it was made, to where it is from. */
function hasRung({ callerKey, queue, cameTo, madeAt }: Ticket, call: Call): boolean {
  if (call.callerKey !== callerKey || call.joinedAt < madeAt) return false;
  return [call.queue.id, ...call.visited].some((id) => id === queue.id || id === cameTo);
}

/** The customer's call has waited beside the ticket, and has its place now if that is better. */
function mergeLate(floor: Floor, ticket: Ticket, callId: CallId): void {
  endTicket(floor, ticket, 'merged', callId);
  const call = floor.calls.get(callId);
  if (call && ticket.effectiveStart < call.effectiveStart) {
    moveStart(floor, call, ticket.effectiveStart);
    noteOvertaker(floor, call, positionOf(call) ?? Number.POSITIVE_INFINITY);
  }
}

export const standInId = (id: CallbackId): CallId => id as string as CallId;
