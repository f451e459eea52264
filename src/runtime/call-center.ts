import type { Command, Reply } from '../acd/commands.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { CallOutcome, Cdr } from '../model/call.ts';
import {
  type AgentId,
  type CallbackId,
  type CallId,
  type OfferId,
  type QueueId,
  rootOf,
} from '../model/ids.ts';
import type { LedgerView } from '../model/ledger.ts';
import type { StoredVoicemail } from '../model/voicemail.ts';
import { type Assembly, assemble } from './assembly.ts';
import type { CallSession } from './call-session.ts';
import { configure, objectionsTo } from './configuring.ts';
import { ProgramDesk } from './desk/agent-desk.ts';
import { CUT_OFF } from './leaving-line.ts';
import type { CallCenterOptions } from './options.ts';
import { PeopleBoard } from './people.ts';
import type {
  LiveStatistics,
  MessageNews,
  QueueStatistics,
  QueueToday,
  TodayOfQueue,
} from './ports/feed.ts';
import type {
  AgentLeg,
  AgentView,
  CallbackView,
  CallerEnd,
  CallerLeg,
  CallView,
  Control,
  Destination,
  InboundCall,
  LegFailure,
  LiveChange,
  QueueView,
  Snapshot,
  TelephonyListener,
} from './ports/index.ts';
import type { People } from './ports/outside.ts';
import type { AgentDesk, Leg, PhonesListener, Referral, TalkControl } from './ports/phones.ts';
import type { RecordingDesk } from './ports/recordings.ts';
import type { SupervisionDesk } from './ports/supervision.ts';
import { Reconciler } from './reconciler.ts';
import { recover } from './recovery.ts';
import { TalkDesk } from './talk/talk-desk.ts';
import type { World } from './world.ts';

export type { CallCenterOptions, CommandLog } from './options.ts';

/**
 * The shell around the engine: what the world does becomes commands, what comes of them becomes deeds. All
 * decisions about queues and agents are the engine's, all decisions about the conversation the flow's; here
 * they are only carried out, one input at a time.
 */
