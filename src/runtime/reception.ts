import { identify } from '../callers/callers.ts';
import type { CompiledFlow, FlowConfiguration } from '../ivr/flow.ts';
import type { FlowEffect, FlowEvent } from '../ivr/vocabulary.ts';
import { optional } from '../lib/optional.ts';
import type { CallContext } from '../model/call.ts';
import type { CallId, FlowId } from '../model/ids.ts';
import { type CallSession, isWaiting } from './call-session.ts';
import { FeatureCalls } from './desk/feature-calls.ts';
import { type Directory, numberOf } from './directory.ts';
import { isAgentCode } from './feature-codes.ts';
import { FlowAfter } from './flow/after.ts';
import { FlowClosures } from './flow/closure.ts';
import type { FlowRecording } from './flow/recording.ts';
import { FlowRunner } from './flow/runner.ts';
import { verifyCaller } from './flow/verify.ts';
import { Messages } from './messages/messages.ts';
import type { Callbacks } from './outbound/callbacks.ts';
import type { Talks } from './talk/talks.ts';
import type { World } from './world.ts';

/** What the world can be asked for somebody who hears nothing yet. */
const VOICELESS: ReadonlySet<FlowEffect['type']> = new Set([
  'identify',
  'request',
  'timer',
  'cancelTimer',
  'note',
]);

/** Receives what has been answered: a caller meets the number's flow, a phone of ours the feature it dialled. */
export class Reception {
  readonly #world: World;
  readonly #flows = new Map<CallId, FlowRunner>();
  readonly #closures: FlowClosures;
  readonly #after: FlowAfter;
  readonly #messages: Messages;
  readonly #features: FeatureCalls;

  constructor(world: World, callbacks: Callbacks, talks: Talks) {
    this.#world = world;
    this.#features = new FeatureCalls(world);
    this.#closures = new FlowClosures(world);
    this.#after = new FlowAfter(world, callbacks, talks, (id, event) => this.tell(id, event));
    this.#messages = new Messages(world);
  }

  /** The call is over: what the caller has said is kept. */
  finished(session: CallSession): void {
    this.#messages.keep(session);
    this.#features.finished(session);
  }

  /** A caller from outside is being answered. */
  expect(session: CallSession): void {
    const { directory } = this.#world;
    const isOurs = session.inbound.fromExtension !== undefined;
    const flow = directory && !isOurs && this.#flowOf(session, directory);
    if (flow) this.#run(session, flow);
  }

  /** Somebody has been answered. */
  receive(session: CallSession): void {
    const { dnis } = session.inbound;
    const isOurs = session.inbound.fromExtension !== undefined;
    if (isOurs && isAgentCode(dnis)) return this.#features.obey(session);
    const expected = this.#flows.get(session.id);
    if (!expected) return this.#startFlow(session);
    if (isWaiting(session)) this.#world.backInQueue(session);
    expected.answered();
  }

  tell(id: CallId, event: FlowEvent): void {
    if (event.type === 'digit' && this.#features.digit(id, event.digit)) return;
    this.#flows.get(id)?.event(event);
  }

  /** The call goes on in that flow, at that node or from its beginning; what it was in is over. */
  goInto(session: CallSession, flowId: FlowId, node?: string): void {
    const flow = this.#world.directory?.flows.get(flowId);
    this.dismiss(session.id);
    if (flow) this.#run(session, flow, node);
    else this.#world.hangup(session, 'failed');
  }

  dismiss(id: CallId): void {
    this.#flows.get(id)?.end();
    this.#flows.delete(id);
  }

  #startFlow(session: CallSession): void {
    const { directory } = this.#world;
    const flow = directory && this.#flowOf(session, directory);
    if (!directory || !flow) {
      this.#world.hangup(session, 'failed');
      return;
    }
    this.#run(session, flow);
  }

