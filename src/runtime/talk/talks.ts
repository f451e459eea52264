import type { Change } from '../../acd/changes.ts';
import { describeCaller } from '../../callers/callers.ts';
import { ERRORS, type Refusal, refusal } from '../../lib/errors.ts';
import {
  type AgentId,
  type CallId,
  callId,
  type FlowId,
  type OfferId,
  type QueueId,
} from '../../model/ids.ts';
import { PRIORITY_DEFAULT } from '../../model/queue.ts';
import { type CallSession, optional, type SessionOffer } from '../call-session.ts';
import { Parties } from '../parties.ts';
import type { Leg } from '../ports.phones.ts';
import type { CallerLeg, LegFailure } from '../ports.ts';
import { ringAgent } from '../ring-agent.ts';
import type { World } from '../world.ts';
import type { Goal } from './destinations.ts';
import { type Bringing, hearingOf, type Person, type Second, type Talk } from './talk.ts';

/** So often a call is passed on or asked about, whatever phones do to each other. */
export const BROUGHT_MAX = 12;
/** A colleague's phone rings so long. */
const RING_MS = 25_000;
/** A phone that hangs up so soon after a transfer that failed has meant the transfer. */
const LET_GO_MS = 3_000;
/** What separates a call's id from the number of an agent's part in it. */
const PART = '~';

/** How somebody is brought in. */
export interface Wish {
  readonly how: Bringing;
  readonly notify?: (status: number) => void;
}

/**
 * What agents make of their conversations: hold, transfers, consultations, conferences. One second person at a time.
 *
 *   talking ──bring──▶ second rings ──answers──▶ blind: the second has the call, the agent has left
 *      ▲                  │                      consult: agent and second talk ──complete──▶ the same
 *      │                  │                        ├──join──▶ conference ──one leaves──▶ the others talk
 *      └──fails, cancel───┴────────cancel──────────┘
 *
 * Each agent's part is a call of its own for the engine (rule H1): their time is theirs. The agent who has the customer
 * is the session's `offer`; whoever is there besides is the talk's `second`.
 */
export class Talks {
  readonly #world: World;
  readonly #startFlow: (session: CallSession, id: FlowId) => void;
  readonly #seconds = new Map<OfferId, CallSession>();
  readonly #sessionOf = new WeakMap<Leg, CallSession>();

  constructor(world: World, startFlow: (session: CallSession, id: FlowId) => void) {
    this.#world = world;
    this.#startFlow = startFlow;
  }

  // ---- Beginnings and ends ------------------------------------------------------------------------------

  /** The agent has answered: the two are joined. */
  begin(session: CallSession, customer: Leg, agent: Leg): Promise<boolean> {
    const talk = this.#talkOf(session);
    this.#sessionOf.set(agent, session);
    return talk.parties.arrange({ bridged: [customer, agent] });
  }

  sessionOf(leg: Leg): CallSession | undefined {
    const session = this.#sessionOf.get(leg);
    return session?.stage === 'ended' ? undefined : session;
  }

  /** The leg is the agent's, whatever phone it is: what it does is about this call. */
  own(leg: Leg, session: CallSession): void {
    this.#sessionOf.set(leg, session);
  }

  /** The call is over: whoever is still there goes as well. */
  finished(session: CallSession): void {
    const { talk } = session;
    if (!talk) return;
    session.talk = undefined;
    talk.parked?.limit.cancel();
    talk.side?.hangup();
    if (talk.second) this.#dismiss(talk.second);
  }

  // ---- Hold -----------------------------------------------------------------------------------------------

  hold(session: CallSession, on: boolean): Refusal | undefined {
    const { talk } = session;
    if (!talk || !session.offer?.bridged || talk.second) return notNow(session);
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
    if (offer && !talk.parked) {
      const onHold = hearing.playing?.some(([leg]) => leg === customer) ?? false;
      if (onHold !== session.onHold) this.#hold(session, onHold);
    }
    return made;
  }

