import type { OfferFailure, ReturnCause } from '../acd/commands.ts';
import { optional } from '../lib/optional.ts';
import type { OfferId } from '../model/ids.ts';
import type { ArrivalEvents } from './arrivals.ts';
import type { CallSession, SessionOffer } from './call-session.ts';
import type { Leaving } from './leaving-line.ts';
import { Callbacks } from './outbound/callbacks.ts';
import type { AgentLeg, CallerLeg, LegFailure } from './ports/index.ts';
import type { Talks } from './talk/talks.ts';
import type { World } from './world.ts';

/**
 * From an agent's answer to the end of the conversation.
 *
 *   offered ──answer──▶ joining ──bridged──▶ speaking ──a leg ends──▶ over
 *                          └──the agent's leg dies, no bridge──▶ the caller waits again (rule C7)
 */
export class Conversations implements ArrivalEvents {
  readonly #world: World;
  readonly #callbacks: Callbacks;
  readonly #talks: Talks;

  constructor(world: World, talks: Talks) {
    this.#world = world;
    this.#talks = talks;
    this.#callbacks = new Callbacks(world, (session, offer, leg) => {
      if (session.leg) this.#join(session, offer, session.leg, leg);
    });
  }

  /** Call backs become conversations here. */
  get callbacks(): Callbacks {
    return this.#callbacks;
  }

  /** An agent's phone picked up: the engine says whether it is still wanted. */
  answered(offerId: OfferId, leg: AgentLeg): void {
    if (
      this.#callbacks.attempts.agentJoins(offerId, leg) ||
      this.#talks.summons.answered(offerId, leg)
    )
      return;
    const reply = this.#world.command({ type: 'offer.answered', offerId });
    // Only now: who accepts a call back may have the customer's own call instead (rule K7).
    const session = this.#world.offers.get(offerId);
    if (!reply.ok || !session?.offer) return leg.hangup();
    if (session.outgoing && !session.leg) {
      return this.#callbacks.attempts.agentAccepted(session, leg);
    }
    session.offer.leg = leg;
    // An agent may be quicker than the caller's own answer.
    if (session.leg) this.#join(session, session.offer, session.leg, leg);
  }

  /** The agent was quicker, and waits. */
  callerAnswered(session: CallSession): void {
    const { leg, offer } = session;
    if (leg && offer?.leg && 'agentId' in offer.leg) this.#join(session, offer, leg, offer.leg);
  }

  failed(offerId: OfferId, failure: LegFailure): void {
    if (
      this.#callbacks.attempts.agentFailed(offerId, failure) ||
      this.#talks.summons.failed(offerId, failure)
    )
      return;
    this.#world.command({ type: 'offer.failed', offerId, cause: offerFailure(failure) });
  }

  /** A machine, or somebody, is asked outside: the offer stays open meanwhile (rule O7). */
  pickedUp(offerId: OfferId, askMs: number): boolean {
    if (this.#callbacks.attempts.agentAsked(offerId, askMs)) return true;
    return this.#world.command({ type: 'offer.pickedUp', offerId, askMs }).ok;
  }

  /** The agent's leg is over. Before the two were joined, nobody has said a word. */
  gone(offerId: OfferId, died: boolean): void {
    if (this.#talks.summons.secondGone(offerId)) return;
    const session = this.#world.offers.get(offerId);
    if (!session || this.#callbacks.attempts.agentGone(session)) return;
    if (this.#talks.departures.ofKeeper(session, died)) return;
    if (session.offer?.bridged) this.#end(session);
    else this.#giveBack(session, 'agentLost');
  }

  /** The engine hears that the caller is gone, if it knows of the call at all. */
  leaveEngine(session: CallSession, why: Leaving = {}): void {
    const { id: callId, stage, offer, engineId } = session;
    if (this.#callbacks.attempts.stopped(session) || session.isTransferred) return;
    if (stage === 'talking' && offer) this.#world.command({ type: 'call.ended', callId: engineId });
    if (stage === 'queued' || stage === 'offered') {
      const since = optional('since', session.waitedBefore);
      this.#world.command({ type: 'call.abandon', callId, ...why, ...since });
    }
  }

  #join(session: CallSession, offer: SessionOffer, caller: CallerLeg, agent: AgentLeg): void {
    const { history, inbox, whisper, recorder } = this.#world;
    // Whoever may be recorded is told before the agent hears them; else the caller goes on hearing music meanwhile.
    const notices = [whisper(offer.offerId, agent), recorder.beforeBridge(session)];
    const told = notices.filter((notice) => notice !== undefined);
    if (told.length === 0) this.#bridge(session, offer, caller, agent);
    else {
      void Promise.all(told).then(() =>
        inbox.post(() => this.#bridge(session, offer, caller, agent)),
      );
    }
    history.stage(session, 'agent.answered', { agentId: agent.agentId, leg: agent.identity });
  }

  /** While the agent was told who it is, either may have gone. */
  #bridge(session: CallSession, offer: SessionOffer, caller: CallerLeg, agent: AgentLeg): void {
    const { inbox } = this.#world;
    if (session.offer !== offer || session.stage !== 'talking') return;
    void this.#talks.rooms
      .begin(session, caller, agent)
      .then((bridged) => inbox.post(() => this.#joined(session, offer, bridged)));
  }

  /** Meanwhile the caller may have gone, or the agent. */
  #joined(session: CallSession, offer: SessionOffer, bridged: boolean): void {
    if (session.offer !== offer || session.stage !== 'talking') return;
    if (bridged) {
      offer.bridged = true;
      this.#world.recorder.connected(session);
    } else this.#giveBack(session, 'media');
  }

  #giveBack({ id: callId }: CallSession, cause: ReturnCause): void {
    this.#world.command({ type: 'call.returned', callId, cause });
  }

  #end(session: CallSession): void {
    this.leaveEngine(session);
    if (session.goesOnAfterwards) return this.#goOn(session);
    session.leg?.hangup();
    this.#world.finish(session, 'failed', 'agent');
  }

  /** The agent has gone, and the caller stays: the flow asks them how it was, say. */
  #goOn(session: CallSession): void {
    const { offers, telephony, history, live } = this.#world;
    const { offer } = session;
    if (offer) {
      offers.delete(offer.offerId);
      telephony.cancelRing(offer.offerId);
    }
    this.#world.recorder.over(session);
    session.offer = undefined;
    session.talk = undefined;
    session.stage = 'flow';
    session.agentLeft = true;
    session.goesOnAfterwards = false;
    history.stage(session, 'agent.left', { ...optional('agentId', offer?.agentId) });
    live.call(session);
    this.#world.tell(session, { type: 'agentLeft' });
  }
}

/** A leg that failed in our own media server says nothing about the agent, but cannot be rung at once again. */
function offerFailure(failure: LegFailure): OfferFailure {
  return failure === 'media' || failure === 'cancelled' ? 'unreachable' : failure;
}
