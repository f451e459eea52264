import { ERRORS, type Refusal, refusal } from '../../lib/errors.ts';
import type { AgentId } from '../../model/ids.ts';
import { type CallSession, optional, type SessionOffer } from '../call-session.ts';
import type { Dialling } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';
import type { World } from '../world.ts';
import type { Goal } from './destinations.ts';
import { Places, type StartFlow } from './places.ts';
import { notNow, Rooms } from './rooms.ts';
import { Summons } from './summons.ts';
import type { Bringing, Person, Second, Talk } from './talk.ts';

/** So often a call is passed on or asked about, whatever phones do to each other. */
export const BROUGHT_MAX = 12;
/** A phone that hangs up so soon after a transfer that failed has meant the transfer. */
const LET_GO_MS = 3_000;

/** How somebody is brought in. */
export interface Wish {
  readonly how: Bringing;
  readonly notify?: (status: number) => void;
}

/** A supervisor who has listened, and takes the agent's place. */
export interface Successor extends Required<Pick<Second, 'person' | 'name' | 'leg'>> {
  /** Their own end, if they have no place in the engine that would end it. */
  readonly dialling: Dialling;
}

/**
 * What agents make of their conversations: hold, transfers, consultations, conferences. One second person at a time.
 *
 *   talking ──bring──▶ second rings ──answers──▶ blind: the second has the call, the agent has left
 *      ▲                  │                      consult: agent and second talk ──complete──▶ the same
 *      │                  │                        ├──join──▶ conference ──one leaves──▶ the others talk
 *      └──fails, cancel───┴────────cancel──────────┘
 *
 * Whoever leaves, two who remain speak with each other, and one who remains alone is hung up on: when the customer has
 * left the agent and the second, the next to leave ends it.
 *
 * Each agent's part is a call of its own for the engine (rule H1): their time is theirs. The agent who has the customer
 * is the session's `offer`; whoever is there besides is the talk's `second`.
 */
export class Talks {
  readonly #world: World;
  /** Who hears whom. */
  readonly rooms: Rooms;
  readonly #places: Places;
  /** Whoever is rung for a conversation. */
  readonly summons: Summons;

  constructor(world: World, startFlow: StartFlow) {
    this.#world = world;
    this.rooms = new Rooms(world);
    this.#places = new Places(world, this.rooms, startFlow);
    this.summons = new Summons(world, this.rooms, {
      seated: (session, second) => this.#seated(session, second),
      failed: (session, second, cause) => this.#failed(session, second, cause),
      gone: (session, second) => this.#gone(session, second),
    });
  }

  /** The call is over: whoever is still there goes as well. */
  finished(session: CallSession): void {
    const { talk } = session;
    if (!talk) return;
    session.talk = undefined;
    talk.parked?.limit.cancel();
    talk.side?.hangup();
    if (talk.second) this.summons.dismiss(talk.second);
  }

  // ---- Bringing somebody in ---------------------------------------------------------------------------------

  /** Rings somebody for the conversation, or sends it elsewhere. The refusal says why not; then nothing has changed. */
  bring(session: CallSession, goal: Goal, wish: Wish): Refusal | undefined {
    const { talk, offer } = session;
    if (!talk || !offer?.bridged || talk.second) return notNow(session);
    if (session.brought >= BROUGHT_MAX)
      return refusal('TRANSFERS_MAX', `Call ${session.id} was passed on ${BROUGHT_MAX} times.`);
    if (goal.kind === 'person') return this.#bringPerson(session, offer, goal, wish);
    if (wish.how !== 'blind')
      return refusal('DESTINATION_UNKNOWN', 'Only people can be spoken with first.');
    const refused = this.#places.send(session, goal);
    if (!refused) wish.notify?.(200);
    return refused;
  }

