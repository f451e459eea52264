import type { Change } from '../acd/changes.ts';
import type { Command, OfferFailure, Reply } from '../acd/commands.ts';
import type { Engine } from '../acd/engine.ts';
import { describeCaller, identify, normalise } from '../callers/callers.ts';
import type { FlowEffect } from '../ivr/vocabulary.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { never } from '../lib/result.ts';
import type { CallContext, CallOutcome, Cdr } from '../model/call.ts';
import type { CallId, OfferId } from '../model/ids.ts';
import { CallSession, optional } from './call-session.ts';
import { compileDirectory, type Directory, numberOf } from './directory.ts';
import { FEATURE_CODES, type FeatureCode } from './feature-codes.ts';
import { FlowRunner } from './flow-runner.ts';
import { Inbox } from './inbox.ts';
import { Live } from './live.ts';
import type {
  AgentLeg,
  CallerLeg,
  ConfigurationSource,
  ContactLookup,
  Control,
  InboundCall,
  LegFailure,
  LiveChange,
  Phrases,
  PromptRenderer,
  RecordSink,
  Snapshot,
  Telephony,
  TelephonyListener,
} from './ports.ts';
import { Ticker } from './ticker.ts';
import { WaitingMusic } from './waiting-music.ts';

/** Calls beyond this get 503: what is already here must stay good. */
const CALLS_MAX = 5_000;

/** Where commands are written down before they take effect. */
export interface CommandLog {
  append(at: number, command: Command): void;
}

export interface CallCenterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly engine: Engine;
  readonly journal: CommandLog;
  readonly telephony: Telephony;
  readonly records: RecordSink;
  readonly contacts: ContactLookup;
  readonly prompts: PromptRenderer;
  readonly phrases: Phrases;
  readonly configuration: ConfigurationSource;
  /** A rule of our own was broken: crash in tests, count and go on in production. */
  onBroken(error: unknown): void;
}

/**
 * The shell around the engine: what the world does becomes commands, what comes of them becomes deeds. All
 * decisions about queues and agents are the engine's, all decisions about the conversation the flow's; here
 * they are only carried out, one input at a time.
 */
export class CallCenter implements TelephonyListener, Control {
  readonly #options: CallCenterOptions;
  readonly #sessions = new Map<CallId, CallSession>();
  readonly #flows = new Map<CallId, FlowRunner>();
  readonly #features = new Map<CallId, FeatureCode>();
  readonly #offers = new Map<OfferId, CallSession>();
  readonly #inbox: Inbox;
  readonly #ticker: Ticker;
  readonly #live: Live;
  readonly #music: WaitingMusic;
  #directory: Directory | undefined;

