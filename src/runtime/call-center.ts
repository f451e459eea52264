import type { Command, Reply } from '../acd/commands.ts';
import type { CallbackView } from '../acd/engine.ts';
import { normalise } from '../callers/callers.ts';
import { within } from '../lib/within.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { CallContext, CallOutcome, Cdr } from '../model/call.ts';
import { LANGUAGES } from '../model/contact.ts';
import type { AgentId, CallId, OfferId, QueueId } from '../model/ids.ts';
import type { LedgerView } from '../model/ledger.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { StoredVoicemail } from '../model/voicemail.ts';
import { Arrivals } from './arrivals.ts';
import { CallHistory } from './call-history.ts';
import { CallSession, optional } from './call-session.ts';
import { Conversations } from './conversations.ts';
import { Deeds } from './deeds.ts';
import { ProgramDesk } from './desk/agent-desk.ts';
import { Desks } from './desk/desks.ts';
import { Dispositions } from './desk/dispositions.ts';
import { calendarOf, compileDirectory, numberOf, sentencesOf } from './directory.ts';
import { isFeatureCode } from './feature-codes.ts';
import { Inbox } from './inbox.ts';
import { Live } from './live.ts';
import type { CallCenterOptions } from './options.ts';
import { canDial, Outbound } from './outbound.ts';
import { type OutsidePlan, planOutside } from './outside.ts';
import { OutsidePhones } from './outside-phones.ts';
import { PeopleBoard } from './people.ts';
import type { LiveStatistics, MessageNews, QueueStatistics, QueueToday } from './ports.feed.ts';
import type { People } from './ports.outside.ts';
import type { AgentDesk, Leg, PhonesListener, Referral, TalkControl } from './ports.phones.ts';
import type { RecordingDesk } from './ports.recordings.ts';
import type { SupervisionDesk } from './ports.supervision.ts';
import type {
  AgentLeg,
  CallerLeg,
  Configuration,
  Control,
  Destination,
  InboundCall,
  LegFailure,
  LiveChange,
  Snapshot,
  TelephonyListener,
} from './ports.ts';
import { Reach } from './reach.ts';
import { Reception } from './reception.ts';
import { Reconciler } from './reconciler.ts';
import { ConversationRecorder } from './recording/recorder.ts';
import { Supervision } from './supervision/supervision.ts';
import { DeskPhones } from './talk/desk-phones.ts';
import { Parking } from './talk/parking.ts';
import { rootOf } from './talk/summons.ts';
import { TalkDesk } from './talk/talk-desk.ts';
import { Talks } from './talk/talks.ts';
import { Ticker } from './ticker.ts';
import type { World } from './world.ts';

export type { CallCenterOptions, CommandLog } from './options.ts';

/** Calls beyond this get 503: what is already here must stay good. */
const CALLS_MAX = 5_000;

/** A media server closes a recording at once when the caller has gone; a dead one never does. */
const FILE_CLOSED_MS_MAX = 2_000;

/**
 * The shell around the engine: what the world does becomes commands, what comes of them becomes deeds. All
 * decisions about queues and agents are the engine's, all decisions about the conversation the flow's; here
 * they are only carried out, one input at a time.
 */
