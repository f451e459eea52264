import type { EpochMs } from '../lib/clock.ts';
import type { CallbackOutcome } from '../model/callback.ts';
import type { CallbackId, CallId, QueueId } from '../model/ids.ts';
import { noteOvertaker } from './arrivals.ts';
import { admitCall, forgetCall, moveStart, positionOf } from './calls.ts';
import { createCall } from './create-call.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import type { Call, Floor, SavedTicket, Ticket } from './state.ts';

/*
 * A call back (rules K1 to K9). In the line stands a call in its stead, which is offered like any other.
 *
 *   request, schedule ──▶ scheduled ──notBefore──▶ waiting ⇄ offered ──agent accepts──▶ dialing ──▶ reached
 *                            ▲                                                            │
 *                            └──────────────── failed, and it may be tried again ─────────┘
 *   scheduled, waiting ◀──their own call goes unanswered── paused ──an agent has talked to it──▶ merged
 *            └──────the customer is on the line──────────────▲
 *   scheduled, waiting, paused ──▶ expired, cancelled, queueGone; from under an agent's hand, afterwards.
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

function deadlineOf(ticket: Ticket): EpochMs {
  const { call, notBefore, expiresAt, dialUntil } = ticket;
  if (isPaused(ticket)) return NEVER;
  if (!call) return Math.min(notBefore, expiresAt);
  return call.stage.kind === 'talking' ? dialUntil : NEVER;
}

/** Until its time comes; then a call stands in the line in its stead, unless the customer stands there (rule K7). */
export function takeUp(floor: Floor, ticket: Ticket): void {
  if (isForLater(floor, ticket)) return refreshTicket(floor, ticket);
  const own = ownCallOf(floor, ticket);
  if (own) pauseFor(floor, ticket, own);
  else standIn(floor, ticket);
}

/** In the place that it has kept. */
function standIn(floor: Floor, ticket: Ticket): void {
  const { queue, priority, requiredSkills, preferredAgentId, effectiveStart, expiresAt } = ticket;
  const call: Call = createCall(floor, queue, {
    id: standInId(ticket.id),
    priority,
    requiredSkills,
    preferredAgentId,
    callerKey: undefined,
    regained: false,
    effectiveStart,
  });
  call.ticket = ticket;
  call.joinedAt = ticket.joinedAt ??= floor.now;
  call.preferredUntil = ticket.preferredUntil ?? call.preferredUntil;
  // Nobody listens: it waits in silence, and no rule sends it elsewhere.
  call.announceAt = expiresAt;
  call.waitUntil = expiresAt;
  call.overflowAt = NEVER;
  ticket.call = call;
  admitCall(floor, call);
  const position = positionOf(call) ?? 1;
  noteOvertaker(floor, call, position);
  floor.changes.push({
    type: 'callback.queued',
    callbackId: ticket.id,
    queueId: queue.id,
    position,
    attempt: triesOf(ticket) + 1,
  });
}

