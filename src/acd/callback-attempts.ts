import type { DialFailure } from '../model/callback.ts';
import type { OfferId } from '../model/ids.ts';
import { moveAgent, readyNow } from './agents.ts';
import { moveCall } from './calls.ts';
import { freeUnspoken } from './consequences.ts';
import { talkOf } from './find-call.ts';
import { giveBack, spend } from './ledger.ts';
import { isRingingMany, talking, WAITING } from './stages.ts';
import type { Agent, Call, Floor, Ticket } from './state.ts';
import { isFreeFor } from './strategies.ts';
import {
  endIfDecided,
  endIfOver,
  isInHand,
  leaveLine,
  ownCallOf,
  refreshTicket,
  standInId,
  takeUp,
  triesOf,
} from './tickets.ts';

/**
 * The agent accepted: the customer is dialled now (rule K3). If the end of it was decided while the phone rang, nobody
 * is dialled any more (rule K6); if that was because the customer rang and waits, their call is given back, for the
 * agent to have (rule K7).
 */
export function acceptTicket(
  floor: Floor,
  ticket: Ticket,
  agent: Agent,
  offerId: OfferId,
): Call | undefined {
  const { call, mergeInto, endingAs } = ticket;
  if (!call) throw new Error(`Call back ${ticket.id} is not in the line.`);
  if (mergeInto !== undefined || endingAs !== undefined)
    return notDialling(floor, ticket, agent, offerId);
  agent.misses = 0;
  spend(floor, agent, call);
  ticket.attempts++;
  ticket.dialUntil = floor.now + ticket.queue.config.callbackDialMs;
  moveCall(floor, call, talking(agent, floor.now));
  moveAgent(floor, agent, { kind: 'talking', since: floor.now, callId: call.id });
  refreshTicket(floor, ticket);
  floor.changes.push({
    type: 'callback.dial',
    callbackId: ticket.id,
    queueId: ticket.queue.id,
    agentId: agent.id,
    offerId,
    callerKey: ticket.callerKey,
    attempt: triesOf(ticket),
    until: ticket.dialUntil,
  });
  return undefined;
}

/** An offer of it ended without an answer: it waits again, unless its end was decided meanwhile. */
export function takeTicketBack(floor: Floor, call: Call, ticket: Ticket): void {
  if (!endIfDecided(floor, ticket)) moveCall(floor, call, WAITING);
}

/** What our own side refuses, so that the customer's phone does not ring. */
const OWN_FAILURES: ReadonlySet<DialFailure> = new Set(['noTrunk', 'limit', 'notAllowed']);
/** After the first of them; after each further one twice as long, up to the most. */
const OWN_RETRY_MS = 30_000;
const OWN_RETRY_MS_MAX = 30 * 60_000;

/**
 * Nobody was reached: the agent is free, and it is tried again later, or not any more (rules K4 and K5). `rang`: the
 * customer's phone did, whatever the cause.
 */
export function failAttempt(floor: Floor, ticket: Ticket, cause: DialFailure, rang = false): void {
  const { call, queue } = ticket;
  const talk = call && talkOf(call);
  if (!talk) throw new Error(`Call back ${ticket.id} is not being dialled.`);
  const { agent } = talk;
  const counted = rang || !OWN_FAILURES.has(cause);
  floor.changes.push({
    type: 'callback.attemptFailed',
    callbackId: ticket.id,
    queueId: queue.id,
    agentId: agent.id,
    cause,
    attempt: triesOf(ticket),
    counted,
  });
  giveBack(floor, agent, call);
  freeUnspoken(floor, agent, call, cause === 'agentLost');
  leaveLine(floor, ticket);
  // Whom the customer wants has tried: they are waited for again, and nobody who was waited for in vain (rule R16).
  ticket.preferredUntil = agent.id === ticket.preferredAgentId ? undefined : 0;
  if (!counted) {
    ticket.attempts--;
    ticket.unrung++;
  }
  const retryMs = counted ? queue.config.callbackRetryMs : ownRetryMs(ticket);
  ticket.notBefore = floor.now + retryMs;
  if (!endIfOver(floor, ticket)) takeUp(floor, ticket);
}

const ownRetryMs = ({ unrung }: Ticket): number =>
  Math.min(OWN_RETRY_MS_MAX, OWN_RETRY_MS * 2 ** (unrung - 1));

/** Its time has come, or is over, or an attempt has taken too long. */
export function fireTicket(floor: Floor, ticket: Ticket): void {
  if (isInHand(ticket)) failAttempt(floor, ticket, 'noAnswer');
  else if (!endIfOver(floor, ticket)) takeUp(floor, ticket);
}

/** It may ask for more than the ticket did, or for one agent. Where many are rung for it, the first who answers has it. */
const mayTake = (floor: Floor, agent: Agent, live: Call): boolean =>
  (live.stage.kind === 'waiting' || isRingingMany(live)) &&
  (live.lane.only ?? agent) === agent &&
  isFreeFor(floor, agent, live);

/** The customer's own call is served by whoever meant to ring them, if they may have it; otherwise the agent is not needed. */
function notDialling(
  floor: Floor,
  ticket: Ticket,
  agent: Agent,
  offerId: OfferId,
): Call | undefined {
  // Of several calls of theirs, one may have been served by then: the next is as much theirs.
  const first = ticket.mergeInto && floor.calls.get(ticket.mergeInto);
  const live = first ?? ownCallOf(floor, ticket);
  endIfDecided(floor, ticket);
  if (live?.queue === ticket.queue && mayTake(floor, agent, live)) return live;
  floor.changes.push({
    type: 'offer.withdrawn',
    offerId,
    callId: standInId(ticket.id),
    agentId: agent.id,
    why: 'callerLeft',
  });
  moveAgent(floor, agent, readyNow(floor));
  return undefined;
}
