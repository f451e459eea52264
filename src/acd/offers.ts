import type { AgentState } from '../model/agent.ts';
import { type CallId, type OfferId, offerId } from '../model/ids.ts';
import { judgeAnswered } from './accuracy.ts';
import { moveAgent, readyNow } from './agents.ts';
import { acceptTicket, takeTicketBack } from './callback-attempts.ts';
import { moveCall } from './calls.ts';
import type { OfferFailure } from './commands.ts';
import { consequenceOf } from './consequences.ts';
import { leaveQueue } from './leaving.ts';
import { spend } from './ledger.ts';
import { judge } from './overflow.ts';
import { observePatience } from './patience.ts';
import { countAnswered } from './service-level.ts';
import { type Agent, type Call, type Floor, WAITING } from './state.ts';

export interface LiveOffer {
  readonly id: OfferId;
  readonly call: Call;
  readonly agent: Agent;
}

/** An offer's id is never given twice: a late word about an old offer cannot touch a new one (rule O2). */
const offerIdOf = (callId: CallId, seq: number): OfferId => offerId(`${callId}#${seq}`);

export function makeOffer(floor: Floor, call: Call, agent: Agent): void {
  const id = offerIdOf(call.id, ++floor.seq);
  if (floor.observer) floor.observer.offering(call, agent, id);
  const expiresAt = floor.now + call.queue.config.ringTimeoutMs;
  call.queue.lastTurn = agent.seq;
  moveCall(floor, call, { kind: 'offered', offerId: id, agentId: agent.id, expiresAt });
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
export function findOffer(floor: Floor, id: OfferId): LiveOffer | undefined {
  const call = floor.calls.get(id.slice(0, Math.max(0, id.lastIndexOf('#'))) as CallId);
  return call && offerOfCall(floor, call, id);
}

export function offerOfCall(floor: Floor, call: Call, id?: OfferId): LiveOffer | undefined {
  if (call.stage.kind !== 'offered') return undefined;
  if (id !== undefined && call.stage.offerId !== id) return undefined;
  const agent = floor.agents.get(call.stage.agentId);
  if (!agent) throw new Error(`Call ${call.id} is offered to nobody.`);
  return { id: call.stage.offerId, call, agent };
}

export function offerOfAgent(floor: Floor, agent: Agent): LiveOffer | undefined {
  if (agent.state.kind !== 'offered') return undefined;
  const call = floor.calls.get(agent.state.callId);
  return call && offerOfCall(floor, call, agent.state.offerId);
}

export function acceptOffer(floor: Floor, { id, call, agent }: LiveOffer): void {
  if (call.ticket) {
    const live = acceptTicket(floor, call.ticket, agent, id);
    if (live) acceptOffer(floor, { id, call: live, agent });
    return;
  }
  agent.misses = 0;
  agent.callsTaken++;
  spend(floor, agent, call);
  countAnswered(floor, call);
  judgeAnswered(floor, call);
  observePatience(floor, call, false);
  moveCall(floor, call, { kind: 'talking', agentId: agent.id, since: floor.now });
  moveAgent(floor, agent, { kind: 'talking', since: floor.now, callId: call.id });
  floor.changes.push({
    type: 'call.connected',
    callId: call.id,
    queueId: call.queue.id,
    agentId: agent.id,
    offerId: id,
    waitMs: floor.now - call.queuedAt,
  });
}

/** The agent's phone refused, or could not be had. */
export function failOffer(floor: Floor, offer: LiveOffer, cause: OfferFailure): void {
  const { id, call, agent } = offer;
  floor.changes.push({
    type: 'offer.failed',
    offerId: id,
    callId: call.id,
    agentId: agent.id,
    cause,
  });
  moveAgent(floor, agent, consequenceOf(floor, agent, call, cause));
  takeBack(floor, call);
}

/** The phone rang out. */
export function expireOffer(floor: Floor, offer: LiveOffer): void {
  withdraw(floor, offer, 'noAnswer');
  moveAgent(floor, offer.agent, consequenceOf(floor, offer.agent, offer.call, 'noAnswer'));
  takeBack(floor, offer.call);
}

/** The agent goes away under the ringing phone. */
export function loseAgent(floor: Floor, offer: LiveOffer, to: AgentState): void {
  withdraw(floor, offer, 'agentLeft');
  moveAgent(floor, offer.agent, to);
  takeBack(floor, offer.call);
}

/** The agent's last phone unregistered while it rang. */
export function losePhone(floor: Floor, offer: LiveOffer): void {
  const { agent, call } = offer;
  loseAgent(floor, offer, consequenceOf(floor, agent, call, 'unreachable'));
}

/** The caller left while a phone rang: nobody is to blame. */
export function releaseOffer(floor: Floor, offer: LiveOffer): void {
  withdraw(floor, offer, 'callerLeft');
  moveAgent(floor, offer.agent, readyNow(floor));
}

function withdraw(
  floor: Floor,
  { id, call, agent }: LiveOffer,
  why: 'callerLeft' | 'noAnswer' | 'agentLeft',
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
  if (call.ticket) takeTicketBack(floor, call.ticket);
  else if (call.waitUntil <= floor.now) leaveQueue(floor, call, 'queueTimeout');
  else if (call.overflowAt > floor.now || !judge(floor, call)) moveCall(floor, call, WAITING);
}
