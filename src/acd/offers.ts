import type { AgentState } from '../model/agent.ts';
import type { OfferId } from '../model/ids.ts';
import { judgeAnswered } from './accuracy.ts';
import { moveAgent, releaseAgent } from './agents.ts';
import { acceptTicket, takeTicketBack } from './callback-attempts.ts';
import { admitCall, moveCall, setRings } from './calls.ts';
import type { Change } from './changes.ts';
import type { OfferFailure } from './commands.ts';
import { consequenceOf } from './consequences.ts';
import { leaveQueue } from './leaving.ts';
import { spend } from './ledger.ts';
import { callIdOf, offerIdOf } from './offer-id.ts';
import { countAsHere, judge } from './overflow.ts';
import { observePatience } from './patience.ts';
import { countAnswered } from './service-level.ts';
import { talking, WAITING } from './stages.ts';
import type { Agent, Call, Floor, Offer } from './state.ts';

/** However long whoever picked up is asked for: a caller waits for one phone no longer than this and its ringing. */
export const ASK_MS_MAX = 60_000;

/** The first phone rings for a call that waited. */
export function makeOffer(floor: Floor, call: Call, agent: Agent): void {
  const offer = createOffer(floor, call, agent);
  moveCall(floor, call, { kind: 'offered', since: floor.now, rings: [offer] });
  ring(floor, offer);
}

/** Another phone rings for the same call (rule M1). */
export function addRing(floor: Floor, call: Call, agent: Agent): void {
  const offer = createOffer(floor, call, agent);
  setRings(floor, call, [...offersOfCall(call), offer]);
  ring(floor, offer);
}

function createOffer(floor: Floor, call: Call, agent: Agent): Offer {
  const id = offerIdOf(call.id, ++floor.seq);
  if (floor.observer) floor.observer.offering(call, agent, id);
  call.queue.lastTurn = agent.seq;
  return { id, call, agent, expiresAt: floor.now + call.queue.config.ringTimeoutMs };
}

/** One agent is rung for a call that never waited: what they are doing now is what they go back to (rule H2). */
export function ringDirectly(floor: Floor, call: Call, agent: Agent, ringMs: number): void {
  const id = offerIdOf(call.id, ++floor.seq);
  const offer = { id, call, agent, expiresAt: floor.now + ringMs };
  const { state } = agent;
  if (state.kind === 'notReady') agent.intention = { kind: 'notReady', reason: state.reason };
  call.stage = { kind: 'offered', since: floor.now, rings: [offer] };
  admitCall(floor, call);
  const { queue } = call;
  const directed = { callId: call.id, queueId: queue.id, agentId: agent.id };
  floor.changes.push({ type: 'call.directed', ...directed });
  ring(floor, offer);
}

function ring(floor: Floor, { id, call, agent, expiresAt }: Offer): void {
  moveAgent(floor, agent, { kind: 'offered', since: floor.now, offerId: id, callId: call.id });
  floor.changes.push({
    type: 'offer.made',
    offerId: id,
    callId: call.id,
    queueId: call.queue.id,
    agentId: agent.id,
    expiresAt,
  });
}

/** The offer, if it is still open. */
export function findOffer(floor: Floor, id: OfferId): Offer | undefined {
  const call = floor.calls.get(callIdOf(id));
  return call && offersOfCall(call).find((offer) => offer.id === id);
}

const NO_OFFERS: readonly Offer[] = [];

/** Every phone that rings for the call. */
export const offersOfCall = ({ stage }: Call): readonly Offer[] =>
  stage.kind === 'offered' ? stage.rings : NO_OFFERS;

export const offerOfAgent = (floor: Floor, { state }: Agent): Offer | undefined =>
  state.kind === 'offered' ? findOffer(floor, state.offerId) : undefined;

/**
 * Picked up outside the house, and not accepted yet: it stays open while they are asked, once, and nothing is spent
 * (rule O7). Said again it changes nothing.
 */
export function holdOffer(floor: Floor, offer: Offer, { askMs }: { readonly askMs: number }): void {
  if (offer.pickedUp) return;
  const { id, call, agent } = offer;
  const asked = askMs > 0 ? Math.min(Math.round(askMs), ASK_MS_MAX) : 0;
  const expiresAt = Math.max(offer.expiresAt, floor.now + asked);
  const held: Offer = { ...offer, expiresAt, pickedUp: true };
  setRings(
    floor,
    call,
    offersOfCall(call).map((other) => (other.id === id ? held : other)),
  );
  floor.changes.push({
    type: 'offer.pickedUp',
    offerId: id,
    callId: call.id,
    agentId: agent.id,
    expiresAt,
  });
}