/** The call in its stead leaves the line, or the agent's hands. */
export function leaveLine(floor: Floor, ticket: Ticket): void {
  const { call } = ticket;
  if (!call) return;
  ticket.preferredUntil = call.preferredUntil;
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

/** The customer is on the line by themselves: it has no deadline but their call as its owner. */
export const isPaused = ({ call, mergeInto }: Ticket): boolean =>
  mergeInto !== undefined && call === undefined;

/** What was decided about it while an agent had it in hand, or its time, makes an end now (rule K6), or a pause. */
export function endIfDecided(floor: Floor, ticket: Ticket): boolean {
  const { endingAs, mergeInto, expiresAt } = ticket;
  const own = mergeInto && floor.calls.get(mergeInto);
  if (endingAs === 'merged') endTicket(floor, ticket, endingAs, mergeInto);
  else if (endingAs !== undefined) endTicket(floor, ticket, endingAs);
  else if (own) pauseFor(floor, ticket, own);
  else if (expiresAt <= floor.now) endTicket(floor, ticket, 'expired');
  else return false;
  return true;
}

/** So does whatever has been tried as often as it may be (rule K5), before it stands in the line once more. */
export function endIfOver(floor: Floor, ticket: Ticket): boolean {
  if (endIfDecided(floor, ticket)) return true;
  if (ticket.attempts < ticket.queue.config.callbackAttemptsMax) return false;
  endTicket(floor, ticket, 'failed');
  return true;
}

/** The customer rings: the start of the place that they have now, unless an agent has the ticket in hand (rule K7). */
export function mergeTicket(floor: Floor, ticket: Ticket, callId: CallId): EpochMs | undefined {
  if (isInHand(ticket)) ticket.mergeInto ??= callId;
  if (ticket.mergeInto !== undefined) return undefined;
  pause(floor, ticket, callId);
  return ticket.effectiveStart;
}

/** A call that has come to the queue already has the place of its caller's ticket there, if that is better. */
export function mergeCall(floor: Floor, call: Call, queueId: QueueId): void {
  const ticket = ticketToMerge(floor, queueId, call.callerKey);
  if (!ticket || !concerns(floor, ticket, call)) return;
  const start = mergeTicket(floor, ticket, call.id);
  if (start !== undefined && start < call.effectiveStart) moveStart(floor, call, start);
}

/** What the customer is promised who is known by that. */
const ticketOf = (floor: Floor, callerKey: string | undefined): Ticket | undefined =>
  callerKey === undefined ? undefined : floor.ticketOf.get(callerKey);

/** The customer rings, or is sent on, to where the ticket is from: two places are not for one. */
export function ticketToMerge(
  floor: Floor,
  queueId: QueueId,
  callerKey: string | undefined,
): Ticket | undefined {
  const ticket = ticketOf(floor, callerKey);
  return ticket?.queue.id === queueId || ticket?.cameTo === queueId ? ticket : undefined;
}

export const isForLater = ({ now }: Floor, { notBefore }: Ticket): boolean => notBefore > now;

/** A promise for later is not why somebody waits who waited before it was made, or whom an agent has handed back. */
const concerns = (floor: Floor, ticket: Ticket, { seq, handedBack }: Call): boolean =>
  !isForLater(floor, ticket) || (seq > ticket.seq && !handedBack);

function pauseFor(floor: Floor, ticket: Ticket, call: Call): void {
  pause(floor, ticket, call.id);
  if (ticket.effectiveStart >= call.effectiveStart) return;
  moveStart(floor, call, ticket.effectiveStart);
  noteOvertaker(floor, call, positionOf(call) ?? Number.POSITIVE_INFINITY);
}

function pause(floor: Floor, ticket: Ticket, callId: CallId): void {
  leaveLine(floor, ticket);
  ticket.mergeInto = callId;
  refreshTicket(floor, ticket);
  const { id: callbackId, queue } = ticket;
  floor.changes.push({ type: 'callback.paused', callbackId, queueId: queue.id, callId });
}

/** The customer's own call has gone unanswered: the promise stands, for the time that was promised (rule K7). */
export function standAgain(floor: Floor, { id, callerKey }: Call): void {
  const ticket = ticketOf(floor, callerKey);
  if (ticket?.mergeInto !== id || ticket.endingAs === 'merged') return;
  ticket.mergeInto = ownCallOf(floor, ticket)?.id;
  if (isInHand(ticket) || endIfOver(floor, ticket)) return;
  const { id: callbackId, queue, notBefore } = ticket;
  floor.changes.push({ type: 'callback.resumed', callbackId, queueId: queue.id, notBefore });
  takeUp(floor, ticket);
}

/** What the customer's own call came to is in the stead of the promise. Whoever has it in hand lets go first. */
export function endMerged(floor: Floor, { id, callerKey }: Call): void {
  const ticket = ticketOf(floor, callerKey);
  if (ticket?.mergeInto === id && isPaused(ticket)) endTicket(floor, ticket, 'merged', id);
}

/** An agent has talked to the customer's own call, and that is over, wherever they are sent on to. */
export function endServed(floor: Floor, call: Call): void {
  const ticket = ticketOf(floor, call.callerKey);
  if (ticket?.mergeInto === call.id && isInHand(ticket)) ticket.endingAs ??= 'merged';
  else endMerged(floor, call);
}

/**
 * The call by which the customer waits where the ticket is from, or has been answered there since it was made: the first
 * of several.
 */
export function ownCallOf(floor: Floor, ticket: Ticket): Call | undefined {
  let waits: Call | undefined;
  let talks: Call | undefined;
  // The newest first.
  for (const call of floor.callsOf.of(ticket.callerKey)) {
    if (!hasCome(ticket, call) || !concerns(floor, ticket, call)) continue;
    if (call.stage.kind !== 'talking') waits = call;
    else if (call.joinedAt >= ticket.madeAt) talks = call;
  }
  return waits ?? talks;
}

const hasCome = ({ queue, cameTo }: Ticket, call: Call): boolean =>
  [call.queue.id, ...call.visited].some((id) => id === queue.id || id === cameTo);

/** How often the customer was to be dialled: no two tries have one number. */
export const triesOf = ({ attempts, unrung }: Ticket): number => attempts + unrung;

export const standInId = (id: CallbackId): CallId => id as string as CallId;
