import { ERRORS, type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import type { AgentId, CallId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import { listenerAt, sayFeature } from '../desk/feature-voice.ts';
import { isFeatureCode } from '../feature-codes.ts';
import type { CallerLeg, InboundCall } from '../ports/index.ts';
import type { Leg, Referral, ReplacedDialog } from '../ports/phones.ts';
import type { World } from '../world.ts';
import { dialled, type Goal } from './destinations.ts';
import type { Parking } from './parking.ts';
import { keeperOf } from './talk.ts';
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
    if (!session?.talk || !this.#isKeepers(session, leg)) return DECLINE;
    if (replaces) {
      return this.#isOther(session, leg, replaces)
        ? referStatusOf(this.#talks.complete(session, notify))
        : this.#refuse(session, 'replaces', 403);
    }
    // Whoever was asked is not passed on: the customer is.
    if (leg === session.talk.side) return DECLINE;
    if (user === PARK_CODE) return this.#parks(session, notify);
    const goal = dialled(this.#world, session, user, this.#foreign(leg, host));
    if (!goal.ok) return this.#refuse(session, goal.error.code, referStatusOf(goal.error));
    const refused = this.#talks.bring(session, goal.value, { how: 'blind', notify });
    return refused ? this.#refuse(session, refused.code, referStatusOf(refused)) : 202;
  }

  #parks(session: CallSession, notify: (status: number) => void): number {
    const parked = this.#parking.park(session);
    if (!parked.ok) return this.#refuse(session, parked.error.code, referStatusOf(parked.error));
    notify(200);
    return 202;
  }

  #refuse(session: CallSession, why: string, status: number): number {
    this.#world.history.record(session, 'transfer.refused', {
      ...optional('agentId', keeperOf(session)?.agentId),
      why,
      status,
    });
    return status;
  }

  /** It is by this leg, or this one too, that somebody has the customer. */
  #isKeepers(session: CallSession, leg: Leg): boolean {
    return leg === keeperOf(session)?.leg || leg === session.talk?.side;
  }

  /** Of the same phone, and of this conversation: the call that it has with the customer, or with whom it asks. */
  #isOther(session: CallSession, leg: Leg, replaced: ReplacedDialog): boolean {
    const { talk } = session;
    const own = keeperOf(session)?.leg;
    const other = leg === talk?.side ? own : (talk?.side ?? talk?.second?.leg);
    if (!other || other === talk?.second?.leg) return false;
    const { sipCallId, localTag, remoteTag } = other.identity;
    const tags = [replaced.localTag, replaced.remoteTag];
    // Some phones name the tags as they see them themselves.
    return sipCallId === replaced.sipCallId && tags.includes(localTag) && tags.includes(remoteTag);
  }

  /** Undefined: the address is the house's own, as phones know it; or theirs, where a trunk names us numbers by itself. */
  #foreign({ identity }: Leg, host: string): string | undefined {
    const name = hostOf(host);
    const either = [identity.localUri, identity.remoteUri].map((uri) =>
      hostOf(uri.replace(/^.*@|^sips?:|[;>].*$/g, '')),
    );
    return name === '' || either.includes(name) || this.#world.isOwnHost(name) ? undefined : host;
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
      this.#talks.departures.ofLeg(side.session, side.leg, died);
      return true;
    }
    const session = side.kind === 'asks' ? side.session : this.#sessionOfAgent(side.agentId);
    const own = session && keeperOf(session)?.leg;
    // By now it is the only way they speak: they picked the call up by it, or its customer has left.
    if (own && 'callId' in own && own.callId === id)
      this.#talks.departures.ofLeg(session, own, died);
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

  #sessionOfAgent(id: AgentId): CallSession | undefined {
    return [...this.#world.sessions.values()].find(
      (session) => keeperOf(session)?.agentId === id && this.#speaks(session, id),
    );
  }

  /** Of those who have a place in the engine it says so. */
  #speaks({ offer, engineId }: CallSession, id: AgentId): boolean {
    const state = this.#world.engine.agent(id)?.state;
    return !offer || (state?.kind === 'talking' && state.callId === engineId);
  }

  // ---- Keys ------------------------------------------------------------------------------------------------

  /** A key of a leg of the agent's. */
  keyed(leg: Leg, key: string): void {
    const { clock } = this.#world;
    const session = this.#talks.rooms.sessionOf(leg);
    if (!session?.talk || !this.#isKeepers(session, leg)) return;
    const starredAt = this.#starred.get(leg);
    this.#starred.delete(leg);
    if (key === '*') this.#starred.set(leg, clock.now());
    else if (starredAt !== undefined && clock.now() - starredAt <= CODE_MS_MAX)
      this.#code(session, leg, `*${key}`);
  }

  /** What cannot be done now is told to who pressed it; a code that is none may be meant for the customer's menus. */
  #code(session: CallSession, leg: Leg, code: string): void {
    const { agentId } = keeperOf(session) ?? {};
    if (code === KEYS.record && agentId) return this.#world.recorder.keyed(session, leg, agentId);
    const refused = this.#does(session, code);
    if (!refused) return;
    const { id: callId } = session;
    this.#world.log.info({ callId, code, why: refused.code }, 'A code could not be obeyed');
    void sayFeature(this.#world, listenerAt(this.#world, session, leg, agentId), ['refused']);
  }

  #does(session: CallSession, code: string): Refusal | undefined {
    const joined = session.talk?.second?.how === 'conference';
    switch (code) {
      case KEYS.cancel:
        return this.#talks.cancel(session);
      case KEYS.join:
        return this.#talks.join(session);
      case KEYS.complete:
        return joined ? this.#talks.leave(session) : this.#talks.complete(session);
      case KEYS.record:
        return refusal('RECORDING_REFUSED', 'Only an agent may have a conversation recorded.');
      default:
        return undefined;
    }
  }

  /** A key of a second call: those of callers come by their call's id. False: it is no second call. */
  keyedInSide(id: CallId, key: string): boolean {
    const side = this.#sides.get(id);
    if (!side) return false;
    const session = side.kind === 'picksUp' ? this.#sessionOfAgent(side.agentId) : side.session;
    const legs = [session?.talk?.side, session && keeperOf(session)?.leg];
    const leg = legs.find((each) => each && 'callId' in each && each.callId === id);
    if (leg) this.keyed(leg, key);
    return true;
  }
}

const hostOf = (address: string): string => address.replace(/:\d+$/, '');

const statusOf = (refused: Refusal | undefined): number =>
  refused ? ERRORS[refused.code].sipStatus : 202;

/** Within a dialog these say that it is no more, whatever was asked (RFC 5057 section 5.1): the customer would go with it. */
const ENDS_DIALOG = new Set([404, 410, 416, 480, 481, 482, 484, 485]);
const DECLINE = 603;

/** The answer to a REFER. */
function referStatusOf(refused: Refusal | undefined): number {
  const status = statusOf(refused);
  return ENDS_DIALOG.has(status) ? DECLINE : status;
}
