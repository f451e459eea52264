import type { CallId, OfferId } from '../model/ids.ts';
import { fullLine, isCallerKey, openQueue, refusalOf, unknownQueue } from './admission.ts';
import { endInteraction } from './agents.ts';
import { noteArrival } from './arrivals.ts';
import { admitCall, forgetCall, positionOf } from './calls.ts';
import type { Command, Reply } from './commands.ts';
import { createCall, startOf } from './create-call.ts';
import { findCall, isKnown, talkOf, unknownCall } from './find-call.ts';
import { leaveQueue } from './leaving.ts';
import { failOffer, findOffer, offersOfCall, releaseOffer } from './offers.ts';
import { countAsHere } from './overflow.ts';
import { keepPlace, takePlace } from './places.ts';
import { DONE, refuse } from './refusal.ts';
import type { Call, Floor, Offer, Queue } from './state.ts';
import { endServed, isForLater, mergeTicket, ticketToMerge } from './tickets.ts';

type Enqueue = Extract<Command, { type: 'call.enqueue' }>;
type Abandon = Extract<Command, { type: 'call.abandon' }>;

/** A new call joins the line (rules R1 and C1). */
export function enqueue(floor: Floor, command: Enqueue): Reply {
  const { callId, queueId, priority, callerKey, since, returns } = command;
  const queue = openQueue(floor, queueId);
  if (!queue) return unknownQueue(queueId);
  if (isKnown(floor, callId)) return refuse('CALL_STATE', `Call ${callId} is queued already.`);
  const refusal = refusalOf('Call', callId, priority, command.requiredSkills);
  if (refusal) return refusal;
  if (since !== undefined && !(since >= 0 && since <= floor.now)) {
    return refuse('CALL_STATE', `Call ${callId} cannot have waited since then.`);
  }
  if (callerKey !== undefined && !isCallerKey(callerKey)) {
    return refuse('CALLER_KEY_RANGE', `Call ${callId}: the caller's key is empty, or too long.`);
  }
  const full = fullLine(queue);
  if (full && !returns) return full;
  const call = newCall(floor, queue, command);
  if (returns) countAsHere(call);
  admitCall(floor, call);
  const position = positionOf(call) ?? 1;
  noteArrival(floor, call, position);
  floor.changes.push(
    call.regained
      ? { type: 'call.queued', callId, queueId, position, regained: true }
      : { type: 'call.queued', callId, queueId, position },
  );
  return DONE;
}

/** It stands where it comes by itself, or where its caller has stood before, whichever is better. */
function newCall(floor: Floor, queue: Queue, command: Enqueue): Call {
  const { callId: id, priority, requiredSkills, preferredAgentId, callerKey, returns } = command;
  const ownStart = startOf(queue, priority, command.since ?? floor.now);
  const regained = callerKey === undefined ? undefined : takePlace(floor, queue.id, callerKey);
  const ticket = ticketToMerge(floor, queue.id, callerKey);
  // Whoever comes back from an agent has not rung because of a promise for later.
  const isTheirs = ticket && !(returns && isForLater(floor, ticket));
  const merged = isTheirs ? mergeTicket(floor, ticket, id) : undefined;
  const effectiveStart = Math.min(ownStart, regained ?? ownStart, merged ?? ownStart);
  const isRegained = regained !== undefined;
  return createCall(floor, queue, {
    id,
    priority,
    requiredSkills,
    preferredAgentId,
    callerKey,
    regained: isRegained,
    handedBack: returns ?? false,
    effectiveStart,
  });
}

/** The caller hung up before anybody answered, or was taken from the queue: then they have given their place up (C8). */
export function abandon(floor: Floor, { callId, byHouse, lineLost, since }: Abandon): Reply {
  const call = findCall(floor, callId);
  if (!call) return unknownCall(callId);
  if (call.stage.kind === 'talking') {
    return refuse('CALL_STATE', `Call ${callId} is being talked to: it can end, not be abandoned.`);
  }
  const hasLeft = !byHouse || lineLost;
  for (const offer of offersOfCall(call))
    releaseOffer(floor, offer, hasLeft ? 'callerLeft' : 'byHouse');
  if (hasLeft) keepPlace(floor, call);
  const waitedSince = Math.min(since ?? call.queuedAt, call.queuedAt);
  const isShort = floor.now - waitedSince < call.queue.config.shortAbandonMs;
  leaveQueue(floor, call, isShort ? 'shortAbandon' : 'abandoned', byHouse);
  return DONE;
}

/** The conversation is over, whoever ended it. */
export function endCall(floor: Floor, callId: CallId): Reply {
  const call = findCall(floor, callId);
  if (!call) return unknownCall(callId);
  const talk = talkOf(call);
  if (!talk) {
    return refuse('CALL_STATE', `Call ${callId} is ${call.stage.kind}: nobody talks to it.`);
  }
  const { agent, since, heldSince = floor.now, heldMs } = talk;
  const { queue } = call;
  forgetCall(floor, call);
  const talkMs = floor.now - since;
  const holdMs = heldMs + floor.now - heldSince;
  agent.talkedMs += talkMs;
  floor.changes.push({
    type: 'call.ended',
    callId,
    queueId: queue.id,
    agentId: agent.id,
    talkMs,
    holdMs,
  });
  if (floor.ticketOf.size > 0) endServed(floor, call);
  endInteraction(floor, agent, queue);
  return DONE;
}

/** On hold the agent has the call, and nobody hears them (rule H6). */
export function setHeld(floor: Floor, callId: CallId, held: boolean): Reply {
  const call = findCall(floor, callId);
  if (!call) return unknownCall(callId);
  const talk = talkOf(call);
  if (!talk)
    return refuse('CALL_STATE', `Call ${callId} is ${call.stage.kind}: nobody talks to it.`);
  const { agent, heldSince, heldMs, ...stage } = talk;
  if (held === (heldSince !== undefined)) return DONE;
  const who = { callId, queueId: call.queue.id, agentId: agent.id };
  if (heldSince === undefined) {
    call.stage = { ...stage, agent, heldMs, heldSince: floor.now };
    floor.changes.push({ type: 'call.held', ...who });
    return DONE;
  }
  const thisMs = floor.now - heldSince;
  call.stage = { ...stage, agent, heldMs: heldMs + thisMs };
  floor.changes.push({ type: 'call.retrieved', ...who, heldMs: thisMs });
  return DONE;
}

/** Finds the open offer and does it; an offer that is over cannot be answered or failed (rule O2). */
export function withOffer<C extends { readonly offerId: OfferId }>(
  floor: Floor,
  command: C,
  deed: (floor: Floor, offer: Offer, command: C) => void,
): Reply {
  const offer = findOffer(floor, command.offerId);
  if (!offer) return refuse('OFFER_UNKNOWN', `Offer ${command.offerId} is not open.`);
  deed(floor, offer, command);
  return DONE;
}

export const refuseOffer = (
  floor: Floor,
  offer: Offer,
  { cause }: Extract<Command, { type: 'offer.failed' }>,
): void => failOffer(floor, offer, cause);