  constructor(options: CallCenterOptions) {
    this.#options = options;
    this.#inbox = new Inbox(options.onBroken);
    this.#ticker = new Ticker(options.clock, () =>
      this.#inbox.post(() => void this.#command({ type: 'tick' })),
    );
    this.#live = new Live(options.engine, this.#sessions, options.clock);
    this.#music = new WaitingMusic(options.prompts, options.phrases, options.log);
  }

  get callCount(): number {
    return this.#sessions.size;
  }

  stop(): void {
    this.#ticker.stop();
  }

  // ---- Control: what operators do -------------------------------------------------------------------

  submit(command: Command): Reply {
    let reply: Reply | undefined;
    this.#inbox.post(() => {
      reply = this.#command(command);
    });
    // Operators' inputs come from outside of any other, so this one has been worked on by now.
    return reply ?? { ok: false, code: 'CALL_STATE', detail: 'Nested submit' };
  }

  snapshot(): Snapshot {
    return this.#live.snapshot();
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    return this.#live.subscribe(listener);
  }

  async reload(): Promise<readonly string[]> {
    const configuration = await this.#options.configuration.load();
    const compiled = compileDirectory(configuration);
    if ('problems' in compiled) return compiled.problems;
    const { queues, agents } = configuration;
    const before = this.snapshot();
    const reply = this.submit({ type: 'configure', queues, agents });
    if (!reply.ok) return [reply.detail];
    this.#directory = compiled.directory;
    this.#live.all(before);
    return [];
  }

  hangup(id: CallId): boolean {
    const session = this.#sessions.get(id);
    if (!session) return false;
    this.#inbox.post(() => this.#hangupBySystem(session));
    return true;
  }

  // ---- TelephonyListener: what callers and phones do ---------------------------------------------------

  arrived(call: InboundCall): { accept: true } | { accept: false; status: number } {
    if (this.#sessions.size >= CALLS_MAX) return { accept: false, status: 503 };
    const feature = FEATURE_CODES.get(call.dnis);
    const number = this.#directory && numberOf(this.#directory, call.dnis);
    if (feature ? !call.fromExtension : !number) return { accept: false, status: 404 };
    const context: CallContext = {
      ...optional('ani', call.ani && normalise(call.ani, number?.country ?? 'ES').ani),
      dnis: call.dnis,
      status: 'unknown',
      language: number?.language ?? 'es-ES',
      variables: {},
    };
    const session = new CallSession(call, context, this.#options.clock.now());
    this.#sessions.set(session.id, session);
    if (feature) this.#features.set(session.id, feature);
    this.#record(session, 'call.arrived', { dnis: call.dnis, ...optional('ani', context.ani) });
    return { accept: true };
  }

  answered(leg: CallerLeg): void {
    this.#with(leg.callId, (session) => {
      session.leg = leg;
      session.stage = 'flow';
      this.#record(session, 'call.answered', { leg: leg.identity });
      const feature = this.#features.get(session.id);
      if (feature) this.#obeyPhone(session, feature);
      else this.#startFlow(session);
      this.#live.call(session);
    });
  }

  digit(id: CallId, digit: string): void {
    this.#inbox.post(() => this.#flows.get(id)?.event({ type: 'digit', digit }));
  }

  callerGone(id: CallId, why: 'hungup' | 'media' | 'cancelled'): void {
    this.#with(id, (session) => {
      this.#leaveEngine(session);
      if (why === 'media') this.#finish(session, 'failed', 'system');
      else this.#finish(session, session.leftAs ?? 'leftInFlow', 'caller');
    });
  }

  agentAnswered(id: OfferId, leg: AgentLeg): void {
    this.#inbox.post(() => {
      const session = this.#offers.get(id);
      const reply = this.#command({ type: 'offer.answered', offerId: id });
      if (!session?.leg || !reply.ok) {
        leg.hangup();
        return;
      }
      if (session.offer) session.offer.leg = leg;
      this.#bridge(session, session.leg, leg);
    });
  }

  agentFailed(id: OfferId, cause: LegFailure): void {
    this.#inbox.post(() => {
      this.#command({ type: 'offer.failed', offerId: id, cause: offerFailure(cause) });
    });
  }

  agentGone(id: OfferId): void {
    this.#inbox.post(() => {
      const session = this.#offers.get(id);
      if (session) this.#endTalk(session, 'agent');
    });
  }

  // ---- Commands and their changes ---------------------------------------------------------------------

  /** The journal first, then the engine, then the deeds. */
  #command(command: Command): Reply {
    const { clock, engine, journal } = this.#options;
    const now = clock.now();
    journal.append(now, command);
    const { reply, changes } = engine.apply(now, command);
    for (const change of changes) this.#carryOut(change);
    this.#live.changes(changes);
    this.#ticker.aim(engine.nextDeadline());
    return reply;
  }

  #carryOut(change: Change): void {
    switch (change.type) {
      case 'agent.changed':
        this.#options.log.info(
          { agentId: change.agentId, from: change.from.kind, to: change.to.kind },
          'Agent changed state',
        );
        return;
      case 'call.queued':
        this.#queued(change);
        return;
      case 'offer.made':
        this.#ring(change);
        return;
      case 'offer.withdrawn':
        this.#stopRinging(change);
        return;
      case 'offer.failed':
        this.#offerFailed(change);
        return;
      case 'call.connected':
        this.#connected(change);
        return;
      case 'call.left':
        this.#left(change);
        return;
      case 'call.ended':
        this.#ended(change);
        return;
      case 'announcement.due':
        this.#announce(change);
        return;
      default:
        never(change);
    }
  }

  #queued(change: Extract<Change, { type: 'call.queued' }>): void {
    const session = this.#sessions.get(change.callId);
    if (!session) return;
    session.queued(change.queueId, this.#options.clock.now());
    this.#record(session, 'call.queued', {
      queueId: change.queueId,
      position: change.position,
    });
    this.#music.start(session, this.#musicOf(session));
    this.#live.call(session);
  }

  #ring(change: Extract<Change, { type: 'offer.made' }>): void {
    const { offerId, callId, agentId, queueId } = change;
    const session = this.#sessions.get(callId);
    const agent = this.#directory?.agents.get(agentId);
    if (!session || !agent) {
      this.agentFailed(offerId, 'unreachable');
      return;
    }
    session.stage = 'offered';
    session.offer = { offerId, agentId };
    this.#offers.set(offerId, session);
    this.#record(session, 'offer.made', { offerId, agentId, expiresAt: change.expiresAt });
    this.#live.call(session);
    const queueName = this.#directory?.queues.get(queueId)?.name ?? queueId;
    const waitMs = this.#options.clock.now() - (session.queuedAt ?? session.arrivedAt);
    const { displayName, headers } = describeCaller(session.context, queueName, waitMs);
    this.#options.telephony.ring({
      offerId,
      callId,
      agentId,
      extension: agent.extension,
      displayName,
      callerNumber: session.context.ani ?? 'anonymous',
      headers: { ...headers, 'X-Centralita-Call': callId },
    });
  }

  #stopRinging(change: Extract<Change, { type: 'offer.withdrawn' }>): void {
    this.#options.telephony.cancelRing(change.offerId);
    this.#backInQueue(change.offerId, 'offer.withdrawn', {
      agentId: change.agentId,
      why: change.why,
    });
  }

  #offerFailed(change: Extract<Change, { type: 'offer.failed' }>): void {
    // The phone may still be ringing: the engine, too, can declare an offer failed.
    this.#options.telephony.cancelRing(change.offerId);
    this.#backInQueue(change.offerId, 'offer.failed', {
      agentId: change.agentId,
      cause: change.cause,
    });
  }

  #backInQueue(id: OfferId, event: string, data: Readonly<Record<string, unknown>>): void {
    const session = this.#offers.get(id);
    this.#offers.delete(id);
    if (!session || session.stage === 'ended') return;
    session.stage = 'queued';
    session.offer = undefined;
    this.#record(session, event, { offerId: id, ...data });
    this.#live.call(session);
  }

  #connected(change: Extract<Change, { type: 'call.connected' }>): void {
    const session = this.#sessions.get(change.callId);
    if (!session) return;
    session.waited(change.waitMs);
    session.connected(change.agentId, this.#options.clock.now());
    this.#record(session, 'call.connected', {
      agentId: change.agentId,
      offerId: change.offerId,
      waitMs: change.waitMs,
    });
    this.#live.call(session);
  }

  #left(change: Extract<Change, { type: 'call.left' }>): void {
    const session = this.#sessions.get(change.callId);
    if (!session) return;
    session.waited(change.waitMs);
    session.leg?.stopPlaying();
    this.#record(session, 'call.left', {
      queueId: change.queueId,
      outcome: change.outcome,
      waitMs: change.waitMs,
    });
    session.leftAs = change.outcome;
    session.stage = 'flow';
    if (change.outcome !== 'queueTimeout') return;
    this.#live.call(session);
    this.#inbox.post(() =>
      this.#flows.get(session.id)?.event({ type: 'queueLeft', why: 'timeout' }),
    );
  }

  #ended(change: Extract<Change, { type: 'call.ended' }>): void {
    this.#sessions.get(change.callId)?.talked(change.talkMs);
  }

  #announce(change: Extract<Change, { type: 'announcement.due' }>): void {
    const session = this.#sessions.get(change.callId);
    if (!session) return;
    session.position = change.position;
    this.#record(session, 'announcement', { position: change.position, waitMs: change.waitMs });
    void this.#music.announce(session, change.position, this.#musicOf(session));
  }

  // ---- Conversations --------------------------------------------------------------------------------

  #startFlow(session: CallSession): void {
    const number = this.#directory && numberOf(this.#directory, session.inbound.dnis);
    const flow = number && this.#directory?.flows.get(number.flowId);
    if (!flow) {
      this.#hangupCaller(session, 'failed');
      return;
    }
    const runner = new FlowRunner(session, flow, {
      clock: this.#options.clock,
      log: this.#options.log,
      prompts: this.#options.prompts,
      post: (input) => this.#inbox.post(input),
      identify: (caller) => this.#identify(caller),
      enqueue: (caller, effect) => this.#enqueue(caller, effect),
      hangup: (caller, reason) => this.#hangupCaller(caller, reason),
      note: (caller, event, data) => this.#record(caller, event, data),
    });
    this.#flows.set(session.id, runner);
    runner.start();
  }

  async #identify(session: CallSession): Promise<CallContext> {
    const { ani } = session.context;
    const contact = ani ? await this.#options.contacts.byNumber(ani) : undefined;
    return identify(session.context, contact);
  }

  #enqueue(session: CallSession, effect: Extract<FlowEffect, { type: 'enqueue' }>): void {
    const { queueId, priority, requiredSkills } = effect;
    const reply = this.#command({
      type: 'call.enqueue',
      callId: session.id,
      queueId,
      priority,
      requiredSkills,
    });
    if (reply.ok) return;
    this.#record(session, 'call.notQueued', { queueId, code: reply.code });
    const why = reply.code === 'QUEUE_FULL' ? 'full' : 'unknownQueue';
    this.#inbox.post(() => this.#flows.get(session.id)?.event({ type: 'queueLeft', why }));
  }

  #bridge(session: CallSession, caller: CallerLeg, agent: AgentLeg): void {
    this.#record(session, 'agent.answered', { agentId: agent.agentId, leg: agent.identity });
    void this.#options.telephony.bridge(caller, agent).then((bridged) => {
      if (!bridged) this.#with(session.id, (call) => this.#endTalk(call, 'system'));
    });
  }

  /** The conversation is over, and not because the caller hung up. */
  #endTalk(session: CallSession, endedBy: 'agent' | 'system'): void {
    this.#command({ type: 'call.ended', callId: session.id });
    session.leg?.hangup();
    this.#finish(session, endedBy === 'agent' ? 'answered' : 'failed', endedBy);
  }

  /** An agent's phone dialled a feature code: the engine decides, the phone hears what came of it. */
  #obeyPhone(session: CallSession, feature: FeatureCode): void {
    const { fromExtension } = session.inbound;
    const agent = this.#directory?.agentByExtension.get(fromExtension ?? '');
    const reply = agent && this.#command(feature.command(agent.id));
    const phrase = reply?.ok ? feature.confirmation : 'refused';
    this.#record(session, 'feature', { code: session.inbound.dnis, phrase });
    void this.#say(session, this.#options.phrases.feature(phrase, session.context.language)).then(
      () => this.#with(session.id, (call) => this.#hangupCaller(call, 'flowEnded')),
    );
  }

  async #say(session: CallSession, text: string): Promise<void> {
    try {
      const file = await this.#options.prompts.render(text, session.context.language);
      await session.leg?.play([file]);
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'A confirmation could not be spoken');
    }
  }

  #hangupBySystem(session: CallSession): void {
    this.#leaveEngine(session);
    this.#hangupCaller(session, 'failed');
  }

  /** The engine hears that the caller is gone, if it knows of the call at all. */
  #leaveEngine(session: CallSession): void {
    const { id: callId, stage } = session;
    if (stage === 'talking') this.#command({ type: 'call.ended', callId });
    if (stage === 'queued' || stage === 'offered') this.#command({ type: 'call.abandon', callId });
  }

  #hangupCaller(session: CallSession, outcome: CallOutcome): void {
    session.leg?.hangup();
    this.#finish(session, outcome, 'system');
  }

  /** The one end of every call. The first reason given is the one that counts, but a conversation is a success. */
  #finish(session: CallSession, outcome: CallOutcome, endedBy: Cdr['endedBy']): void {
    if (session.stage === 'ended') return;
    session.stage = 'ended';
    this.#flows.get(session.id)?.end();
    this.#flows.delete(session.id);
    this.#features.delete(session.id);
    this.#sessions.delete(session.id);
    this.#releaseOffer(session);
    const result = session.connectedAt === undefined ? outcome : 'answered';
    const now = this.#options.clock.now();
    this.#record(session, 'call.finished', { outcome: result, endedBy });
    this.#options.records.cdr(session.cdr(now, result, endedBy));
    this.#live.call(session);
  }

  #releaseOffer(session: CallSession): void {
    if (!session.offer) return;
    this.#offers.delete(session.offer.offerId);
    this.#options.telephony.cancelRing(session.offer.offerId);
  }

  #musicOf(session: CallSession): string {
    const queue = session.queueId && this.#directory?.queues.get(session.queueId);
    return queue ? queue.music : 'default';
  }

  #record(session: CallSession, type: string, data: Readonly<Record<string, unknown>>): void {
    const event = session.event(this.#options.clock.now(), type, data);
    this.#options.records.event(event);
    this.#options.log.info({ callId: session.id, event: type }, 'Call event');
  }

  #with(id: CallId, action: (session: CallSession) => void): void {
    this.#inbox.post(() => {
      const session = this.#sessions.get(id);
      if (session) action(session);
    });
  }
}

/** A leg that failed in our own media server says nothing about the agent, but cannot be rung at once again. */
function offerFailure(cause: LegFailure): OfferFailure {
  return cause === 'media' || cause === 'cancelled' ? 'unreachable' : cause;
}