  #run(session: CallSession, flow: CompiledFlow, node?: string): void {
    const { clock, log, prompts, recogniser, recordings, inbox, history } = this.#world;
    const runner = new FlowRunner(session, flow, {
      clock,
      log,
      prompts,
      requests: this.#world.requests,
      recogniser,
      configuration: () => this.#configuration(),
      post: (input) => inbox.post(input),
      needsVoice: (caller, effect) => this.#needsVoice(caller, effect),
      identify: (caller) => this.#identify(caller),
      verify: (caller, effect) => verifyCaller(this.#world.verifier, caller, effect),
      closure: (caller, effect) => this.#closures.answer(caller, effect),
      enqueue: (caller, effect) => this.#enqueue(caller, effect),
      after: this.#after,
      messages: this.#messages,
      hangup: (caller, reason) => this.#world.hangup(caller, reason),
      recordingFile: (recordingId) => recordings.fileOf(recordingId),
      recorded: (caller, recording) => this.#recorded(caller, recording),
      secret: (caller, on) => this.#world.recorder.secret(caller, on),
      learnt: (caller) => this.#world.live.call(caller),
      note: (caller, event, data) => history.record(caller, event, this.#kept(data)),
    });
    this.#flows.set(session.id, runner);
    runner.start(node);
  }

  #needsVoice(session: CallSession, effect: FlowEffect): boolean {
    if (effect.type === 'enqueue')
      return this.#world.recorder.hasNoticeFor(session, effect.queueId);
    return !VOICELESS.has(effect.type);
  }

  #configuration(): FlowConfiguration {
    return this.#world.directory?.world ?? { calendars: new Map(), zone: this.#world.zone };
  }

  /** Of what one of our own phones dialled, or of the number that was called. */
  #flowOf({ inbound }: CallSession, directory: Directory): CompiledFlow | undefined {
    const { dnis, fromExtension } = inbound;
    const number = numberOf(directory, dnis);
    if (number) return directory.flows.get(number.flowId);
    return fromExtension === undefined ? undefined : this.#world.featureFlows.get(dnis);
  }

  #recorded(session: CallSession, recording: FlowRecording): void {
    const { recordingId, durationMs, why, about } = recording;
    this.#world.history.record(session, 'call.recorded', {
      recordingId,
      durationMs,
      why,
      ...about,
    });
    this.#messages.recorded(session, recording);
    if (why !== 'failed') return;
    this.#world.log.error({ callId: session.id, durationMs }, 'A recording could not be written');
  }

  /** What callers said is theirs: it is written down only where the operator says so. */
  #kept({ pii, ...data }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return pii !== undefined && this.#world.keepsTranscripts ? { ...data, pii } : data;
  }

  async #identify(session: CallSession): Promise<CallContext> {
    const [caller, recentCalls] = await Promise.all([session.contact, session.recentCalls]);
    return identify(session.context, caller, recentCalls);
  }

  #enqueue(session: CallSession, effect: Extract<FlowEffect, { type: 'enqueue' }>): void {
    const { id: callId } = session;
    const { queueId, priority, requiredSkills } = effect;
    session.demand = { priority, requiredSkills };
    session.alsoSaid = effect.alsoSaid ?? [];
    session.goesOnAfterwards = effect.goesOnAfterwards ?? false;
    session.elsewhere = false;
    if (isWaiting(session) && this.#world.engine.call(callId)?.queueId === queueId) {
      this.#world.backInQueue(session);
      return;
    }
    this.#after.leaveQueue(session);
    this.#world.recorder.beforeQueue(session, queueId, () => this.#join(session, effect));
  }

  #join(session: CallSession, effect: Extract<FlowEffect, { type: 'enqueue' }>): void {
    const { queueId, priority, requiredSkills } = effect;
    const callId = session.id;
    const reply = this.#world.command({
      type: 'call.enqueue',
      callId,
      queueId,
      priority,
      requiredSkills,
      ...optional('callerKey', session.context.ani),
      ...optional('preferredAgentId', session.context.lastAgentId),
    });
    if (reply.ok) return;
    this.#world.history.record(session, 'call.notQueued', { queueId, code: reply.code });
    const why = reply.code === 'QUEUE_FULL' ? 'full' : 'unknownQueue';
    if (why === 'full') session.leftAs = 'queueFull';
    this.#world.inbox.post(() => this.tell(callId, { type: 'queueLeft', why }));
  }
}
