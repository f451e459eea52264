import { ERRORS, type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import { type CallSession, isWaiting } from '../call-session.ts';
import type { Dialling } from '../ports/index.ts';
import type { World } from '../world.ts';
import { Departures } from './departures.ts';
import type { Goal } from './destinations.ts';
import { HandOvers } from './hand-overs.ts';
import { Places, type StartFlow } from './places.ts';
import { notNow, Rooms } from './rooms.ts';
import { Summons } from './summons.ts';
import { type Bringing, broughtBy, keeperOf, type Second, type Talk, type Who } from './talk.ts';

/** So often a call is passed on or asked about, whatever phones do to each other. */
export const BROUGHT_MAX = 12;

/** Whoever takes callers out of a line. */
const OPERATOR: Who = { name: 'operator' };

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
 * What is made of conversations: transfers, consultations, conferences. One second person at a time.
 *
 *   talking ──bring──▶ second rings ──answers──▶ blind: the second has the call, the agent has left
 *      ▲                  │                      consult: agent and second talk ──complete──▶ the same
 *      │                  │                        ├──join──▶ conference ──one leaves──▶ the others talk
 *      └──fails, cancel───┴────────cancel──────────┘
 *
 * Each agent's part is a call of its own for the engine (rule H1): their time is theirs. The agent who has the customer
 * is the session's `offer`; who has them without a place in the engine is the talk's `outside`, and does the same
 * things; whoever is there besides is the talk's `second`.
 */
export class Talks {
  readonly #world: World;
  /** Who hears whom. */
  readonly rooms: Rooms;
  readonly #places: Places;
  /** Whoever is rung for a conversation. */
  readonly summons: Summons;
  /** Who leaves, and what becomes of the others. */
  readonly departures: Departures;
  /** The customer changes hands. */
  readonly handOvers: HandOvers;

  constructor(world: World, startFlow: StartFlow) {
    this.#world = world;
    this.rooms = new Rooms(world);
    this.#places = new Places(world, this.rooms, startFlow);
    this.summons = new Summons(world, this.rooms, {
      seated: (session, second) => this.#seated(session, second),
      failed: (session, second, cause) => this.#failed(session, second, cause),
      gone: (session, second, died) => this.departures.ofSecond(session, second, died),
    });
    this.handOvers = new HandOvers(world, this.rooms, this.#places, this.summons);
    this.departures = new Departures(world, this.rooms, this.handOvers, this.summons);
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

  /**
   * Rings somebody for the conversation, or sends it elsewhere; for who waits, it is an operator's wish. The refusal says
   * why not; then nothing has changed.
   */
  bring(session: CallSession, goal: Goal, wish: Wish): Refusal | undefined {
    const { talk } = session;
    const waits = isWaiting(session) && wish.how === 'blind';
    const by = waits ? OPERATOR : keeperOf(session);
    if (!by || (!waits && (!talk || talk.second))) return notNow(session);
    // What is left of an agent who was lost before they could speak.
    if (waits) session.talk = undefined;
    if (session.brought >= BROUGHT_MAX)
      return refusal('TRANSFERS_MAX', `Call ${session.id} was passed on ${BROUGHT_MAX} times.`);
    if (goal.kind === 'person') return this.#bringPerson(session, by, goal, wish);
    if (wish.how !== 'blind')
      return refusal('DESTINATION_UNKNOWN', 'Only people can be spoken with first.');
    const refused = this.#places.send(session, goal);
    if (!refused) wish.notify?.(200);
    return refused;
  }

  #bringPerson(
    session: CallSession,
    by: Who,
    { person, name }: Extract<Goal, { kind: 'person' }>,
    { how, notify }: Wish,
  ): Refusal | undefined {
    // Who is being answered hears nothing yet.
    if (by === OPERATOR && !session.leg) return notNow(session);
    if (by.agentId ? person.agentId === by.agentId : name === by.name)
      return refusal('DESTINATION_SELF', `${by.name} has this call.`);
    return this.summons.ring(session, { person, name, by, how, ...optional('notify', notify) });
  }

  // ---- What becomes of the second ------------------------------------------------------------------------------

  #seated(session: CallSession, second: Second): void {
    const { how, notify } = second;
    if (how === 'blind') this.handOvers.to(session, second);
    else {
      const type = how === 'consult' ? 'call.consulted' : 'call.conferenced';
      this.#world.history.record(session, type, broughtBy(second));
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
      this.handOvers.to(session, second);
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
    if (!second || !keeperOf(session)) return notNow(session);
    if (second.leg) this.departures.ofSecond(session, second);
    else this.#failed(session, second, 'cancelled');
    return undefined;
  }

  /** All three hear each other from now on. */
  join(session: CallSession): Refusal | undefined {
    const second = session.talk?.second;
    if (!second?.leg || second.how !== 'consult') return notNow(session);
    second.how = 'conference';
    this.#world.history.record(session, 'call.conferenced', broughtBy(second));
    void this.rooms.arrange(session);
    return undefined;
  }

  /** The agent leaves a conference: the customer and the second go on, if the customer has not left. */
  leave(session: CallSession): Refusal | undefined {
    const second = session.talk?.second;
    if (!second?.leg || second.how !== 'conference') return notNow(session);
    this.handOvers.to(session, second);
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
    const by = { agentId: offer.agentId, name: offer.agentId };
    const successor = { ...who, by, how: 'blind', takesOver: { stays } } as const;
    const isAgent = who.person.kind === 'agent';
    const refused = isAgent ? this.summons.ring(session, successor) : undefined;
    if (refused) {
      talk.second = before;
      return refused;
    }
    if (before && !stays) this.#letGo(session, talk, before);
    if (!isAgent) this.handOvers.to(session, { ...successor, dialling });
    return undefined;
  }

  /** Nobody waits for them any more. */
  #letGo(session: CallSession, { parties }: Talk, second: Second): void {
    const { leg, notify } = second;
    if (leg) parties.gone(leg);
    this.summons.dismiss(second);
    const [type, cause] = leg ? ['party.left'] : ['transfer.failed', 'cancelled'];
    const facts = { ...broughtBy(second), ...optional('cause', cause) };
    this.#world.history.record(session, type, facts);
    notify?.(STATUS.cancelled);
  }

  /** Whoever was rung does not come. */
  #failed(session: CallSession, second: Second, cause: string): void {
    const { talk } = session;
    if (talk?.second !== second || second.leg) return;
    const { notify } = second;
    talk.second = undefined;
    this.summons.dismiss(second);
    this.#world.history.record(session, 'transfer.failed', { ...broughtBy(second), cause });
    const tell = () => notify?.(STATUS[cause] ?? 480);
    if (keeperOf(session)) {
      if (notify) talk.refusedAt = this.#world.clock.now();
      // A phone that hears of its failure may hang up at once: it would take the caller along before they are joined.
      void this.rooms.backToAgent(session).then(tell);
    } else {
      tell();
      this.handOvers.backFrom(session, second);
    }
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
