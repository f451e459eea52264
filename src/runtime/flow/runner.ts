import {
  type CompiledFlow,
  type FlowConfiguration,
  type FlowState,
  type Moment,
  startFlow,
  stepFlow,
  upcoming,
} from '../../ivr/flow.ts';
import type { FlowEffect, FlowEvent, Prompt } from '../../ivr/vocabulary.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { never } from '../../lib/result.ts';
import type { CallContext } from '../../model/call.ts';
import type { CallSession } from '../call-session.ts';
import type { Messages } from '../messages/messages.ts';
import type { FlowRequests, PromptRenderer } from '../ports/index.ts';
import type { FlowAfter } from './after.ts';
import { FlowListening, type ListeningWorld } from './listening.ts';
import { promptStretches, utteranceOf } from './prompts.ts';
import { type FlowRecording, recordCaller, recordedEvent } from './recording.ts';

/** What a flow needs of the house. */
export interface FlowWorld extends ListeningWorld {
  readonly clock: Clock;
  readonly log: Logger;
  readonly prompts: PromptRenderer;
  readonly requests: FlowRequests;
  /** What of the configuration a flow may ask, as it is now. */
  configuration(): FlowConfiguration;
  readonly needsVoice: NeedsVoice;
  /** Runs an input when its turn comes. */
  post(input: () => void): void;
  /** Finds out who is calling; never rejects. */
  identify(session: CallSession): Promise<CallContext>;
  /** Finds out whether they are who they say; never rejects. */
  verify(session: CallSession, effect: Extract<FlowEffect, { type: 'verify' }>): Promise<FlowEvent>;
  /** Closes or opens a calendar; never rejects. */
  closure(
    session: CallSession,
    effect: Extract<FlowEffect, { type: 'closure' }>,
  ): Promise<FlowEvent>;
  enqueue(session: CallSession, effect: Extract<FlowEffect, { type: 'enqueue' }>): void;
  /** What flows ask for beyond the conversation itself. */
  readonly after: FlowAfter;
  /** Messages that callers leave. */
  readonly messages: Messages;
  hangup(session: CallSession, reason: 'flowEnded' | 'refused'): void;
  /** Where a recording is to be written: an absolute path. */
  recordingFile(recordingId: string): string;
  /** A recording is over; the call may be as well. */
  recorded(session: CallSession, recording: FlowRecording): void;
  /** Between on and off secret digits are typed. */
  secret(session: CallSession, on: boolean): void;
  /** What is known of the call is another than before. */
  learnt(session: CallSession): void;
  note(session: CallSession, event: string, data: Readonly<Record<string, unknown>>): void;
}

/** Whether it can be done only with a caller who hears and is heard. */
export type NeedsVoice = (session: CallSession, effect: FlowEffect) => boolean;

/**
 * Carries out what the flow interpreter asks for, and tells it what came of it. While the caller is being answered it
 * does what needs no voice, up to the first thing that does: from there on all waits for the answer.
 */
export class FlowRunner {
  readonly #session: CallSession;
  readonly #flow: CompiledFlow;
  readonly #world: FlowWorld;
  readonly #listening: FlowListening;
  #state: FlowState | undefined;
  #timer: Timer | undefined;
  /** Counts playbacks, so that the end of one that was stopped is not taken for the end of the next. */
  #playback = 0;
  #recordings = 0;
  #over = false;
  /** Aborted when the call has left its flow: nobody waits for an answer any more. */
  readonly #left = new AbortController();
  /** What waits for the caller's answer. */
  #held: FlowEffect[] = [];

  constructor(session: CallSession, flow: CompiledFlow, world: FlowWorld) {
    this.#session = session;
    this.#flow = flow;
    this.#world = world;
    this.#listening = new FlowListening(session, world, (event) => this.#later(event));
  }

  /** At a node of the flow, or at its beginning. */
  start(node?: string): void {
    this.#apply(startFlow(this.#flow, this.#session.context, this.#moment(), node));
    void this.#expectCaller();
  }

