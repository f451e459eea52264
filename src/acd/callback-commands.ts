import { DAY_MS, type EpochMs } from '../lib/clock.ts';
import type { CallbackId } from '../model/ids.ts';
import { isCallerKey, openQueue, refusalOf, unknownQueue } from './admission.ts';
import { failAttempt } from './callback-attempts.ts';
import { moveCall } from './calls.ts';
import type { Command, Reply } from './commands.ts';
import { startOf } from './create-call.ts';
import { NEVER } from './deadlines.ts';
import { findCall, isKnown, talkOf, unknownCall } from './find-call.ts';
import { leaveQueue } from './leaving.ts';
import { DONE, refuse } from './refusal.ts';
import { copySkills } from './skills.ts';
import { talking } from './stages.ts';
import type { Floor, Queue, SavedTicket, Ticket } from './state.ts';
import {
  addTicket,
  endMerged,
  endTicket,
  isInHand,
  isPaused,
  standInId,
  takeUp,
} from './tickets.ts';
import { isWithin } from './within.ts';

/** More promises than this are not made. */
export const CALLBACKS_MAX = 10_000;
/** Nobody is promised anything for later than this. */
const AHEAD_MS_MAX = 90 * DAY_MS;
const ID_LENGTH_MAX = 64;

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** A waiting caller hangs up and keeps the place (rule K1). */
export function requestCallback(floor: Floor, command: Of<'callback.request'>): Reply {
  const { callbackId, callId } = command;
  const call = findCall(floor, callId);
  if (!call) return unknownCall(callId);
  if (call.stage.kind !== 'waiting') {
    return refuse('CALL_STATE', `Call ${callId} is ${call.stage.kind}: an agent has it.`);
  }
  const { queue, priority, requiredSkills, preferredAgentId, effectiveStart } = call;
  const [cameTo] = call.visited;
  const callerKey = command.callerKey ?? call.callerKey ?? '';
  const at = command.at ?? floor.now;
  const refusal = whyNotPromised(floor, queue, callbackId, callerKey, at);
  if (refusal) return refusal;
  endMerged(floor, call);
  leaveQueue(floor, call, 'callback');
  const asked = { id: callbackId, callerKey, priority, requiredSkills, effectiveStart, at };
  // At once, what the caller has waited counts.
  const { joinedAt, preferredUntil } = call;
  const waited = at > floor.now ? {} : { joinedAt, preferredUntil };
  make(floor, queue, { ...asked, cameTo, preferredAgentId, ...waited });
  return DONE;
}

/** A call back for a time stands where somebody stands who comes at that time (rule K2). */
export function scheduleCallback(floor: Floor, command: Of<'callback.schedule'>): Reply {
  const { callbackId: id, queueId, callerKey, at, priority, preferredAgentId } = command;
  const queue = openQueue(floor, queueId);
  if (!queue) return unknownQueue(queueId);
  const refusal =
    refusalOf('Call back', id, priority, command.requiredSkills) ??
    whyNotPromised(floor, queue, id, callerKey, at);
  if (refusal) return refusal;
  const requiredSkills = copySkills(command.requiredSkills);
  const effectiveStart = startOf(queue, priority, Math.max(at, floor.now));
  const asked = { id, callerKey, priority, requiredSkills, effectiveStart, at };
  make(floor, queue, { ...asked, preferredAgentId });
  return DONE;
}

/** Never under an agent's hand: then it is over when the attempt is, unless that succeeds (rule K6). */
export function cancelCallback(floor: Floor, ticket: Ticket): Reply {
  if (isInHand(ticket)) ticket.endingAs ??= 'cancelled';
  else endTicket(floor, ticket, 'cancelled');
  return DONE;
}