  #bringPerson(
    session: CallSession,
    { agentId: by }: SessionOffer,
    { person, name }: Extract<Goal, { kind: 'person' }>,
    { how, notify }: Wish,
  ): Refusal | undefined {
    if (person.kind === 'agent' && person.agentId === by)
      return refusal('DESTINATION_SELF', `Agent ${by} has this call.`);
    return this.summons.ring(session, { person, name, by, how, ...optional('notify', notify) });
  }

  // ---- Who hangs up ----------------------------------------------------------------------------------------

  /**
   * The agent who has the customer has hung up, or their phone has `died`. With a second person there, or rung, the call
   * is theirs. False: there is nobody else.
   */
  agentGone(session: CallSession, died: boolean): boolean {
    const { talk, offer } = session;
    if (!talk) return false;
    if (offer?.leg) talk.parties.gone(offer.leg);
    const { second, refusedAt = Number.NEGATIVE_INFINITY } = talk;
    // The phone had let go already, whatever came of its transfer.
    const meantTransfer = this.#world.clock.now() - refusedAt < LET_GO_MS;
    // Whoever has not hung up is not hung up on: they wait where they stood.
    if (!second && offer?.bridged && session.leg && (died || meantTransfer)) {
      if (died) this.#world.history.record(session, 'agent.lost', { agentId: offer.agentId });
      this.rooms.release(session)();
      this.backTo(session, undefined);
      return true;
    }
    if (!second || !offer) return false;
    if (second.leg) this.#handOver(session, second);
    else {
      second.how = 'blind';
      this.rooms.release(session);
      void this.rooms.arrange(session);
      this.#world.live.call(session);
    }
    return true;
  }

  /** The customer has hung up; agent and second, if they talk, go on without. False: it is the end. */
  customerGone(session: CallSession): boolean {
    const { talk, leg, offer } = session;
    const { second } = talk ?? {};
    // Who answers a blind transfer has not spoken with the agent.
    if (!talk || !second?.leg || second.how === 'blind' || !offer?.bridged || !leg) return false;
    talk.parties.gone(leg);
    session.leg = undefined;
    this.#world.history.record(session, 'caller.left', {});
    this.rooms.speakBySide(session);
    void this.rooms.arrange(session);
    this.#world.live.call(session);
    return true;
  }

  /** Whoever was brought in is gone, and nobody has said so. False: the leg is none of theirs. */
  partyGone(session: CallSession, leg: Leg): boolean {
    const { second, outside } = session.talk ?? {};
    if (second?.leg === leg) this.#gone(session, second);
    else if (outside === leg) this.#outsideGone(session, leg);
    else return false;
    return true;
  }

  /** A leg that no offer rang, and by which somebody has come to the conversation, is over. */
  legGone(session: CallSession, leg: Leg, died: boolean): void {
    const { offer } = session;
    if (offer?.leg === leg) this.#world.agentGone(offer.offerId, died);
    else this.partyGone(session, leg);
  }

  // ---- What becomes of the second ------------------------------------------------------------------------------

  #seated(session: CallSession, second: Second): void {
    const { how, by: agentId, name: target, notify } = second;
    if (how === 'blind') this.#handOver(session, second);
    else {
      const type = how === 'consult' ? 'call.consulted' : 'call.conferenced';
      this.#world.history.record(session, type, { agentId, target });
      void this.rooms.arrange(session);
      this.#world.live.call(session);
    }
    notify?.(200);
  }

  /** Attended transfer: the agent goes, now or when the second answers. */
  complete(session: CallSession, notify?: (status: number) => void): Refusal | undefined {
    const { talk } = session;
    const second = talk?.second;
    if (!talk || !second || second.how === 'blind') return notNow(session);
    if (!session.leg)
      return refusal('CALL_STATE', `The caller of ${session.id} has hung up: nobody is left.`);
    if (second.leg) {
      this.#handOver(session, second);
      notify?.(200);
      return undefined;
    }
    // Nobody has answered yet: from here on it goes like a blind one (RFC 5589 section 7.2).
    second.how = 'blind';
    if (notify) second.notify = notify;
    return undefined;
  }

  /** The consultation, or whoever rings, is let go; the agent has the customer again. */
  cancel(session: CallSession): Refusal | undefined {
    const second = session.talk?.second;
    if (!second || !session.offer) return notNow(session);
    if (second.leg) this.#gone(session, second);
    else this.#failed(session, second, 'cancelled');
    return undefined;
  }

  /** All three hear each other from now on. */
  join(session: CallSession): Refusal | undefined {
    const second = session.talk?.second;
    if (!second?.leg || second.how !== 'consult') return notNow(session);
    second.how = 'conference';
    const { by: agentId, name: target } = second;
    this.#world.history.record(session, 'call.conferenced', { agentId, target });
    void this.rooms.arrange(session);
    return undefined;
  }

  /** The agent leaves a conference: the customer and the second go on, if the customer has not left. */
  leave(session: CallSession): Refusal | undefined {
    const second = session.talk?.second;
    if (!second?.leg || second.how !== 'conference') return notNow(session);
    this.#handOver(session, second);
    return undefined;
  }

  /**
   * The agent leaves, and the supervisor has the customer as whoever is given them has. Who is in the conference stays;
   * who is consulted, or rung, is let go.
   */
  takeOver(session: CallSession, { dialling, ...who }: Successor): Refusal | undefined {
    const { talk, offer } = session;
    if (!talk || !offer?.bridged || !session.leg) return notNow(session);
    const before = talk.second;
    const stays = before?.leg && before.how === 'conference' ? before : undefined;
    const successor = { ...who, by: offer.agentId, how: 'blind', takesOver: { stays } } as const;
    const isAgent = who.person.kind === 'agent';
    const refused = isAgent ? this.summons.ring(session, successor) : undefined;
    if (refused) {
      talk.second = before;
      return refused;
    }
    if (before && !stays) this.#letGo(session, talk, before);
    if (!isAgent) this.#handOver(session, { ...successor, dialling });
    return undefined;
  }

  /** Nobody waits for them any more. */
  #letGo(session: CallSession, { parties }: Talk, second: Second): void {
    const { by: agentId, name: target, leg, notify } = second;
    if (leg) parties.gone(leg);
    this.summons.dismiss(second);
    const [type, cause] = leg ? ['party.left'] : ['transfer.failed', 'cancelled'];
    this.#world.history.record(session, type, { agentId, target, ...optional('cause', cause) });
    notify?.(STATUS.cancelled);
  }

  /** The second has the customer now, and the agent leaves, if they have not yet. */
  #handOver(session: CallSession, second: Second): void {
    if (!session.leg) return this.#overWithoutCaller(session);
    const { by: agentId, name: target, how, person, takesOver } = second;
    const { history, live, clock } = this.#world;
    const talk = this.rooms.talkOf(session);
    const hangUp = this.rooms.release(session);
    talk.second = takesOver?.stays;
    talk.held = false;
    if (second.offerId && person.kind === 'agent') {
      const { offerId, leg } = second;
      session.offer = { offerId, agentId: person.agentId, bridged: true, ...optional('leg', leg) };
      session.engineId = second.engineId ?? session.id;
      session.agentId = person.agentId;
      if (talk.second) talk.second.by = person.agentId;
      this.summons.settle(offerId, session);
    } else {
      talk.outside = second.leg;
      talk.outsideId = person.agentId;
      session.transfer = second.dialling;
      session.transferred(target, clock.now());
    }
    const facts = { agentId, target, to: person.kind, how: how === 'blind' ? how : 'attended' };
    // Whoever was taken over has passed nobody on.
    if (!takesOver) history.stage(session, 'call.transferred', facts);
    live.call(session);
    // Nobody hangs up before the two hear each other: the bridge might go with them.
    void this.rooms.arrange(session).then(hangUp);
  }

  /** Whoever was rung does not come. */
  #failed(session: CallSession, second: Second, cause: string): void {
    const { talk } = session;
    if (talk?.second !== second || second.leg) return;
    const { by: agentId, name: target, notify } = second;
    talk.second = undefined;
    this.summons.dismiss(second);
    this.#world.history.record(session, 'transfer.failed', { agentId, target, cause });
    const tell = () => notify?.(STATUS[cause] ?? 480);
    if (session.offer) {
      if (notify) talk.refusedAt = this.#world.clock.now();
      // A phone that hears of its failure may hang up at once: it would take the caller along before they are joined.
      void this.rooms.backToAgent(session).then(tell);
    } else {
      tell();
      // Whoever let it go has been rung in vain.
      const again = second.person.kind === 'agent' && second.person.agentId === second.by;
      this.backTo(session, again ? undefined : second.by);
    }
  }

  /** The second has left: the agent has the customer, if both are there. */
  #gone(session: CallSession, second: Second): void {
    const { talk } = session;
    if (!talk) return;
    if (second.leg) talk.parties.gone(second.leg);
    if (talk.second !== second) return this.#outsideGone(session, second.leg);
    talk.second = undefined;
    this.summons.dismiss(second);
    const { by: agentId, name: target } = second;
    this.#world.history.record(session, 'party.left', { agentId, target });
    if (!session.leg) return this.#overWithoutCaller(session);
    void this.rooms.backToAgent(session);
  }

  /** The customer has been gone for a while, and now one of the two who went on. */
  #overWithoutCaller(session: CallSession): void {
    this.rooms.release(session)();
    this.#world.finish(session, 'answered', 'caller');
  }

  /** Somebody outside had the customer, and has hung up. */
  #outsideGone(session: CallSession, leg: Leg | undefined): void {
    if (session.stage === 'ended' || !leg || session.talk?.outside !== leg) return;
    session.leg?.hangup();
    this.#world.finish(session, 'transferred', 'agent');
  }

  // ---- Nobody has the customer -----------------------------------------------------------------------------

  /** To whoever let the call go, if they are free; else to the queue, where it stood. */
  backTo(session: CallSession, by: AgentId | undefined): void {
    const agent = by && this.#world.directory?.agents.get(by);
    if (agent) {
      const person: Person = { kind: 'agent', agentId: agent.id, extension: agent.extension };
      const asked = { person, name: agent.extension, by: agent.id, how: 'blind' } as const;
      if (!this.summons.ring(session, asked)) return;
    }
    this.#places.requeue(session, session.queueId, session.firstQueuedAt);
  }
}

/** What a phone is told of a transfer that failed (RFC 3261 section 21). */
const STATUS: Readonly<Record<string, number>> & { readonly cancelled: number } = {
  busy: ERRORS.QUEUE_FULL.sipStatus,
  rejected: 603,
  noAnswer: 480,
  agentLeft: 480,
  unreachable: 480,
  cancelled: 487,
  notAllowed: 403,
  noTrunk: 503,
  limit: 503,
};
