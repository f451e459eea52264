import { type Refusal, refusal } from '../../lib/errors.ts';
import type { CallSession, SessionOffer } from '../call-session.ts';
import { Parties } from '../parties.ts';
import type { Leg } from '../ports/phones.ts';
import type { World } from '../world.ts';
import { hearingOf, keeperOf, type Outsider, type Talk } from './talk.ts';

/** Who is in a conversation, and who hears whom in it. */
export class Rooms {
  readonly #world: World;
  readonly #sessionOf = new WeakMap<Leg, CallSession>();
  /** Told whenever it may be others who hear each other. */
  onArranged: (session: CallSession) => void = () => {};

  constructor(world: World) {
    this.#world = world;
  }

  /** The agent has answered: the two are joined. */
  begin(session: CallSession, customer: Leg, agent: Leg): Promise<boolean> {
    this.own(agent, session);
    return this.talkOf(session).parties.arrange({ bridged: [customer, agent] });
  }

  /** Whom the flow has called, or who has no place in the engine, has answered: the customer is theirs. */
  beginOutside(session: CallSession, customer: Leg, outside: Outsider): Promise<boolean> {
    const talk = this.talkOf(session);
    talk.outside = outside;
    talk.byFlow = true;
    return this.begin(session, customer, outside.leg);
  }

  sessionOf(leg: Leg): CallSession | undefined {
    const session = this.#sessionOf.get(leg);
    return session?.stage === 'ended' ? undefined : session;
  }

  /** The leg is the agent's, whatever phone it is: what it does is about this call. */
  own(leg: Leg, session: CallSession): void {
    this.#sessionOf.set(leg, session);
  }

  talkOf(session: CallSession): Talk {
    session.talk ??= {
      parties: new Parties(this.#world.telephony),
      held: false,
      phonesHolding: new Set(),
      second: undefined,
      side: undefined,
      outside: undefined,
      byFlow: false,
      parked: undefined,
      refusedAt: undefined,
    };
    return session.talk;
  }

  hold(session: CallSession, on: boolean): Refusal | undefined {
    const { talk } = session;
    if (!talk || !keeperOf(session) || talk.second) return notNow(session);
    talk.held = on;
    // Whoever says so by the API means it, whatever the phone has said before.
    void this.arrange(session);
    return undefined;
  }

  /** By re-INVITE. */
  phoneHolds(leg: Leg, on: boolean): void {
    const session = this.sessionOf(leg);
    if (!session?.talk) return;
    if (on) session.talk.phonesHolding.add(leg);
    else session.talk.phonesHolding.delete(leg);
    void this.arrange(session);
  }

  /** Everybody hears whom they should, and the engine knows whether the customer is on hold. */
  arrange(session: CallSession): Promise<boolean> {
    const { talk, leg: customer, offer } = session;
    if (!talk) return Promise.resolve(false);
    const agent = offer?.bridged ? offer.leg : undefined;
    const hearing = hearingOf(talk, { customer, agent, music: this.#musicOf(session) });
    const made = talk.parties.arrange(hearing);
    this.onArranged(session);
    // Only then: what is said to a leg ends with the bridge that it comes into.
    void made.then(() => this.#world.inbox.post(() => this.#world.recorder.speaking(session)));
    if (offer && !talk.parked) {
      const onHold = hearing.playing?.some(([leg]) => leg === customer) ?? false;
      if (onHold !== session.onHold) this.#tellHold(session, onHold);
    }
    return made;
  }

  #tellHold(session: CallSession, onHold: boolean): void {
    session.onHold = onHold;
    const type = onHold ? 'call.held' : 'call.retrieved';
    this.#world.command({ type, callId: session.engineId });
  }

  /** The agent speaks with the customer again, in the call in which they did before. */
  backToAgent(session: CallSession): Promise<boolean> {
    const { talk } = session;
    talk?.side?.hangup();
    if (talk) talk.side = undefined;
    this.#world.live.call(session);
    return this.arrange(session);
  }

  /**
   * The customer has left: whoever asks by a second call of their phone has that one only, as their phone shows it.
   * Their part goes on, with the other leg.
   */
  speakBySide(session: CallSession): void {
    const { talk, offer } = session;
    const { side, outside } = talk ?? {};
    if (!talk || !side) return;
    talk.side = undefined;
    if (offer) {
      const first = offer.leg;
      offer.leg = side;
      this.#world.telephony.cancelRing(offer.offerId);
      // Who picked a parked call up has a leg that no offer rang.
      first?.hangup();
    } else if (outside) {
      talk.outside = { ...outside, leg: side };
      session.transfer?.hangup();
      session.transfer = { sipCallId: side.identity.sipCallId, hangup: () => side.hangup() };
    }
  }

  /** Whoever has the customer has them no more. The way to end what legs they still have. */
  release(session: CallSession): () => void {
    const { offer, talk } = session;
    const side = talk?.side;
    if (talk) talk.side = undefined;
    const letGo = offer ? this.#releaseAgent(session, offer) : this.#releaseOutside(session);
    return () => {
      side?.hangup();
      letGo();
    };
  }

  /** The agent's part is over for the engine. */
  #releaseAgent(session: CallSession, offer: SessionOffer): () => void {
    const { offers, telephony, command } = this.#world;
    session.offer = undefined;
    session.onHold = false;
    offers.delete(offer.offerId);
    command({ type: 'call.ended', callId: session.engineId });
    return () => {
      telephony.cancelRing(offer.offerId);
      // Who picked a parked call up has a leg that no offer rang.
      offer.leg?.hangup();
    };
  }

  #releaseOutside(session: CallSession): () => void {
    const { talk, transfer } = session;
    if (!talk?.outside) return () => {};
    talk.outside = undefined;
    session.transfer = undefined;
    session.broughtBack(this.#world.clock.now());
    return () => transfer?.hangup();
  }

  #musicOf(session: CallSession): string | undefined {
    const { directory, prompts } = this.#world;
    const queue = session.queueId && directory?.queues.get(session.queueId);
    return prompts.audio(queue?.music ?? 'default') ?? prompts.audio('default');
  }
}

export const notNow = ({ id, stage, talk }: CallSession): Refusal =>
  refusal(
    'CALL_STATE',
    talk?.second
      ? `In call ${id} there is somebody else already, or being rung.`
      : `Call ${id} is ${stage}.`,
  );
