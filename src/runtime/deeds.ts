import type { Change } from '../acd/changes.ts';
import type { FlowEvent } from '../ivr/vocabulary.ts';
import { iso } from '../lib/clock.ts';
import { optional } from '../lib/optional.ts';
import { never } from '../lib/result.ts';
import { type OfferId, type QueueId, rootOf } from '../model/ids.ts';
import type { CallSession } from './call-session.ts';
import type { Callbacks } from './outbound/callbacks.ts';
import { ringAgent } from './ring-agent.ts';
import type { Talks } from './talk/talks.ts';
import { WaitingMusic } from './waiting-music.ts';
import type { World } from './world.ts';

type QueueLeft = Extract<FlowEvent, { type: 'queueLeft' }>;
type Of<Type extends Change['type']> = Extract<Change, { type: Type }>;

/** Turns the engine's changes into deeds: phones ring or stop ringing, callers hear music, histories grow. */
export class Deeds {
  readonly #world: World;
  readonly #music: WaitingMusic;
  readonly #callbacks: Callbacks;
  readonly #talks: Talks;
  readonly #queueLeft: (session: CallSession, event: QueueLeft) => void;

  /** `queueLeft`: the flow goes on with a caller who waited too long, or whom a rule of overflow sends on. */
  constructor(
    world: World,
    callbacks: Callbacks,
    talks: Talks,
    queueLeft: (session: CallSession, event: QueueLeft) => void,
  ) {
    this.#world = world;
    this.#callbacks = callbacks;
    this.#talks = talks;
    this.#music = new WaitingMusic(world.prompts, world.phrases, world.log, (id) =>
      world.engine.position(id),
    );
    this.#queueLeft = queueLeft;
  }

  carryOut(change: Change): void {
    if (this.#talks.summons.directed(change)) return;
    switch (change.type) {
      case 'agent.changed':
        return this.#agentChanged(change);
      case 'agent.intends':
        return;
      case 'ledger.changed':
        return this.#ledgerChanged(change);
      case 'queue.casual':
        return this.#casualAgents(change);
      case 'call.queued':
        return this.#withSession(change, (session) => this.#queued(session, change));
      case 'offer.made':
        if (this.#callbacks.offered(change)) return;
        return this.#ring(change);
      case 'offer.pickedUp':
        return this.#pickedUp(change);
      case 'offer.withdrawn':
        return this.#backInLine(change, { why: change.why });
      case 'offer.failed':
        return this.#backInLine(change, { cause: change.cause });
      case 'call.connected':
        return this.#withSession(change, (session) => this.#connected(session, change));
      case 'call.returned':
        return this.#withSession(change, (session) => this.#returned(session, change));
      case 'call.overflowed':
        return this.#withSession(change, (session) => this.#overflowed(session, change));
      case 'call.prioritised':
        return this.#withSession(change, (session) => this.#prioritised(session, change));
      case 'call.left':
        return this.#withSession(change, (session) => this.#left(session, change));
      case 'call.directed':
        return;
      case 'call.held':
      case 'call.retrieved':
        return this.#withSession(change, (session) => this.#held(session, change));
      case 'call.ended':
        return this.#withSession(change, (session) => this.#ended(session, change));
      case 'callback.made':
        this.#logCallback(change);
        return this.#callbacks.made(change);
      case 'callback.queued':
        return this.#logCallback(change);
      case 'callback.paused':
      case 'callback.resumed':
        this.#logCallback(change);
        return this.#callbacks.pausedOrResumed(change);
      case 'callback.dial':
        return this.#callbacks.dial(change);
      case 'callback.attemptFailed':
        this.#logCallback(change);
        return this.#callbacks.attemptFailed(change);
      case 'callback.ended':
        this.#logCallback(change);
        return this.#callbacks.ended(change);
      case 'announcement.due':
        // A phone that is to ring in the same turn does not wait for what others are told.
        return this.#world.inbox.afterwards(() =>
          this.#withSession(change, (session) => this.#announce(session, change)),
        );
      default:
        return never(change);
    }
  }

  #held(
    session: CallSession,
    { type, callId, ...facts }: Of<'call.held' | 'call.retrieved'>,
  ): void {
    this.#world.history.record(session, type, facts);
    this.#world.live.call(session);
  }

  #logCallback({ type: event, ...data }: Change): void {
    this.#world.log.info({ event, ...data }, 'Call back event');
  }

  #agentChanged({ agentId, from, to }: Of<'agent.changed'>): void {
    const call = 'callId' in to ? to : from;
    const about = 'callId' in call ? { callId: rootOf(call.callId) } : {};
    this.#world.log.info(
      { agentId, from: from.kind, to: to.kind, ...about },
      'Agent changed state',
    );
    this.#world.history.agent(agentId, to);
    if (to.kind !== 'offered' && to.kind !== 'talking') this.#world.reach.freed(agentId);
    if (to.kind === 'talking')
      this.#world.dispositions.speaks(agentId, this.#world.sessions.get(rootOf(to.callId)));
    if (to.kind === 'offline') this.#world.desks.leave(agentId);
  }

  #ledgerChanged({ agentId, why, month, spent, callId }: Of<'ledger.changed'>): void {
    const { log, sessions, history } = this.#world;
    const root = callId && rootOf(callId);
    log.info({ agentId, why, month, spent, ...optional('callId', root) }, 'Ledger changed');
    if (root === undefined) return;
    const session = sessions.get(root);
    const entry = { agentId, why, month, spent };
    if (session) history.record(session, 'ledger', entry);
    else this.#callbacks.ledger(root, entry);
  }

  #casualAgents({ queueId, open, ewtMs, serviceLevel }: Of<'queue.casual'>): void {
    const figures = { ...optional('ewtMs', ewtMs), ...optional('serviceLevel', serviceLevel) };
    this.#world.log.info({ queueId, open, ...figures }, 'Queue opened or closed to casual agents');
  }

  #queued(session: CallSession, { queueId, position, regained }: Of<'call.queued'>): void {
    session.queued(queueId, this.#world.clock.now());
    const data = {
      queueId,
      position,
      ...session.demand,
      ...optional('regained', regained),
      ...this.#asked(session, queueId),
    };
    this.#world.history.stage(session, 'call.queued', data);
    this.#music.start(session, this.#musicOf(session));
    this.#world.live.call(session);
  }

  #ring({ offerId, callId, agentId, queueId, expiresAt }: Of<'offer.made'>): void {
    const { sessions, offers, directory, clock, history, live } = this.#world;
    const session = sessions.get(callId);
    const agent = directory?.agents.get(agentId);
    if (!session || !agent) {
      this.#later(() =>
        this.#world.command({ type: 'offer.failed', offerId, cause: 'unreachable' }),
      );
      return;
    }
    session.stage = 'offered';
    session.rings.set(offerId, { offerId, agentId });
    offers.set(offerId, session);
    const { context } = session;
    const waitMs = clock.now() - (session.queuedAt ?? session.arrivedAt);
    ringAgent(this.#world, { offerId, callId, agent, queueId, context, waitMs, kind: 'call' });
    // The phone first: the books can wait.
    const offer = { offerId, agentId, queueId, expiresAt: iso(expiresAt) };
    history.record(session, 'offer.made', offer);
    live.call(session);
  }

  /** Somebody, or a machine, is asked whether they take the call: the caller waits on. */
  #pickedUp({ offerId, agentId }: Of<'offer.pickedUp'>): void {
    const session = this.#sessionOf(offerId);
    if (session) this.#world.history.record(session, 'offer.pickedUp', { offerId, agentId });
  }

  /** The phone may still be ringing, whoever said that the offer is over. The caller has their place again. */
  #backInLine(
    change: Of<'offer.withdrawn'> | Of<'offer.failed'>,
    reason: Readonly<Record<string, unknown>>,
  ): void {
    const { offers, telephony, history, live } = this.#world;
    const { offerId, agentId } = change;
    telephony.cancelRing(offerId);
    const session = this.#sessionOf(offerId);
    offers.delete(offerId);
    if (!session) return this.#callbacks.offerEnded(change);
    session.rings.delete(offerId);
    if (session.rings.size === 0) session.stage = 'queued';
    history.record(session, change.type, { offerId, agentId, ...reason });
    live.call(session);
  }

  #connected(session: CallSession, change: Of<'call.connected'>): void {
    const { agentId, queueId, offerId, waitMs } = change;
    session.waited(waitMs);
    session.connected(offerId, agentId, this.#world.clock.now());
    if (session.offer?.offerId !== offerId) {
      session.offer = { offerId, agentId };
      this.#world.offers.set(offerId, session);
    }
    this.#world.history.record(session, 'call.connected', { agentId, queueId, offerId, waitMs });
    session.elsewhere = false;
    this.#world.tell(session, { type: 'connected' });
    this.#world.live.call(session);
  }

  /** Whoever spoke with the caller is charged with it. */
  /** Of each agent's own part: their time is charged to them. */
  #ended(session: CallSession, change: Of<'call.ended'>): void {
    const { agentId, queueId, talkMs, holdMs } = change;
    session.talked(agentId, talkMs, holdMs);
    this.#world.history.record(session, 'call.ended', { agentId, queueId, talkMs, holdMs });
  }

  /** The agent's leg may still be up. The caller waits again, with music. */
  #returned(session: CallSession, { agentId, cause }: Of<'call.returned'>): void {
    const { offers, telephony, history, live } = this.#world;
    const offerId = session.offer?.offerId;
    if (offerId) {
      offers.delete(offerId);
      telephony.cancelRing(offerId);
    }
    session.returned();
    history.stage(session, 'call.returned', { agentId, cause });
    this.#world.tell(session, { type: 'returned' });
    this.#music.start(session, this.#musicOf(session));
    live.call(session);
  }

  /** The music changes with the queue, if it has another. */
  #overflowed(session: CallSession, change: Of<'call.overflowed'>): void {
    const { fromQueueId, queueId, when, position } = change;
    const before = this.#musicOf(session);
    session.queueId = queueId;
    const another = this.#musicOf(session) !== before;
    if (another && !session.elsewhere) this.#music.start(session, this.#musicOf(session));
    const data = { fromQueueId, queueId, when, position, ...this.#asked(session, queueId) };
    this.#world.history.stage(session, 'call.overflowed', data);
    this.#world.live.call(session);
  }

  /** Wherever it waits from now on. */
  #prioritised(
    session: CallSession,
    { priority, queueId, position }: Of<'call.prioritised'>,
  ): void {
    session.demand = { requiredSkills: {}, ...session.demand, priority };
    const data = { queueId, priority, ...optional('position', position) };
    this.#world.history.record(session, 'call.prioritised', data);
    this.#world.live.call(session);
  }

  #left(session: CallSession, change: Of<'call.left'>): void {
    const { queueId, outcome, overflow, byHouse, waitMs } = change;
    session.waited(waitMs);
    session.leftAs = outcome;
    session.stage = 'flow';
    session.leg?.stopPlaying();
    const data = { queueId, outcome, ...optional('byHouse', byHouse), ...overflow, waitMs };
    this.#world.history.record(session, 'call.left', data);
    this.#world.live.call(session);
    if (outcome === 'queueTimeout') this.#goOn(session, { type: 'queueLeft', why: 'timeout' });
    if (overflow) {
      this.#goOn(session, { type: 'queueLeft', why: 'overflow', exit: overflow.exit });
    }
    // A flow that has asked for the call back goes on, and says so.
    if (outcome === 'failed' || (outcome === 'callback' && session.callbackId === undefined)) {
      this.#later(() => this.#world.hangup(session, outcome));
    }
  }

  /** Whom we have rung meets no flow, and nothing else that could be done for them. */
  #goOn(session: CallSession, event: QueueLeft): void {
    const { outgoing, leftAs } = session;
    if (outgoing) this.#later(() => this.#world.hangup(session, leftAs ?? 'queueTimeout'));
    else this.#later(() => this.#queueLeft(session, event));
  }

  backInQueue(session: CallSession): void {
    this.#music.start(session, this.#musicOf(session));
  }

  #announce(session: CallSession, change: Of<'announcement.due'>): void {
    if (session.elsewhere) return;
    const { position, saysPosition, ewt, waitMs } = change;
    const said = { position, saysPosition, ...optional('ewt', ewt), waitMs };
    this.#world.history.record(session, 'announcement', said);
    this.#music.announce(session, saysPosition ? position : undefined, ewt);
  }

  /**
   * What reports go by, as it is now and whatever is aimed at later: how soon the queue promises an answer, and the skills
   * that it and the call ask for.
   */
  #asked(session: CallSession, queueId: QueueId) {
    const queue = this.#world.directory?.queues.get(queueId);
    const skills = { ...queue?.requiredSkills, ...session.demand?.requiredSkills };
    return {
      skills: Object.keys(skills).sort(),
      ...optional('serviceLevelMs', queue?.serviceLevelMs),
    };
  }

  #musicOf(session: CallSession): string {
    const queue = session.queueId && this.#world.directory?.queues.get(session.queueId);
    return queue ? queue.music : 'default';
  }

  #sessionOf(offerId: OfferId): CallSession | undefined {
    const session = this.#world.offers.get(offerId);
    return session?.stage === 'ended' ? undefined : session;
  }

  #withSession(change: { callId: CallSession['id'] }, deed: (session: CallSession) => void): void {
    const session = this.#world.sessions.get(rootOf(change.callId));
    if (session) deed(session);
  }

  /** What leads to another command waits for the end of this one. */
  #later(input: () => void): void {
    this.#world.inbox.post(input);
  }
}
