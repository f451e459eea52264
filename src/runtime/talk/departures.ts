import type { CallSession } from '../call-session.ts';
import type { Leg } from '../ports/phones.ts';
import type { World } from '../world.ts';
import type { HandOvers } from './hand-overs.ts';
import type { Rooms } from './rooms.ts';
import type { Summons } from './summons.ts';
import { broughtBy, keeperOf, type Second } from './talk.ts';

/** A phone that hangs up so soon after a transfer that failed has meant the transfer. */
const LET_GO_MS = 3_000;

/**
 * Somebody leaves a conversation: hangs up, or their phone has died. Whoever leaves, two who remain speak with each other,
 * and one who remains alone is hung up on; only a customer whose phone has not hung up is not hung up on by a phone that died.
 */
export class Departures {
  readonly #world: World;
  readonly #rooms: Rooms;
  readonly #handOvers: HandOvers;
  readonly #summons: Summons;

  constructor(world: World, rooms: Rooms, handOvers: HandOvers, summons: Summons) {
    this.#world = world;
    this.#rooms = rooms;
    this.#handOvers = handOvers;
    this.#summons = summons;
  }

  /**
   * Whoever has the customer has hung up, or their phone has `died`. With a second person there, or rung, the call is
   * theirs. False: there is nobody else.
   */
  ofKeeper(session: CallSession, died: boolean): boolean {
    const { talk, offer } = session;
    if (!talk) return false;
    const leg = offer?.leg ?? talk.outside?.leg;
    if (leg) talk.parties.gone(leg);
    const keeper = keeperOf(session);
    if (!keeper) return false;
    const { second, refusedAt = Number.NEGATIVE_INFINITY } = talk;
    if (second) {
      this.#leavesTo(session, second);
      return true;
    }
    // The phone had let go already, whatever came of its transfer.
    const meantTransfer = this.#world.clock.now() - refusedAt < LET_GO_MS;
    // Whoever has not hung up is not hung up on: they wait where they stood.
    if (!session.leg || !(died || meantTransfer)) return false;
    const { agentId, name: target } = keeper;
    if (died) this.#world.history.record(session, 'agent.lost', agentId ? { agentId } : { target });
    this.#rooms.release(session)();
    this.#handOvers.back(session, undefined);
    return true;
  }

  #leavesTo(session: CallSession, second: Second): void {
    if (second.leg) return this.#handOvers.to(session, second);
    second.how = 'blind';
    this.#rooms.release(session);
    void this.#rooms.arrange(session);
    this.#world.live.call(session);
  }

  /** The customer has hung up; the two others, if they talk, go on without. False: it is the end. */
  ofCustomer(session: CallSession): boolean {
    const { talk, leg } = session;
    const { second } = talk ?? {};
    // Who answers a blind transfer has not spoken with whoever passes the customer on.
    if (!talk || !second?.leg || second.how === 'blind' || !keeperOf(session) || !leg) return false;
    talk.parties.gone(leg);
    session.leg = undefined;
    this.#world.history.record(session, 'caller.left', {});
    this.#rooms.speakBySide(session);
    void this.#rooms.arrange(session);
    this.#world.live.call(session);
    return true;
  }

  /** A leg that no offer rang, and by which somebody has come to the conversation, is over. False: it is none of theirs. */
  ofLeg(session: CallSession, leg: Leg, died: boolean): boolean {
    const { offer, talk } = session;
    if (session.stage === 'ended') return false;
    if (offer?.leg === leg) this.#world.agentGone(offer.offerId, died);
    else if (talk?.second?.leg === leg) this.ofSecond(session, talk.second, died);
    else if (talk?.outside?.leg !== leg) return false;
    else if (!this.ofKeeper(session, died)) {
      session.leg?.hangup();
      this.#world.finish(session, 'transferred', 'agent');
    }
    return true;
  }

  /** The second has left: whoever has the customer speaks with them again; nobody has, and they go back. */
  ofSecond(session: CallSession, second: Second, died = false): void {
    const { talk } = session;
    if (!talk) return;
    // They have the customer by now.
    if (talk.second !== second) return void (second.leg && this.ofLeg(session, second.leg, died));
    if (second.leg) talk.parties.gone(second.leg);
    talk.second = undefined;
    this.#summons.dismiss(second);
    this.#world.history.record(session, 'party.left', broughtBy(second));
    if (!session.leg) return this.#handOvers.overWithoutCaller(session);
    if (keeperOf(session)) void this.#rooms.backToAgent(session);
    else this.#handOvers.backFrom(session, second);
  }
}
