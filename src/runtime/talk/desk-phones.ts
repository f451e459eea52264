import { ERRORS, type Refusal } from '../../lib/errors.ts';
import type { AgentId, CallId, OfferId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import { isFeatureCode } from '../feature-codes.ts';
import type { CallerLeg, InboundCall } from '../ports/index.ts';
import type { Leg, Referral, ReplacedDialog } from '../ports/phones.ts';
import type { World } from '../world.ts';
import { dialled, type Goal } from './destinations.ts';
import type { Parking } from './parking.ts';
import type { Talks } from './talks.ts';

/**
 * A call that an agent's phone makes in the midst of a conversation: to ask somebody, or to pick a call up. Or by which a
 * supervisor has listened, and has the customer now.
 */
type SideCall =
  | { readonly kind: 'asks'; readonly session: CallSession; readonly goal: Goal }
  | { readonly kind: 'tookOver'; readonly session: CallSession; readonly leg: CallerLeg }
  | { readonly kind: 'picksUp'; readonly slot: string; readonly agentId: AgentId };

/** Transferring a call here parks it; dialling this, and the place, picks it up. One's own place needs no name. */
const PARK_CODE = '*80';
const PICK_UP_CODE = '*81';

/** What agents press in a conversation: with the star before it, so that the customer's own menus can be worked. */
const KEYS = { cancel: '*2', join: '*3', complete: '*4', record: '*5' } as const;
/** Longer apart, two keys are no code. */
const CODE_MS_MAX = 2_000;

/**
 * What agents do with their conversations by phone: hold (re-INVITE), REFER, a second call, keys. The phone is
 * believed in what concerns its own calls, and in nothing else.
 */
export class DeskPhones {
  readonly #world: World;
  readonly #talks: Talks;
  readonly #parking: Parking;
  readonly #sides = new Map<CallId, SideCall>();
  readonly #starred = new WeakMap<Leg, number>();

  constructor(world: World, talks: Talks, parking: Parking) {
    this.#world = world;
    this.#talks = talks;
    this.#parking = parking;
  }

  // ---- REFER (RFC 3515, RFC 5589) ----------------------------------------------------------------------------

  /** The SIP status for the REFER. */
  referred(leg: Leg, { user, host, replaces, notify }: Referral): number {
    const session = this.#talks.rooms.sessionOf(leg);
    if (!session?.talk || !this.#isAgents(session, leg)) return 603;
    if (replaces) {
      return this.#isOther(session, leg, replaces)
        ? statusOf(this.#talks.complete(session, notify))
        : this.#refuse(session, 'replaces', 403);
    }
    // Whoever was asked is not passed on: the customer is.
    if (leg === session.talk.side) return 603;
    if (user === PARK_CODE) return this.#parks(session, notify);
    const goal = dialled(this.#world, session, user, this.#foreign(leg, host));
    if (!goal.ok) return this.#refuse(session, goal.error.code, statusOf(goal.error));
    const refused = this.#talks.bring(session, goal.value, { how: 'blind', notify });
    return refused ? this.#refuse(session, refused.code, statusOf(refused)) : 202;
  }

  #parks(session: CallSession, notify: (status: number) => void): number {
    const parked = this.#parking.park(session);
    if (!parked.ok) return this.#refuse(session, parked.error.code, statusOf(parked.error));
    notify(200);
    return 202;
  }

  #refuse(session: CallSession, why: string, status: number): number {
    this.#world.history.record(session, 'transfer.refused', {
      agentId: session.offer?.agentId,
      why,
      status,
    });
    return status;
  }

  #isAgents({ offer, talk }: CallSession, leg: Leg): boolean {
    return leg === offer?.leg || leg === talk?.side;
  }

  /** Of the same phone, and of this conversation: the call that it has with the customer, or with whom it asks. */
  #isOther({ offer, talk }: CallSession, leg: Leg, replaced: ReplacedDialog): boolean {
    const other = leg === talk?.side ? offer?.leg : (talk?.side ?? talk?.second?.leg);
    if (!other || other === talk?.second?.leg) return false;
    const { sipCallId, localTag, remoteTag } = other.identity;
    const tags = [replaced.localTag, replaced.remoteTag];
    // Some phones name the tags as they see them themselves.
    return sipCallId === replaced.sipCallId && tags.includes(localTag) && tags.includes(remoteTag);
  }

  /** Undefined: the address is the house's own, as phones know it. */
  #foreign(leg: Leg, host: string): string | undefined {
    const name = hostOf(host);
    const ours = hostOf(leg.identity.localUri.replace(/^.*@|^sips?:|;.*$/g, ''));
    return name === '' || name === ours || this.#world.isOwnHost(name) ? undefined : host;
  }

  // ---- A second call ---------------------------------------------------------------------------------------

  /**
   * A phone of ours dials somebody. Undefined: it is in no conversation, or dials nobody. Otherwise the SIP status that
   * refuses it, or 200.
   */
  dials(call: InboundCall): number | undefined {
    const agent = this.#world.desks.agentAt(call.fromExtension ?? '');
    if (agent && call.dnis.startsWith(PICK_UP_CODE)) {
      const slot = call.dnis.slice(PICK_UP_CODE.length) || agent.extension;
      if (!this.#parking.calls.some((parked) => parked.slot === slot)) return 404;
      this.#sides.set(call.callId, { kind: 'picksUp', slot, agentId: agent.id });
      return 200;
    }
    // What the phone says to the system itself is about its agent, and not about the conversation.
    if (isFeatureCode(call.dnis, this.#world.featureFlows)) return undefined;
    const session = agent && this.#sessionOfAgent(agent.id);
    if (!session?.talk) return undefined;
    if (session.talk.side || session.talk.second) return 486;
    const goal = dialled(this.#world, session, call.dnis);
    if (!goal.ok) return this.#refuse(session, goal.error.code, statusOf(goal.error));
    if (goal.value.kind !== 'person') return 404;
    this.#sides.set(call.callId, { kind: 'asks', session, goal: goal.value });
    return 200;
  }

  /** False: the leg is no second call. */
  answered(leg: CallerLeg): boolean {
    const side = this.#sides.get(leg.callId);
    if (!side || side.kind === 'tookOver') return false;
    if (side.kind === 'picksUp') {
      // The engine may not have them busy already, say.
      if (this.#parking.pickUp(side.slot, side.agentId, leg)) leg.hangup();
      return true;
    }
    const { session, goal } = side;
    const { talk } = session;
    if (!talk || talk.side || talk.second) {
      leg.hangup();
      this.#sides.delete(leg.callId);
      return true;
    }
    talk.side = leg;
    this.#talks.rooms.own(leg, session);
    const refused = this.#talks.bring(session, goal, { how: 'consult' });
    if (!refused) return true;
    this.#refuse(session, refused.code, statusOf(refused));
    talk.side = undefined;
    leg.hangup();
    return true;
  }

  /** The call by which somebody listened is how they speak with the customer from now on. */
  tookOver(session: CallSession, leg: CallerLeg): void {
    this.#sides.set(leg.callId, { kind: 'tookOver', session, leg });
  }

  /** Whether it is a second call that is not over. */
  knows(id: CallId): boolean {
    return this.#sides.has(id);
  }

  /** The phone has hung up its second call, or (`died`) is no more. False: it was none. */
  gone(id: CallId, died: boolean): boolean {
    const side = this.#sides.get(id);
    if (!side) return false;
    this.#sides.delete(id);
    if (side.kind === 'tookOver') {
      this.#talks.legGone(side.session, side.leg, died);
      return true;
    }
    const session = side.kind === 'asks' ? side.session : this.#sessionOfAgent(side.agentId);
    const own = session?.offer?.leg;
    // By now it is the only way they speak: they picked the call up by it, or its customer has left.
    if (own && 'callId' in own && own.callId === id) this.#agentGone(session.offer?.offerId, died);
    if (side.kind === 'picksUp') return true;
    const { talk } = side.session;
    const leg = talk?.side;
    if (!talk || leg?.callId !== id) return true;
    talk.side = undefined;
    talk.parties.gone(leg);
    talk.phonesHolding.delete(leg);
    // In a conference the agent has left by the only way they spoke.
    if (talk.second?.how === 'conference') this.#talks.leave(side.session);
    else if (talk.second) this.#talks.cancel(side.session);
    return true;
  }

  #agentGone(offerId: OfferId | undefined, died: boolean): void {
    if (offerId) this.#world.agentGone(offerId, died);
  }

  #sessionOfAgent(id: AgentId): CallSession | undefined {
    const { engine, sessions } = this.#world;
    const state = engine.agent(id)?.state;
    if (state?.kind !== 'talking') return undefined;
    return [...sessions.values()].find(
      ({ engineId, offer }) => engineId === state.callId && offer?.agentId === id,
    );
  }

  // ---- Keys ------------------------------------------------------------------------------------------------

  /** A key of a leg of the agent's. */
  keyed(leg: Leg, key: string): void {
    const { clock } = this.#world;
    const session = this.#talks.rooms.sessionOf(leg);
    if (!session?.talk || !this.#isAgents(session, leg)) return;
    const starredAt = this.#starred.get(leg);
    this.#starred.delete(leg);
    if (key === '*') this.#starred.set(leg, clock.now());
    else if (starredAt !== undefined && clock.now() - starredAt <= CODE_MS_MAX)
      this.#code(session, leg, `*${key}`);
  }

  /** One that makes no sense now does nothing. */
  #code(session: CallSession, leg: Leg, code: string): void {
    if (code === KEYS.cancel) this.#talks.cancel(session);
    if (code === KEYS.join) this.#talks.join(session);
    if (code === KEYS.record) this.#world.recorder.keyed(session, leg);
    if (code === KEYS.complete && session.talk?.second?.how === 'conference')
      this.#talks.leave(session);
    else if (code === KEYS.complete) this.#talks.complete(session);
  }

  /** A key of a second call: those of callers come by their call's id. False: it is no second call. */
  keyedInSide(id: CallId, key: string): boolean {
    const side = this.#sides.get(id);
    if (!side) return false;
    const session = side.kind === 'picksUp' ? this.#sessionOfAgent(side.agentId) : side.session;
    const legs = [session?.talk?.side, session?.offer?.leg];
    const leg = legs.find((each) => each && 'callId' in each && each.callId === id);
    if (leg) this.keyed(leg, key);
    return true;
  }
}

const hostOf = (address: string): string => address.replace(/:\d+$/, '');

const statusOf = (refused: Refusal | undefined): number =>
  refused ? ERRORS[refused.code].sipStatus : 202;