  #hold(session: CallSession, onHold: boolean): void {
    session.onHold = onHold;
    const type = onHold ? 'call.held' : 'call.retrieved';
    this.#world.command({ type, callId: session.engineId });
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
    const refused =
      goal.kind === 'queue'
        ? this.#toQueue(session, goal.queueId)
        : this.#toFlow(session, goal.flowId);
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
    return this.ring(session, { person, name, by, how, ...optional('notify', notify) });
  }

  /** The engine, or the outside line, decides whether anybody can be rung at all. */
  ring(
    session: CallSession,
    asked: Pick<Second, 'person' | 'name' | 'by' | 'how' | 'notify' | 'leg'>,
  ): Refusal | undefined {
    const talk = this.#talkOf(session);
    session.brought += 1;
    const { person, name, by, how } = asked;
    const facts = { agentId: by, how, to: person.kind, target: name };
    if (person.kind === 'agent') {
      const engineId = callId(`${session.id}${PART}${session.brought}`);
      talk.second = { ...asked, engineId };
      const reply = this.#world.command({
        type: 'call.direct',
        callId: engineId,
        queueId: session.queueId ?? ('' as QueueId),
        agentId: person.agentId,
        ringMs: RING_MS,
      });
      if (!reply.ok) {
        talk.second = undefined;
        return refusal(reply.code, reply.detail);
      }
    } else talk.second = this.#dial(session, asked, person);
    this.#world.history.record(session, 'transfer.dialled', facts);
    void this.arrange(session);
    return undefined;
  }

  #dial(
    session: CallSession,
    asked: Omit<Second, 'dialling'>,
    { to }: Extract<Person, { kind: 'other' }>,
  ): Second {
    const second: Second = { ...asked };
    const { displayName, headers } = this.#shown(session, second);
    second.dialling = this.#world.outbound.dial(
      'transfer',
      {
        callId: callId(`${session.id}${PART}${session.brought}`),
        to,
        ringMsMax: RING_MS,
        ...optional('near', session.leg ?? session.offer?.leg),
        displayName,
        ...optional('callerNumber', session.context.ani),
        headers: to.kind === 'extension' ? headers : {},
      },
      {
        ringing: () => second.notify?.(180),
        answered: (leg) => this.#dialledAnswered(session, second, leg),
        failed: (cause) => this.#failed(session, second, cause),
        gone: () => this.#gone(session, second),
        digit: () => {},
      },
    );
    return second;
  }

  #dialledAnswered(session: CallSession, second: Second, leg: CallerLeg): void {
    if (session.talk?.second !== second) return second.dialling?.hangup();
    second.leg = leg;
    this.#world.history.stage(session, 'party.answered', {
      target: second.name,
      leg: leg.identity,
    });
    this.#seated(session, second);
  }

  // ---- What the engine says of an agent's part -----------------------------------------------------------------

  /** False: the change is about no such part. */
  directed(change: Change): boolean {
    if (!('callId' in change) || !change.callId?.includes(PART)) return false;
    const session = this.#world.sessions.get(rootOf(change.callId));
    if (!session) return change.type !== 'call.ended';
    switch (change.type) {
      case 'offer.made':
        this.#offered(session, change);
        return true;
      case 'offer.failed':
      case 'offer.withdrawn':
        this.#unanswered(session, change);
        return true;
      case 'call.directed':
      case 'call.connected':
      case 'call.left':
      case 'call.returned':
        return true;
      default:
        return false;
    }
  }

  #offered(session: CallSession, change: Extract<Change, { type: 'offer.made' }>): void {
    const { offerId, agentId, callId: engineId, expiresAt } = change;
    const { directory, history, inbox } = this.#world;
    const second = session.talk?.second;
    const agent = directory?.agents.get(agentId);
    if (!directory || !second || second.engineId !== engineId || !agent) {
      inbox.post(() => void this.#world.command({ type: 'call.abandon', callId: engineId }));
      return;
    }
    second.offerId = offerId;
    this.#seconds.set(offerId, session);
    const { leg } = second;
    if (leg) inbox.post(() => void this.answered(offerId, leg));
    else {
      ringAgent(this.#world, {
        offerId,
        callId: session.id,
        agent,
        kind: second.how === 'blind' ? 'transfer' : 'consultation',
        context: session.context,
        waitMs: this.#world.clock.now() - (session.firstQueuedAt ?? session.arrivedAt),
        from: directory.agents.get(second.by)?.name ?? second.by,
        headers: this.#byWhom(second),
        ...optional('queueId', session.queueId),
      });
    }
    history.record(session, 'offer.made', { offerId, agentId, expiresAt, how: second.how });
  }

  #unanswered(
    session: CallSession,
    change: Extract<Change, { type: 'offer.failed' | 'offer.withdrawn' }>,
  ): void {
    const { offerId, agentId } = change;
    this.#world.telephony.cancelRing(offerId);
    this.#seconds.delete(offerId);
    const cause = change.type === 'offer.failed' ? change.cause : change.why;
    this.#world.history.record(session, change.type, { offerId, agentId, cause });
    const second = session.talk?.second;
    if (second?.offerId !== offerId) return;
    this.#world.inbox.post(() => this.#failed(session, second, cause));
  }

  // ---- What phones do ---------------------------------------------------------------------------------------

  /** A phone that was rung for a conversation has been picked up. False: the offer is no such. */
  answered(offerId: OfferId, leg: Leg): boolean {
    const session = this.#seconds.get(offerId);
    if (!session) return false;
    const second = session.talk?.second;
    const wanted = second?.offerId === offerId;
    if (!wanted || !this.#world.command({ type: 'offer.answered', offerId }).ok) {
      if (wanted) delete second.leg;
      leg.hangup();
      return true;
    }
    second.leg = leg;
    this.#sessionOf.set(leg, session);
    const { person } = second;
    const agentId = person.kind === 'agent' ? person.agentId : undefined;
    this.#world.history.stage(session, 'agent.answered', {
      ...optional('agentId', agentId),
      how: second.how,
      leg: leg.identity,
    });
    const told = 'agentId' in leg ? this.#world.whisper(offerId, leg) : undefined;
    if (told === undefined) this.#seated(session, second);
    else void told.then(() => this.#world.inbox.post(() => this.#seated(session, second)));
    return true;
  }

  failed(offerId: OfferId, failure: LegFailure): boolean {
    if (!this.#seconds.has(offerId)) return false;
    const cause = failure === 'media' || failure === 'cancelled' ? 'unreachable' : failure;
    this.#world.command({ type: 'offer.failed', offerId, cause });
    return true;
  }

  /** The second's phone has hung up. False: it is no second's. */
  secondGone(offerId: OfferId): boolean {
    const session = this.#seconds.get(offerId);
    if (!session) return false;
    const second = session.talk?.second;
    if (second?.offerId === offerId) this.#gone(session, second);
    return true;
  }

  /**
   * The agent who has the customer has hung up. With a second person there, or rung, the call is theirs. False: there is
   * nobody else.
   */
  agentGone(session: CallSession): boolean {
    const { talk, offer } = session;
    if (!talk) return false;
    if (offer?.leg) talk.parties.gone(offer.leg);
    const { second, refusedAt = Number.NEGATIVE_INFINITY } = talk;
    if (!second && offer && session.leg && this.#world.clock.now() - refusedAt < LET_GO_MS) {
      // The phone had let go already, whatever came of its transfer : the caller has not.
      this.release(session)();
      this.backTo(session, undefined);
      return true;
    }
    if (!second || !offer) return false;
    if (!session.leg) {
      this.#overWithoutCaller(session);
      return true;
    }
    if (second.leg) this.#handOver(session, second);
    else {
      second.how = 'blind';
      this.release(session);
      void this.arrange(session);
      this.#world.live.call(session);
    }
    return true;
  }

  /** The customer has hung up; agent and second, if they talk, go on without. False: it is the end. */
  customerGone(session: CallSession): boolean {
    const { talk, leg, offer } = session;
    if (!talk?.second?.leg || !offer?.bridged || !leg) return false;
    talk.parties.gone(leg);
    session.leg = undefined;
    this.#world.history.record(session, 'caller.left', {});
    void this.arrange(session);
    return true;
  }

  // ---- What becomes of the second ------------------------------------------------------------------------------

  /** While they were told what it is about they may have gone, or the customer. */
  #seated(session: CallSession, second: Second): void {
    if (session.talk?.second !== second) return;
    const { how, by: agentId, name: target, notify } = second;
    if (how === 'blind') this.#handOver(session, second);
    else {
      const type = how === 'consult' ? 'call.consulted' : 'call.conferenced';
      this.#world.history.record(session, type, { agentId, target });
      void this.arrange(session);
      this.#world.live.call(session);
    }
    notify?.(200);
  }

  /** Attended transfer: the agent goes, now or when the second answers. */
  complete(session: CallSession, notify?: (status: number) => void): Refusal | undefined {
    const { talk } = session;
    const second = talk?.second;
    if (!talk || !second || second.how === 'blind') return notNow(session);
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
    void this.arrange(session);
    return undefined;
  }

  /** The agent leaves a conference: the customer and the second go on. */
  leave(session: CallSession): Refusal | undefined {
    const second = session.talk?.second;
    if (!second?.leg || second.how !== 'conference') return notNow(session);
    this.#handOver(session, second);
    return undefined;
  }

  /** The second has the customer now, and the agent leaves, if they have not yet. */
  #handOver(session: CallSession, second: Second): void {
    const { by: agentId, name: target, how, person } = second;
    const { history, live, clock, offers } = this.#world;
    const talk = this.#talkOf(session);
    const hangUp = this.release(session);
    talk.second = undefined;
    talk.held = false;
    if (second.offerId && person.kind === 'agent') {
      const { offerId, leg } = second;
      session.offer = { offerId, agentId: person.agentId, bridged: true, ...optional('leg', leg) };
      session.engineId = second.engineId ?? session.id;
      session.agentId = person.agentId;
      this.#seconds.delete(offerId);
      offers.set(offerId, session);
    } else {
      talk.outside = second.leg;
      session.transfer = second.dialling;
      session.transferred(target, clock.now());
    }
    const attended = how === 'blind' ? 'blind' : 'attended';
    history.stage(session, 'call.transferred', { agentId, target, to: person.kind, how: attended });
    live.call(session);
    // Nobody hangs up before the two hear each other: the bridge might go with them.
    void this.arrange(session).then(hangUp);
  }

  /** The agent's part is over for the engine. The way to end what legs they still have. */
  release(session: CallSession): () => void {
    const { offer, talk } = session;
    const { offers, telephony, command } = this.#world;
    const side = talk?.side;
    if (talk) talk.side = undefined;
    if (!offer) return () => {};
    session.offer = undefined;
    session.onHold = false;
    offers.delete(offer.offerId);
    command({ type: 'call.ended', callId: session.engineId });
    return () => {
      side?.hangup();
      telephony.cancelRing(offer.offerId);
      // Who picked a parked call up has a leg that no offer rang.
      offer.leg?.hangup();
    };
  }

  /** Whoever was rung does not come. */
  #failed(session: CallSession, second: Second, cause: string): void {
    const { talk } = session;
    if (talk?.second !== second || second.leg) return;
    const { by: agentId, name: target, notify } = second;
    talk.second = undefined;
    this.#dismiss(second);
    this.#world.history.record(session, 'transfer.failed', { agentId, target, cause });
    const tell = () => notify?.(STATUS[cause] ?? 480);
    if (session.offer) {
      if (notify) talk.refusedAt = this.#world.clock.now();
      // A phone that hears of its failure may hang up at once: it would take the caller along before they are joined.
      void this.#backToAgent(session).then(tell);
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
    if (talk.second !== second) return this.#outsideGone(session, second);
    talk.second = undefined;
    this.#dismiss(second);
    const { by: agentId, name: target } = second;
    this.#world.history.record(session, 'party.left', { agentId, target });
    if (!session.leg) return this.#overWithoutCaller(session);
    void this.#backToAgent(session);
  }

  /** The customer has been gone for a while, and now one of the two who went on. */
  #overWithoutCaller(session: CallSession): void {
    this.release(session)();
    this.#world.finish(session, 'answered', 'caller');
  }

  /** Somebody outside had the customer, and has hung up. */
  #outsideGone(session: CallSession, second: Second): void {
    if (session.stage === 'ended' || session.talk?.outside !== second.leg) return;
    session.leg?.hangup();
    this.#world.finish(session, 'transferred', 'agent');
  }

  #backToAgent(session: CallSession): Promise<boolean> {
    const { talk } = session;
    talk?.side?.hangup();
    if (talk) talk.side = undefined;
    this.#world.live.call(session);
    return this.arrange(session);
  }

  #dismiss(second: Second): void {
    const { engineId: id, offerId, dialling, leg } = second;
    if (offerId) this.#seconds.delete(offerId);
    dialling?.hangup();
    if (id) this.#world.command({ type: leg ? 'call.ended' : 'call.abandon', callId: id });
    if (offerId) this.#world.telephony.cancelRing(offerId);
    leg?.hangup();
  }

  // ---- Nobody has the customer -----------------------------------------------------------------------------

  /** To whoever let the call go, if they are free; else to the queue, where it stood. */
  backTo(session: CallSession, by: AgentId | undefined): void {
    const agent = by && this.#world.directory?.agents.get(by);
    if (agent) {
      const person: Person = { kind: 'agent', agentId: agent.id, extension: agent.extension };
      const asked = { person, name: agent.extension, by: agent.id, how: 'blind' } as const;
      if (!this.ring(session, asked)) return;
    }
    this.#requeue(session, session.queueId);
  }

  /** As a caller who waits again; where they stood, or as the queue says. */
  #requeue(
    session: CallSession,
    queueId: QueueId | undefined,
    since = session.firstQueuedAt,
  ): void {
    const { command, tell, hangup } = this.#world;
    session.talk = undefined;
    session.engineId = session.id;
    tell(session, { type: 'returned' });
    const { priority = PRIORITY_DEFAULT, requiredSkills = {} } = session.demand ?? {};
    const reply =
      queueId &&
      command({
        type: 'call.enqueue',
        callId: session.id,
        queueId,
        priority,
        requiredSkills,
        ...optional('since', since),
      });
    if (!reply?.ok) hangup(session, 'failed');
  }

  #toQueue(session: CallSession, queueId: QueueId): Refusal | undefined {
    const { engine, directory, history } = this.#world;
    const queue = directory?.queues.get(queueId);
    const view = engine.queue(queueId);
    if (!queue || !view) return refusal('QUEUE_UNKNOWN', `There is no queue ${queueId}.`);
    if (view.waiting + view.offered >= queue.lengthMax)
      return refusal('QUEUE_FULL', `Queue ${queueId} has its ${queue.lengthMax} callers.`);
    const agentId = session.offer?.agentId;
    session.brought += 1;
    const parted = session.talk?.parties.arrange({});
    const hangUp = this.release(session);
    history.stage(session, 'call.transferred', {
      ...optional('agentId', agentId),
      target: queueId,
      to: 'queue',
      how: 'blind',
    });
    if (session.demand) session.demand = { ...session.demand, requiredSkills: {} };
    this.#requeue(session, queueId, queue.keepsWait ? session.firstQueuedAt : undefined);
    void parted?.then(hangUp);
    return undefined;
  }

  #toFlow(session: CallSession, id: FlowId): Refusal | undefined {
    const { history, live } = this.#world;
    const agentId = session.offer?.agentId;
    session.brought += 1;
    const parted = session.talk?.parties.arrange({});
    const hangUp = this.release(session);
    session.talk = undefined;
    session.engineId = session.id;
    session.stage = 'flow';
    history.stage(session, 'call.transferred', {
      ...optional('agentId', agentId),
      target: id,
      to: 'flow',
      how: 'blind',
    });
    this.#startFlow(session, id);
    live.call(session);
    void parted?.then(hangUp);
    return undefined;
  }

  // ---- Small things -------------------------------------------------------------------------------------------

  #talkOf(session: CallSession): Talk {
    session.talk ??= {
      parties: new Parties(this.#world.telephony),
      held: false,
      phonesHolding: new Set(),
      second: undefined,
      side: undefined,
      outside: undefined,
      parked: undefined,
      refusedAt: undefined,
    };
    return session.talk;
  }

  #musicOf(session: CallSession): string | undefined {
    const { directory, prompts } = this.#world;
    const queue = session.queueId && directory?.queues.get(session.queueId);
    return prompts.audio(queue?.music ?? 'default') ?? prompts.audio('default');
  }

  /** Who is calling and why, and which colleague asks. */
  #shown(session: CallSession, second: Second) {
    const { directory, clock } = this.#world;
    const queueName = session.queueId ? directory?.queues.get(session.queueId)?.name : undefined;
    const since = session.firstQueuedAt ?? session.arrivedAt;
    const pop = describeCaller(session.context, queueName ?? '', clock.now() - since);
    const headers = { ...pop.headers, 'X-Centralita-Call': session.id, ...this.#byWhom(second) };
    return { displayName: pop.displayName, headers };
  }

  #byWhom({ by, how }: Second): Readonly<Record<string, string>> {
    const header = how === 'blind' ? 'X-Centralita-Transferred-By' : 'X-Centralita-Consulted-By';
    return { [header]: this.#world.directory?.agents.get(by)?.extension ?? by };
  }
}

/** The call of the customer, whatever part of it is meant. */
export const rootOf = (id: CallId): CallId => callId(id.split(PART)[0] ?? id);

const notNow = ({ id, stage, talk }: CallSession): Refusal =>
  refusal(
    'CALL_STATE',
    talk?.second
      ? `In call ${id} there is somebody else already, or being rung.`
      : `Call ${id} is ${stage}.`,
  );

/** What a phone is told of a transfer that failed (RFC 3261 section 21). */
const STATUS: Readonly<Record<string, number>> = {
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