export class CallCenter
  implements TelephonyListener, PhonesListener, Control, LiveStatistics, MessageNews
{
  readonly #parts: Assembly;
  readonly #world: World;
  readonly #people: PeopleBoard;
  readonly #reconciler: Reconciler | undefined;
  readonly #outside: Pick<CallCenterOptions, 'outside' | 'outbound'>;
  /** What can be done with conversations. */
  readonly talk: TalkControl;
  /** What agents do by phone, done by their programs. */
  readonly agentDesk: AgentDesk;

  constructor(options: CallCenterOptions) {
    this.#parts = assemble(options);
    const { world, talks, parking } = this.#parts;
    this.#world = world;
    this.#outside = options;
    this.#people = new PeopleBoard(world);
    this.agentDesk = new ProgramDesk(world);
    this.talk = new TalkDesk(world, talks, parking);
    this.#reconciler = reconcilerOf(this.#parts, options);
    this.#reconciler?.start();
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
    return this.#parts.recorder;
  }

  /** When the input that is being worked on came; for measures only. */
  get turnBegan(): number | undefined {
    return this.#world.inbox.began;
  }

  /** Lets supervisors listen. */
  get supervisionDesk(): SupervisionDesk {
    return this.#parts.supervision;
  }

  get callCount(): number {
    return this.#world.sessions.size;
  }

  /** After a crash, before the configuration is read. `lastAt`: when the last command was given. */
  recover(notes: ReadonlyMap<string, unknown>, lastAt: EpochMs): void {
    recover(this.#world, this.#parts.conversations.callbacks, notes, lastAt);
    this.#world.inbox.post(() => this.#parts.duty.recover());
  }

  /** An extension has got its first phone, or lost its last. */
  phone(extension: string, reachable: boolean): void {
    const agent = this.#world.desks.agentAt(extension);
    if (agent) this.#world.reach.phone(agent.id, reachable);
  }

  /**
   * Ends what is left, so that every call has its record from the process that knew it. Those who wait go first:
   * otherwise an agent who becomes free would be rung for them.
   */
  stop(): void {
    const calls = [...this.#world.sessions.values()];
    const waiting = calls.filter(({ stage }) => stage === 'queued');
    for (const { id } of [...waiting, ...calls])
      this.#with(id, (session) => end(this.#parts, session, 'failed', 'system'));
    this.#parts.ticker.stop();
    this.#world.reach.stop();
    this.#world.live.stop();
    this.#reconciler?.stop();
  }

  // ---- Control: what operators do -------------------------------------------------------------------

  submit(command: Command): Reply {
    return this.#world.inbox.ask(() => this.#world.command(command));
  }

  get agents(): readonly AgentView[] {
    return this.#world.live.agents;
  }

  /** Those that are configured. */
  get queueIds(): readonly QueueId[] {
    return [...(this.#world.directory?.queues.keys() ?? [])];
  }

  get queues(): readonly QueueView[] {
    return this.#world.live.queues;
  }

  get calls(): readonly CallView[] {
    return this.#world.live.calls;
  }

  get callbacks(): readonly CallbackView[] {
    return this.#world.live.callbacks;
  }

  agent(id: AgentId): AgentView | undefined {
    return this.#world.live.findAgent(id);
  }

  queue(id: QueueId): QueueView | undefined {
    return this.#world.engine.queue(id);
  }

  call(id: CallId): CallView | undefined {
    return this.#world.live.findCall(id);
  }

  callback(id: CallbackId): CallbackView | undefined {
    return this.#world.engine.callback(id);
  }

  snapshot(): Snapshot {
    return this.#world.live.snapshot();
  }

  ledger(id: AgentId): LedgerView | undefined {
    const ledger = this.#world.engine.ledger(id);
    return (
      ledger && {
        ...ledger,
        calls: ledger.calls.map((call) => ({ ...call, callId: rootOf(call.callId) })),
      }
    );
  }

  statistics(): readonly QueueStatistics[] {
    return this.#world.live.statistics();
  }

  figuresOfToday(): readonly TodayOfQueue[] {
    return this.#world.live.figuresOfToday();
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

  reload(): Promise<readonly string[]> {
    return configure(this.#world, this.#outside);
  }

  objections(): Promise<readonly string[]> {
    return objectionsTo(this.#world, this.#outside);
  }

  hangup(id: CallId): boolean {
    const known = this.#world.sessions.has(id);
    this.#with(id, (session) => end(this.#parts, session, 'hungUp', 'operator'));
    return known;
  }

  // ---- TelephonyListener: what callers and phones do ---------------------------------------------------

  arrived(call: InboundCall): ReturnType<TelephonyListener['arrived']> {
    return this.#parts.frontDoor.arrived(call);
  }

  answering(leg: CallerLeg): void {
    this.#with(leg.callId, (session) => {
      session.coming = leg;
      this.#parts.reception.expect(session);
    });
  }

  answered(leg: CallerLeg): void {
    this.#world.inbox.post(() => {
      if (this.#parts.phones.answered(leg)) return;
      const session = this.#world.sessions.get(leg.callId);
      // An operator may have ended the call while it was being answered.
      if (session) this.#receive(session, leg);
      else leg.hangup();
    });
  }

  digit(id: CallId, digit: string): void {
    this.#world.inbox.post(() => {
      if (this.#parts.phones.keyedInSide(id, digit)) return;
      const session = this.#world.sessions.get(id);
      if (!session || this.#parts.supervision.digit(session, digit)) return;
      if (!this.#parts.recorder.digit(session, digit))
        this.#parts.reception.tell(id, { type: 'digit', digit });
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

  callerGone(id: CallId, why: CallerEnd): void {
    this.#world.inbox.post(() => {
      if (this.#parts.phones.gone(id, why === 'lost' || why === 'media')) return;
      const session = this.#world.sessions.get(id);
      if (session) this.#parts.endings.callerGone(session, why);
    });
  }

  held(leg: Leg, on: boolean): void {
    this.#world.inbox.post(() => this.#parts.talks.rooms.phoneHolds(leg, on));
  }

  /** Answered at once: a phone waits for it. */
  referred(leg: Leg, referral: Referral): number {
    let status = 500;
    this.#world.inbox.post(() => {
      status = this.#parts.phones.referred(leg, referral);
    });
    return status;
  }

  keyed(leg: Leg, key: string, offerId?: OfferId): void {
    this.#world.inbox.post(() => {
      if (!offerId || !this.#parts.arrivals.keyed(offerId, key)) this.#parts.phones.keyed(leg, key);
    });
  }

  agentAnswered(offerId: OfferId, leg: AgentLeg): void {
    this.#world.inbox.post(() => this.#parts.arrivals.answered(offerId, leg));
  }

  agentFailed(offerId: OfferId, failure: LegFailure): void {
    this.#world.inbox.post(() => this.#parts.arrivals.failed(offerId, failure));
  }

  agentGone(offerId: OfferId, died = false): void {
    this.#world.inbox.post(() => this.#parts.arrivals.gone(offerId, died));
  }

  #receive(session: CallSession, leg: CallerLeg): void {
    session.leg = leg;
    if (session.stage === 'arriving') session.stage = 'flow';
    this.#world.history.stage(session, 'call.answered', { leg: leg.identity });
    if (!this.#parts.supervision.dialled(session)) this.#parts.reception.receive(session);
    if (session.stage === 'flow') this.#world.live.call(session);
    if (session.stage === 'talking') this.#parts.conversations.callerAnswered(session);
  }

  #with(id: CallId, action: (session: CallSession) => void): void {
    this.#world.inbox.post(() => {
      const session = this.#world.sessions.get(id);
      if (session) action(session);
    });
  }
}

function end(
  { conversations, endings }: Assembly,
  session: CallSession,
  outcome: CallOutcome,
  by: Cdr['endedBy'],
): void {
  conversations.leaveEngine(session, by === 'system' ? CUT_OFF : { byHouse: true });
  endings.hangup(session, outcome, by);
}

function reconcilerOf(
  parts: Assembly,
  { legTruth, meters }: CallCenterOptions,
): Reconciler | undefined {
  if (!legTruth) return undefined;
  const { world, talks, phones, arrivals, endings } = parts;
  const { sessions, engine, inbox, history, clock, log } = world;
  return new Reconciler({
    clock,
    log,
    ...{ isAlive: legTruth.isAlive, callerLegs: legTruth.callerLegs },
    hangupLeg: legTruth.hangupLeg,
    post: (work) => inbox.post(work),
    looked() {
      if (sessions.size > 0) history.alive();
    },
    sessions: () => sessions.values(),
    engineCalls: () => engine.calls(),
    hasSession: (id) => sessions.has(rootOf(id)) || phones.knows(id),
    callerGone: (session) => endings.callerGone(session, 'media'),
    agentGone: (offerId) => arrivals.gone(offerId, true),
    partyGone: (session, leg) => {
      if (!talks.departures.ofLeg(session, leg, true) && 'callId' in leg)
        phones.gone(leg.callId, true);
    },
    alone: (session) => end(parts, session, 'failed', 'system'),
    forgetCall: ({ id: callId, stage }) =>
      void world.command({ type: stage === 'talking' ? 'call.ended' : 'call.abandon', callId }),
    repaired(what, session) {
      meters?.repaired?.(what);
      if (session) history.record(session, 'call.repaired', { what });
    },
  });
}