export class CallCenter
  implements TelephonyListener, PhonesListener, Control, LiveStatistics, MessageNews
{
  readonly #world: World;
  readonly #deeds: Deeds;
  readonly #reception: Reception;
  readonly #conversations: Conversations;
  readonly #recorder: ConversationRecorder;
  readonly #arrivals: Arrivals;
  readonly #people: PeopleBoard;
  readonly #supervision: Supervision;
  readonly #talks: Talks;
  readonly #phones: DeskPhones;
  /** What can be done with conversations. */
  readonly talk: TalkControl;
  /** What agents do by phone, done by their programs. */
  readonly agentDesk: AgentDesk;
  readonly #ticker: Ticker;
  readonly #reconciler: Reconciler | undefined;
  readonly #planOutside: (configuration: Configuration) => OutsidePlan;

  constructor(options: CallCenterOptions) {
    this.#planOutside = (configuration) =>
      planOutside(configuration, options.outside, options.outbound);
    const sessions = new Map<CallId, CallSession>();
    const inbox = new Inbox((error) => options.onBroken(error));
    const outbound = new Outbound({ ...options, inbox });
    const history = new CallHistory(options, (work) => inbox.afterwards(work));
    const world: World = {
      ...options,
      sessions,
      offers: new Map(),
      inbox,
      live: new Live({
        ...options,
        sessions,
        directory: () => this.#world.directory,
        phoneOf: (id) => this.#world.desks.borrowedBy(id),
      }),
      history,
      get recorder() {
        return recorder;
      },
      outbound,
      desks: new Desks({
        ...options,
        directory: () => this.#world.directory,
        changed: (agent) => this.#seated(agent),
      }),
      dispositions: new Dispositions({ history, directory: () => this.#world.directory }),
      reach: new Reach({
        ...options,
        outbound,
        hasPhone: (agent) => this.#world.desks.hasPhone(agent),
        stateOf: (id) => options.engine.agent(id)?.state.kind,
        tell: (agentId, reachable) => this.#reachable(agentId, reachable),
      }),
      telephony: new OutsidePhones({
        telephony: options.telephony,
        outbound,
        events: {
          agentAnswered: (offerId, leg) => this.#arrivals.answered(offerId, leg),
          agentFailed: (offerId, failure) => this.#arrivals.failed(offerId, failure),
          agentGone: (offerId) => this.#arrivals.gone(offerId),
          agentKeyed: (offerId, key) => this.#keyedBy(offerId, key),
          ringCancelled: (offerId) => this.#arrivals.forget(offerId),
        },
        tried: (agentId, result) => this.#world.reach.tried(agentId, result),
        directory: () => this.#world.directory,
        callerOf: (id) => sessions.get(id)?.leg,
      }),
      directory: undefined,
      command: (command) => this.#command(command),
      finish: (session, outcome, endedBy) => this.#finish(session, outcome, endedBy),
      tell: (session, event) => this.#reception.tell(session.id, event),
      backInQueue: (session) => this.#deeds.backInQueue(session),
      expect: (coming) => this.#arrivals.expect(coming),
      whisper: (offerId, leg) => this.#arrivals.whisper(offerId, leg),
      callerGone: (session) => this.#callerGone(session, 'hungup'),
      hangup: (session, outcome) => this.#hangup(session, outcome),
      agentGone: (offerId) => this.#conversations.gone(offerId),
    };
    this.#world = world;
    const recorder = new ConversationRecorder(world);
    this.agentDesk = new ProgramDesk(world);
    this.#recorder = recorder;
    this.#supervision = new Supervision(world);
    this.#talks = new Talks(this.#world, (session, flowId) =>
      this.#reception.goInto(session, flowId),
    );
    const parking = new Parking(this.#world, this.#talks);
    this.#phones = new DeskPhones(this.#world, this.#talks, parking);
    this.talk = new TalkDesk(this.#world, this.#talks, parking);
    this.#conversations = new Conversations(this.#world, this.#talks);
    this.#people = new PeopleBoard(this.#world);
    this.#arrivals = new Arrivals(this.#world, this.#conversations);
    this.#reception = new Reception(this.#world, this.#conversations.callbacks);
    const { callbacks } = this.#conversations;
    this.#deeds = new Deeds(this.#world, callbacks, this.#talks, (session, event) =>
      this.#reception.tell(session.id, event),
    );
    this.#reconciler = this.#reconcilerOf(options);
    this.#reconciler?.start();
    this.#ticker = new Ticker(options.clock, () =>
      this.#world.inbox.post(() => void this.#command({ type: 'tick' })),
    );
  }

  #reconcilerOf({ legTruth, clock, log, meters }: CallCenterOptions): Reconciler | undefined {
    if (!legTruth) return undefined;
    const { sessions, engine, inbox, history } = this.#world;
    return new Reconciler({
      clock,
      log,
      ...{ isAlive: legTruth.isAlive, callerLegs: legTruth.callerLegs },
      hangupLeg: legTruth.hangupLeg,
      post: (work) => inbox.post(work),
      sessions: () => sessions.values(),
      engineCalls: () => engine.calls(),
      hasSession: (id) => sessions.has(rootOf(id)) || this.#phones.knows(id),
      callerGone: (session) => this.#callerGone(session, 'media'),
      agentGone: (offerId) => this.#arrivals.gone(offerId),
      partyGone: (session, leg) => {
        if (!this.#talks.partyGone(session, leg) && 'callId' in leg) this.#phones.gone(leg.callId);
      },
      forgetCall: ({ id: callId, stage }) =>
        void this.#command({ type: stage === 'talking' ? 'call.ended' : 'call.abandon', callId }),
      repaired(what, session) {
        meters?.repaired?.(what);
        if (session) history.record(session, 'call.repaired', { what });
      },
    });
  }

  /** Whether the destination may be called, or asked anything, at all. */
  allows(to: Destination): boolean {
    return this.#world.outbound.allows(to);
  }

  /** Who can be reached now, and how. */
  get people(): People {
    return this.#people;
  }

  /** Steers recordings of calls in progress. */
  get recordingDesk(): RecordingDesk {
    return this.#recorder;
  }

  /** When the input that is being worked on came; for measures only. */
  get turnBegan(): number | undefined {
    return this.#world.inbox.began;
  }

  /** Lets supervisors listen. */
  get supervisionDesk(): SupervisionDesk {
    return this.#supervision;
  }

  get callCount(): number {
    return this.#world.sessions.size;
  }

  /**
   * After a crash: the calls that were in progress are over, since nobody held their legs. The engine hears
   * that they are gone, and their records are written. Agents stay as they were.
   */
  recover(notes: ReadonlyMap<string, unknown>): void {
    for (const { id: callId, stage } of this.#world.engine.calls()) {
      this.submit({ type: stage === 'talking' ? 'call.ended' : 'call.abandon', callId });
    }
    this.#world.reach.restore(notes);
    this.#world.desks.restore(
      notes,
      (id) => this.#world.engine.agent(id)?.state.kind !== 'offline',
    );
    this.#conversations.callbacks.restore(notes);
    for (const callback of this.#world.engine.callbacks()) this.#recoverCallback(callback);
    const lost = this.#world.history.closeLost(notes);
    if (lost > 0) this.#world.log.warn({ lost }, 'Calls were lost with the last process');
  }

  /** Promises outlive the process; the phones that rang for them do not. */
  #recoverCallback({ id: callbackId, stage, offerId }: CallbackView): void {
    if (stage === 'dialing') this.submit({ type: 'callback.failed', callbackId, cause: 'lost' });
    if (offerId) this.submit({ type: 'offer.failed', offerId, cause: 'unreachable' });
  }

  /** An extension has got its first phone, or lost its last. */
  phone(extension: string, reachable: boolean): void {
    const agent = this.#world.desks.agentAt(extension);
    if (agent) this.#world.reach.phone(agent.id, reachable);
  }

  /** They sit elsewhere now, or somebody at their phone. */
  #seated(agent: AgentConfig): void {
    const { desks, reach, live } = this.#world;
    reach.phone(agent.id, desks.hasPhone(agent));
    live.agent(agent.id);
  }

  #reachable(agentId: AgentId, reachable: boolean): void {
    const { inbox, engine } = this.#world;
    inbox.post(() => {
      if (engine.agent(agentId)?.reachable === reachable) return;
      this.#command({ type: 'agent.reachable', agentId, reachable });
    });
  }

  /**
   * Ends what is left, so that every call has its record from the process that knew it. Those who wait go first:
   * otherwise an agent who becomes free would be rung for them.
   */
  stop(): void {
    const calls = [...this.#world.sessions.values()];
    const waiting = calls.filter(({ stage }) => stage === 'queued');
    for (const { id } of [...waiting, ...calls]) this.hangup(id);
    this.#ticker.stop();
    this.#world.reach.stop();
    this.#world.live.stop();
    this.#reconciler?.stop();
  }

  // ---- Control: what operators do -------------------------------------------------------------------

  submit(command: Command): Reply {
    return this.#world.inbox.ask(() => this.#command(command));
  }

  snapshot(): Snapshot {
    return this.#world.live.snapshot();
  }

  ledger(id: AgentId): LedgerView | undefined {
    return this.#world.engine.ledger(id);
  }

  statistics(): readonly QueueStatistics[] {
    return this.#world.live.statistics();
  }

  /** What was before this process: the day's figures, and the messages that nobody has handled, the newest first. */
  restore(today: ReadonlyMap<QueueId, QueueToday>, messages: readonly StoredVoicemail[]): void {
    this.#world.live.today.restore(this.#world.clock.now(), today);
    this.#world.live.messages.restore(messages);
  }

  messageChanged(message: StoredVoicemail): void {
    this.#world.live.messages.changed(message);
  }

  messageGone(id: StoredVoicemail['id']): void {
    this.#world.live.messages.gone(id);
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    return this.#world.live.subscribe(listener);
  }

  async reload(): Promise<readonly string[]> {
    const configuration = await this.#world.configuration.load();
    const compiled = compileDirectory(configuration, this.#world.zone);
    if ('problems' in compiled) return compiled.problems;
    const { queues, agents } = configuration;
    const outside = this.#planOutside(configuration);
    const empty = canDial(outside.rules) ? [] : emptyPromises(queues);
    if (outside.problems.length + empty.length > 0) return [...outside.problems, ...empty];
    const before = this.snapshot();
    const reply = this.submit({ type: 'configure', queues, agents, zone: this.#world.zone });
    if (!reply.ok) return [reply.detail];
    this.#world.directory = compiled.directory;
    this.#world.desks.configure(agents);
    outside.takeEffect(this.#world.outbound);
    this.#world.live.all(before);
    this.#world.reach.configure(agents);
    this.#world.onAgents?.(agents);
    this.#world.prerender(sentencesOf(compiled.directory, this.#world.featureFlows));
    return [];
  }

  hangup(id: CallId): boolean {
    const known = this.#world.sessions.has(id);
    this.#with(id, (session) => {
      this.#conversations.leaveEngine(session);
      this.#hangup(session, 'failed');
    });
    return known;
  }

  // ---- TelephonyListener: what callers and phones do ---------------------------------------------------

  arrived(call: InboundCall): { accept: true } | { accept: false; status: number } {
    const { sessions, directory, clock, history, featureFlows, contacts, memory } = this.#world;
    if (sessions.size >= CALLS_MAX) return { accept: false, status: 503 };
    const number = directory && numberOf(directory, call.dnis);
    const side = call.fromExtension === undefined ? undefined : this.#sideCall(call);
    if (side !== undefined)
      return side === 200 ? { accept: true } : { accept: false, status: side };
    const isFeature = call.fromExtension !== undefined && isFeatureCode(call.dnis, featureFlows);
    if (!isFeature && !number) return { accept: false, status: 404 };
    const context: CallContext = {
      ...optional('ani', call.ani && normalise(call.ani, number?.country ?? 'ES')),
      dnis: call.dnis,
      ...optional('calendarId', directory && calendarOf(directory, call)),
      status: 'unknown',
      language: number?.language ?? directory?.language ?? LANGUAGES[0],
      variables: {},
    };
    const session = new CallSession(call, context, clock.now());
    session.contact = context.ani ? contacts.byNumber(context.ani) : undefined;
    session.recentCalls = context.ani ? memory.recentCalls(context.ani) : undefined;
    sessions.set(session.id, session);
    history.stage(session, 'call.arrived', {
      dnis: call.dnis,
      ...(isFeature ? { feature: true } : optional('flowId', number?.flowId)),
      ...optional('ani', context.ani),
      ...optional('trunk', call.trunkId),
    });
    return { accept: true };
  }

  /** The status of a call that a phone makes in the midst of another; undefined: it is none. */
  #sideCall(call: InboundCall): number | undefined {
    return this.#world.inbox.ask(() => this.#phones.dials(call));
  }

  answered(leg: CallerLeg): void {
    this.#world.inbox.post(() => {
      if (this.#phones.answered(leg)) return;
      const session = this.#world.sessions.get(leg.callId);
      // An operator may have ended the call while it was being answered.
      if (session) this.#receive(session, leg);
      else leg.hangup();
    });
  }

  digit(id: CallId, digit: string): void {
    this.#world.inbox.post(() => {
      if (this.#phones.keyedInSide(id, digit)) return;
      const session = this.#world.sessions.get(id);
      if (!session || this.#supervision.digit(session, digit)) return;
      if (!this.#recorder.digit(session, digit)) this.#reception.tell(id, { type: 'digit', digit });
    });
  }

  keysFlooded(id: CallId): void {
    this.#with(id, (session) => {
      this.#world.history.record(session, 'call.keysFlood', {});
      this.#world.log.warn(
        { callId: id },
        'More keys than a person can press: the rest is dropped',
      );
    });
  }

  callerGone(id: CallId, why: 'hungup' | 'media' | 'cancelled'): void {
    this.#world.inbox.post(() => {
      if (this.#phones.gone(id)) return;
      const session = this.#world.sessions.get(id);
      if (session) this.#callerGone(session, why);
    });
  }

  held(leg: Leg, on: boolean): void {
    this.#world.inbox.post(() => this.#talks.rooms.phoneHolds(leg, on));
  }

  /** Answered at once: a phone waits for it. */
  referred(leg: Leg, referral: Referral): number {
    let status = 500;
    this.#world.inbox.post(() => {
      status = this.#phones.referred(leg, referral);
    });
    return status;
  }

  keyed(leg: Leg, key: string, offerId?: OfferId): void {
    this.#world.inbox.post(() => {
      if (!offerId || !this.#arrivals.keyed(offerId, key)) this.#phones.keyed(leg, key);
    });
  }

  /** Of an agent outside. */
  #keyedBy(offerId: OfferId, key: string): void {
    if (this.#arrivals.keyed(offerId, key)) return;
    const leg = this.#world.offers.get(offerId)?.offer?.leg;
    if (leg) this.#phones.keyed(leg, key);
  }

  agentAnswered(offerId: OfferId, leg: AgentLeg): void {
    this.#world.inbox.post(() => this.#arrivals.answered(offerId, leg));
  }

  agentFailed(offerId: OfferId, failure: LegFailure): void {
    this.#world.inbox.post(() => this.#arrivals.failed(offerId, failure));
  }

  agentGone(offerId: OfferId): void {
    this.#world.inbox.post(() => this.#arrivals.gone(offerId));
  }

  // ---- One way to the engine, one end for every call ----------------------------------------------------

  /** The journal first, then the engine, then the deeds. */
  #command(command: Command): Reply {
    const { clock, engine, journal, live } = this.#world;
    const now = clock.now();
    journal.append(now, command);
    const { reply, changes } = engine.apply(now, command);
    for (const change of changes) this.#deeds.carryOut(change);
    live.changes(changes);
    this.#ticker.aim(engine.nextDeadline());
    return reply;
  }

  #receive(session: CallSession, leg: CallerLeg): void {
    session.leg = leg;
    session.stage = 'flow';
    this.#world.history.stage(session, 'call.answered', { leg: leg.identity });
    if (!this.#supervision.dialled(session)) this.#reception.receive(session);
    if (session.stage === 'flow') this.#world.live.call(session);
  }

  #callerGone(session: CallSession, why: 'hungup' | 'media' | 'cancelled'): void {
    if (this.#talks.customerGone(session)) return;
    this.#conversations.leaveEngine(session);
    const finish = (): void =>
      why === 'media'
        ? this.#finish(session, 'failed', 'system')
        : this.#finish(session, session.leftAs ?? 'leftInFlow', 'caller');
    if (session.saying === undefined) finish();
    else this.#whenSaid(session, session.saying, finish);
  }

  /** Whoever hangs up in the midst of a message has left it: what becomes of the call is known when its file is closed. */
  #whenSaid(session: CallSession, saying: Promise<void>, finish: () => void): void {
    const { clock, inbox } = this.#world;
    this.#reception.dismiss(session.id);
    void within(clock, FILE_CLOSED_MS_MAX, saying).then(() => inbox.post(finish));
  }

  #hangup(session: CallSession, outcome: CallOutcome): void {
    session.leg?.hangup();
    this.#finish(session, outcome, 'system');
  }

  #finish(session: CallSession, outcome: CallOutcome, endedBy: Cdr['endedBy']): void {
    if (session.stage === 'ended') return;
    const { sessions, offers, telephony, history, live } = this.#world;
    session.stage = 'ended';
    this.#reception.dismiss(session.id);
    this.#reception.finished(session);
    this.#recorder.over(session);
    this.#supervision.finished(session);
    session.transfer?.hangup();
    this.#talks.finished(session);
    sessions.delete(session.id);
    for (const { offerId } of [
      ...session.rings.values(),
      ...(session.offer ? [session.offer] : []),
    ]) {
      offers.delete(offerId);
      telephony.cancelRing(offerId);
    }
    // Whoever picked a parked call up has a leg that no offer rang.
    session.offer?.leg?.hangup();
    // Whoever ended the conversation did, whatever the flow did afterwards.
    history.close(session, outcomeOf(session, outcome), session.agentLeft ? 'agent' : endedBy);
    live.call(session);
  }

  #with(id: CallId, action: (session: CallSession) => void): void {
    this.#world.inbox.post(() => {
      const session = this.#world.sessions.get(id);
      if (session) action(session);
    });
  }
}

/**
 * Whatever is said of the end, a caller who spoke with somebody was answered, and one whom the flow sent away
 * because the queue had no room or no time for them was lost to the queue.
 */
function outcomeOf(session: CallSession, said: CallOutcome): CallOutcome {
  const { connectedAt, leftAs, isTransferred, leftMessage } = session;
  if (connectedAt !== undefined) return 'answered';
  if (isTransferred) return 'transferred';
  if (leftMessage) return 'voicemail';
  return said === 'flowEnded' ? (leftAs ?? said) : said;
}

/** No customer is promised a call that nothing here can place. */
const emptyPromises = (queues: readonly QueueConfig[]): readonly string[] =>
  queues
    .filter(({ callbackEnabled }) => callbackEnabled)
    .map(
      ({ id }) =>
        `Queue ${id}: call backs need a trunk that dials out and a destination that is allowed, and there is none.`,
    );