/** The customer answered: the ticket is kept, and what follows is a call like any other (rule K4). */
export function reachCallback(floor: Floor, ticket: Ticket): Reply {
  const { call, queue } = ticket;
  const talk = call && talkOf(call);
  if (!talk) return notDialled(ticket);
  const { agent } = talk;
  ticket.call = undefined;
  call.ticket = undefined;
  call.rungBack = true;
  call.joinedAt = floor.now;
  call.waitUntil = floor.now + queue.config.waitMsMax;
  call.announceAt = floor.now + queue.config.announceFirstMs;
  call.overflowAt = queue.config.overflow.length === 0 ? NEVER : floor.now;
  agent.callsTaken++;
  moveCall(floor, call, talking(agent, floor.now));
  endTicket(floor, ticket, 'reached', call.id);
  return DONE;
}

export function failCallback(
  floor: Floor,
  ticket: Ticket,
  { cause, rang }: Of<'callback.failed'>,
): Reply {
  if (ticket.call?.stage.kind !== 'talking') return notDialled(ticket);
  failAttempt(floor, ticket, cause, rang);
  return DONE;
}

/** Finds the promise and does what the command says, or says that there is no such promise. */
export function withTicket<C extends { readonly callbackId: CallbackId }>(
  floor: Floor,
  command: C,
  deed: (floor: Floor, ticket: Ticket, command: C) => Reply,
): Reply {
  const { callbackId: id } = command;
  const ticket = floor.tickets.get(id);
  if (!ticket) return refuse('CALLBACK_UNKNOWN', `There is no call back ${id}.`);
  return deed(floor, ticket, command);
}

/** What keeps the promise from being made; nothing that cannot be kept is promised. */
function whyNotPromised(
  floor: Floor,
  queue: Queue,
  id: CallbackId,
  callerKey: string,
  at: EpochMs,
): Reply | undefined {
  if (queue.closing || !queue.config.callbackEnabled) {
    return refuse('CALLBACK_OFF', `Queue ${queue.id} promises no call backs.`);
  }
  if (!isCallerKey(callerKey)) {
    return refuse('CALLER_KEY_RANGE', `Call back ${id} has no number to ring, or too long a one.`);
  }
  if (!isWithin(at, 0, floor.now + AHEAD_MS_MAX)) {
    return refuse(
      'CALLBACK_TIME',
      `Call back ${id} is for ${at}, which is too far away, or no time.`,
    );
  }
  if (!isWithin(id.length, 1, ID_LENGTH_MAX) || isKnown(floor, standInId(id))) {
    return refuse('CALLBACK_EXISTS', `The id ${id} cannot be given to a call back.`);
  }
  const other = floor.ticketOf.get(callerKey);
  if (other && !isPaused(other))
    return refuse('CALLBACK_EXISTS', `The customer has call back ${other.id} already.`);
  if (floor.tickets.size >= CALLBACKS_MAX) {
    return refuse('CALLBACK_FULL', `There are ${CALLBACKS_MAX} call backs already.`);
  }
  return undefined;
}

function make(
  floor: Floor,
  queue: Queue,
  wanted: Pick<
    SavedTicket,
    | 'id'
    | 'callerKey'
    | 'priority'
    | 'requiredSkills'
    | 'effectiveStart'
    | 'cameTo'
    | 'joinedAt'
    | 'preferredAgentId'
    | 'preferredUntil'
  > & {
    readonly at: EpochMs;
  },
): void {
  const { at, ...own } = wanted;
  // What the customer is promised while they are on the line takes the place of what they were promised before.
  const before = floor.ticketOf.get(own.callerKey);
  if (before) endTicket(floor, before, 'merged', before.mergeInto);
  const notBefore = Math.max(at, floor.now);
  const ticket = addTicket(floor, {
    seq: ++floor.seq,
    ...own,
    queue,
    madeAt: floor.now,
    notBefore,
    expiresAt: notBefore + queue.config.callbackExpireMs,
    attempts: 0,
    unrung: 0,
    dialUntil: 0,
    endingAs: undefined,
    mergeInto: undefined,
  });
  const { id: callbackId } = ticket;
  floor.changes.push({ type: 'callback.made', callbackId, queueId: queue.id, notBefore });
  takeUp(floor, ticket);
}

const notDialled = ({ id }: Ticket): Reply =>
  refuse('CALLBACK_STATE', `Call back ${id} is not being dialled.`);