/** The first who answers has the call; the others' phones stop, and nothing is held against them (rule M3). */
export function acceptOffer(floor: Floor, offer: Offer): void {
  const { id, call, agent } = offer;
  for (const loser of offersOfCall(call)) {
    if (loser.id !== id) releaseOffer(floor, loser, 'answeredElsewhere');
  }
  if (call.ticket) {
    const live = acceptTicket(floor, call.ticket, agent, id);
    if (live) acceptOffer(floor, { ...offer, call: live });
    return;
  }
  agent.misses = 0;
  agent.callsTaken++;
  spend(floor, agent, call);
  // Nobody has waited in the queue for this one.
  if (!call.directed) {
    countAnswered(floor, call);
    judgeAnswered(floor, call);
    observePatience(floor, call, false);
  }
  moveCall(floor, call, talking(agent, floor.now));
  moveAgent(floor, agent, { kind: 'talking', since: floor.now, callId: call.id });
  const connected: Change = {
    type: 'call.connected',
    callId: call.id,
    queueId: call.queue.id,
    agentId: agent.id,
    offerId: id,
    waitMs: floor.now - call.queuedAt,
  };
  floor.changes.push(call.directed ? { ...connected, directed: true } : connected);
}

/** The agent's phone refused, or could not be had. */
export function failOffer(floor: Floor, offer: Offer, cause: OfferFailure): void {
  const { id, call, agent } = offer;
  floor.changes.push({
    type: 'offer.failed',
    offerId: id,
    callId: call.id,
    agentId: agent.id,
    cause,
  });
  endOffer(floor, offer, cause);
}

/** Of a call that was meant for this agent alone nothing is held against them (rule H2). */
function endOffer(floor: Floor, offer: Offer, cause: OfferFailure): void {
  const { call, agent } = offer;
  if (call.directed) releaseAgent(floor, agent);
  else moveAgent(floor, agent, consequenceOf(floor, agent, call, cause));
  endRing(floor, offer);
}

/** The phone rang out. */
export function expireOffer(floor: Floor, offer: Offer): void {
  withdraw(floor, offer, 'noAnswer');
  endOffer(floor, offer, 'noAnswer');
}

/** The agent goes away under the ringing phone. */
export function loseAgent(floor: Floor, offer: Offer, to: AgentState): void {
  offer.agent.intention = undefined;
  withdraw(floor, offer, 'agentLeft');
  moveAgent(floor, offer.agent, to);
  endRing(floor, offer);
}

/** The agent's last phone unregistered while it rang. */
export function losePhone(floor: Floor, offer: Offer): void {
  const { agent, call } = offer;
  if (call.directed) {
    withdraw(floor, offer, 'agentLeft');
    return endOffer(floor, offer, 'unreachable');
  }
  loseAgent(floor, offer, consequenceOf(floor, agent, call, 'unreachable'));
}

/** The caller left while a phone rang, or was taken elsewhere, or somebody else answered: nobody is to blame. */
export function releaseOffer(
  floor: Floor,
  offer: Offer,
  why: 'callerLeft' | 'byHouse' | 'answeredElsewhere',
): void {
  withdraw(floor, offer, why);
  releaseAgent(floor, offer.agent);
}

/** While other phones ring, the call goes on being offered; with the last one it is taken back. */
function endRing(floor: Floor, offer: Offer): void {
  const { call } = offer;
  const others = offersOfCall(call).filter((other) => other !== offer);
  if (others.length > 0) setRings(floor, call, others);
  else takeBack(floor, call);
}

function withdraw(
  floor: Floor,
  { id, call, agent }: Offer,
  why: Extract<Change, { type: 'offer.withdrawn' }>['why'],
): void {
  floor.changes.push({
    type: 'offer.withdrawn',
    offerId: id,
    callId: call.id,
    agentId: agent.id,
    why,
  });
}

/**
 * The call has its old place again, unless its time ran out while the phone rang (rule C4), or a rule of overflow
 * has waited for the end of the offer (rule V3).
 */
export function takeBack(floor: Floor, call: Call): void {
  call.preferredUntil = 0;
  countAsHere(call);
  if (call.directed) leaveQueue(floor, call, 'failed');
  else if (call.ticket) takeTicketBack(floor, call, call.ticket);
  else if (call.waitUntil <= floor.now) leaveQueue(floor, call, 'queueTimeout');
  else if (call.overflowAt > floor.now || !judge(floor, call)) moveCall(floor, call, WAITING);
}