  /** The caller hears, and is heard. */
  answered(): void {
    const held = this.#held;
    this.#held = [];
    for (const effect of held) if (!this.#over) this.#perform(effect);
  }

  event(event: FlowEvent): void {
    if (this.#over || !this.#state) return;
    this.#apply(stepFlow(this.#flow, this.#state, event, this.#moment()));
  }

  /** No effect and no event after this. Idempotent. */
  end(): void {
    if (this.#state?.secretly) this.#secret(false);
    this.#over = true;
    this.#state = undefined;
    this.#timer?.cancel();
    this.#left.abort();
    this.#listening.stop();
  }

  #moment(): Moment {
    return { now: this.#world.clock.now(), world: this.#world.configuration() };
  }

  #apply(step: { readonly state: FlowState; readonly effects: readonly FlowEffect[] }): void {
    const before = this.#session.context;
    this.#state = step.state;
    this.#session.context = step.state.context;
    for (const effect of step.effects) if (!this.#over) this.#inTurn(effect);
    if (step.state.context === before || this.#over) return;
    this.#world.learnt(this.#session);
    this.#prepare(step.state);
  }

  #inTurn(effect: FlowEffect): void {
    const session = this.#session;
    const waits =
      session.leg === undefined &&
      (this.#held.length > 0 || this.#world.needsVoice(session, effect));
    if (waits) this.#held.push(effect);
    else this.#perform(effect);
  }

  /** Who calls is looked up while the call is set up: what they will be called is made before the flow asks who it is. */
  async #expectCaller(): Promise<void> {
    if (!this.#session.contact) return;
    const context = await this.#world.identify(this.#session);
    if (this.#state) this.#prepare({ ...this.#state, context });
  }

  /** Something was learnt: what may soon be said with it is made while the call does other things. */
  #prepare(state: FlowState): void {
    const { language } = state.context;
    const soon = upcoming(this.#flow, state).map((prompt) => utteranceOf(prompt, language));
    if (soon.length > 0) this.#world.prompts.prepare(soon);
  }

  #perform(effect: FlowEffect): void {
    switch (effect.type) {
      case 'play':
        void this.#play(effect.prompts);
        return;
      case 'stop':
        this.#playback += 1;
        this.#session.leg?.stopPlaying();
        this.#listening.promptIsStopped();
        return;
      case 'timer':
        this.#timer?.cancel();
        this.#timer = this.#world.clock.after(effect.delayMs, () =>
          this.#later({ type: 'timeout', id: effect.id }),
        );
        return;
      case 'cancelTimer':
        this.#timer?.cancel();
        return;
      case 'listen':
        this.#listening.start(effect);
        return;
      case 'stopListening':
        this.#listening.stop();
        return;
      case 'identify':
        void this.#identify();
        return;
      case 'verify':
        void this.#world.verify(this.#session, effect).then((event) => this.#later(event));
        return;
      case 'closure':
        void this.#world.closure(this.#session, effect).then((event) => this.#later(event));
        return;
      case 'request':
        void this.#request(effect);
        return;
      case 'enqueue':
        this.#world.enqueue(this.#session, effect);
        return;
      case 'elsewhere':
        this.#session.elsewhere = true;
        this.#session.leg?.stopPlaying();
        return;
      case 'callback':
        this.#world.after.callback(this.#session, effect);
        return;
      case 'transfer':
        this.#world.after.leaveQueue(this.#session);
        this.#world.after.transfer(this.#session, effect);
        return;
      case 'surveyAnswer':
        this.#world.after.survey(this.#session, effect);
        return;
      case 'discardMessage':
        this.#world.messages.discard(this.#session);
        return;
      case 'playMessage':
        void this.#playFiles([this.#world.messages.filesOf(this.#session)]);
        return;
      case 'record':
        this.#world.after.leaveQueue(this.#session);
        this.#session.saying = this.#record(effect);
        return;
      case 'stopRecording':
        this.#session.leg?.stopRecording();
        return;
      case 'secret':
        this.#secret(effect.on);
        return;
      case 'hangup':
        this.#world.after.leaveQueue(this.#session);
        this.#world.hangup(this.#session, effect.reason);
        return;
      case 'note':
        this.#world.note(this.#session, effect.event, effect.data);
        return;
      default:
        never(effect);
    }
  }

  #secret(on: boolean): void {
    this.#session.leg?.secret(on);
    this.#world.secret(this.#session, on);
  }

  #play(wanted: readonly Prompt[]): Promise<void> {
    const { prompts, log } = this.#world;
    return this.#playFiles(promptStretches({ prompts, session: this.#session, log }, wanted));
  }

  async #playFiles(
    stretches: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  ): Promise<void> {
    this.#listening.promptBegins();
    this.#playback += 1;
    const playback = this.#playback;
    for await (const files of stretches) {
      if (this.#over || playback !== this.#playback) return;
      const how = files.length === 0 ? 'played' : await this.#session.leg?.play(files);
      if (how !== 'played' || playback !== this.#playback) return;
    }
    this.#listening.promptIsOver();
    this.#later({ type: 'played' });
  }

  /** The world is told even if the flow is over: a caller who hangs up has left their message. */
  async #record(effect: Extract<FlowEffect, { type: 'record' }>): Promise<void> {
    this.#recordings += 1;
    const recordingId = `${this.#session.id}-${this.#recordings}`;
    const file = this.#world.recordingFile(recordingId);
    const recording = await recordCaller(this.#session, effect, recordingId, file);
    this.#world.post(() => {
      this.#session.saying = undefined;
      this.#world.recorded(this.#session, recording);
      this.event(recordedEvent(recording));
    });
  }

  async #identify(): Promise<void> {
    const context = await this.#world.identify(this.#session);
    this.#later({ type: 'identified', context });
  }

  async #request({ id, order }: Extract<FlowEffect, { type: 'request' }>): Promise<void> {
    const answer = await this.#world.requests.send(order, this.#left.signal);
    this.#later({ type: 'requested', id, answer });
  }

  #later(event: FlowEvent): void {
    this.#world.post(() => this.event(event));
  }
}
