import type { EpochMs } from '../lib/clock.ts';
import { Hidden } from '../lib/hidden.ts';
import type { CallContext } from '../model/call.ts';
import type { Language } from '../model/contact.ts';
import { type Expression, evaluate, type Value } from './expression.ts';
import type { FlowConfiguration, Moment } from './moment.ts';
import type { PromptEntry, PromptRef } from './prompt-schema.ts';
import { nearestLanguage, resolvePrompt } from './prompts.ts';
import { secretsOf } from './secrets.ts';
import { FLOW_DEPTH_MAX, type Frame, innermost } from './stack.ts';
import { type FlowState, KEYS_MAX, PLAY_MS_MAX } from './state.ts';
import type { FlowEffect, ListenWish, Prompt } from './vocabulary.ts';

/** What a turn needs of its flow. */
interface Around {
  readonly id?: string;
  readonly start: string;
  readonly languages: readonly Language[];
  readonly prompts: Readonly<Record<string, PromptEntry>>;
  readonly expressions: ReadonlyMap<string, Expression>;
  readonly subflows: ReadonlyMap<string, Around>;
}

/**
 * One event's work in progress: what the nodes may do, and the effects that it comes to. It lives as long as one
 * call of the step function, which stays pure to whoever looks from outside.
 */
export class Turn {
  readonly effects: FlowEffect[] = [];
  readonly #began: Around;
  readonly #moment: Moment;
  #flow: Around;
  /** The turn's own copy, which changes until the turn is over; whoever gets it then has a value. */
  readonly #state: FlowState;

  /** `began` is the flow that the call began in; it may be in one further down. */
  constructor(began: Around, moment: Moment, state: FlowState) {
    this.#began = began;
    this.#flow = innermost(began, state.stack) ?? began;
    this.#moment = moment;
    this.#state = { ...state };
  }

  get state(): FlowState {
    return this.#state;
  }

  get context(): CallContext {
    return this.#state.context;
  }

  /** The time of the event. */
  get now(): EpochMs {
    return this.#moment.now;
  }

  get world(): FlowConfiguration {
    return this.#moment.world;
  }

  get hasKeys(): boolean {
    return this.#state.keys !== '';
  }

  set(change: Partial<FlowState>): void {
    Object.assign(this.#state, change);
  }

  /** Into a flow of the present one. Its first node is the result. */
  goInto({ into, next }: Frame): string {
    this.#follow([...this.#state.stack, { into, next }]);
    this.setContext(this.context);
    return this.#flow.start;
  }

  /** Back to the flow before. The node where it goes on is the result; undefined: there is no flow before. */
  goBack(): string | undefined {
    const frame = this.#state.stack.at(-1);
    if (frame) this.#follow(this.#state.stack.slice(0, -1));
    return frame?.next;
  }

  /** The call waits by the node that it is in, until `waitsNoMore`. */
  waitsHere(): void {
    const { node, stack } = this.#state;
    this.set({ waitsBy: { node, stack } });
  }

  waitsNoMore(): void {
    this.set({ waitsBy: null });
  }

  /** To a node where it was before, without entering it. */
  goBackTo({ node, stack }: { readonly node: string; readonly stack: readonly Frame[] }): void {
    this.#follow(stack);
    this.set({ node });
  }

  /** What is meant by references, in the call's language. */
  spoken(refs: readonly PromptRef[]): readonly Prompt[] {
    return refs
      .map((ref) => resolvePrompt(this.#flow, ref, this.context))
      .filter((prompt): prompt is Prompt => prompt !== undefined);
  }

  /** Answered by `played`: the caller hears their own message. */
  playMessage(): void {
    this.quiet();
    this.effects.push({ type: 'playMessage' });
    this.set({ playing: true });
    this.startTimer(PLAY_MS_MAX);
  }

  #follow(stack: readonly Frame[]): void {
    const flow = innermost(this.#began, stack);
    if (!flow || stack.length >= FLOW_DEPTH_MAX)
      throw new Error('A flow was called that was not compiled with its caller.');
    this.#flow = flow;
    this.set({ stack });
  }

  /** The call's language is always one that the flow can speak. */
  setContext(context: CallContext): void {
    const language = nearestLanguage(this.#flow.languages, context.language);
    this.set({ context: language === context.language ? context : { ...context, language } });
  }

  /** What an expression of the node comes to now. Undefined: it cannot be told, and the history says why. */
  evaluate(text: string): Value | undefined {
    const expression = this.#flow.expressions.get(text);
    if (!expression)
      throw new Error('A node evaluates what it has not declared as its expression.');
    const value = evaluate(expression, this);
    if (value.ok) return value.value;
    this.note('flow.expressionFailed', { node: this.#state.node, why: value.error });
    return undefined;
  }

  /** Answered by `played`, sooner or later. */
  play(refs: readonly PromptRef[]): void {
    this.quiet();
    this.effects.push({ type: 'play', prompts: this.spoken(refs) });
    this.set({ playing: true });
    this.startTimer(PLAY_MS_MAX);
  }

  /** Ends what is being said and waited for. */
  quiet(): void {
    if (this.#state.playing) this.effects.push({ type: 'stop' });
    if (this.#state.timing) this.effects.push({ type: 'cancelTimer' });
    if (this.#state.playing || this.#state.timing) this.set({ playing: false, timing: false });
  }

  /** Answered by `heard` or `notHeard`, sooner or later. What was listened to before is not. */
  listen(wish: ListenWish): void {
    this.stopListening();
    this.effects.push({ type: 'listen', ...wish });
    this.set({ listening: true });
  }

  stopListening(): void {
    if (!this.#state.listening) return;
    this.effects.push({ type: 'stopListening' });
    this.set({ listening: false });
  }

  /** What is typed from now on is nobody else's, until the node is left, however it is. */
  typeInSecret(): void {
    if (this.#state.secretly) return;
    this.effects.push({ type: 'secret', on: true });
    this.set({ secretly: true });
  }

  typeOpenly(): void {
    if (!this.#state.secretly) return;
    this.effects.push({ type: 'secret', on: false });
    this.set({ secretly: false });
  }

  startTimer(delayMs: number): void {
    const timerId = this.#state.timerId + 1;
    this.effects.push({ type: 'timer', id: timerId, delayMs });
    this.set({ timerId, timing: true });
  }

  /** For the call's history. */
  note(event: string, data: Readonly<Record<string, unknown>>): void {
    this.effects.push({ type: 'note', event, data });
  }

  effect(effect: FlowEffect): void {
    this.effects.push(effect);
  }

  /** Keeps what the caller typed in confidence, for as long as the flow lasts. */
  keepSecret(name: string, digits: string): void {
    this.set({ secrets: new Hidden({ ...secretsOf(this.#state.secrets), [name]: digits }) });
  }

  /** What was typed in confidence under that name. It goes nowhere but where it is verified, or to a system that the flow asks. */
  secret(name: string): string | undefined {
    const secrets = secretsOf(this.#state.secrets);
    return Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  }

  /** Keeps a key for whoever asks next. */
  keep(digit: string): void {
    if (this.#state.keys.length < KEYS_MAX) this.set({ keys: this.#state.keys + digit });
  }

  /** The first key that was kept. */
  takeKey(): string | undefined {
    const [key] = this.#state.keys;
    if (key !== undefined) this.set({ keys: this.#state.keys.slice(1) });
    return key;
  }

  forgetKeys(): void {
    if (this.hasKeys) this.set({ keys: '' });
  }
}
