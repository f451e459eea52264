import { identify, readNumber } from '../../src/callers/callers.ts';
import {
  type CompiledFlow,
  type FlowState,
  type FlowStep,
  type Moment,
  startFlow,
  stepFlow,
} from '../../src/ivr/flow.ts';
import type { FlowEffect, FlowEvent } from '../../src/ivr/vocabulary.ts';
import type { CallContext } from '../../src/model/call.ts';
import type { NumberConfig } from '../../src/model/number.ts';
import type { Company } from './company.ts';
import { wordsOf } from './wording.ts';

/** Events that follow of themselves; a flow that goes on and on without its caller is stopped here. */
const EVENTS_MAX = 1_000;

export interface WalkOptions {
  readonly company: Company;
  readonly flow: CompiledFlow;
  /** The number that is called; the walk takes its language, country and calendar. */
  readonly number: Pick<NumberConfig, 'dnis' | 'language' | 'country' | 'calendarId'>;
  readonly now: number;
  /** Of the site. */
  readonly zone: string;
  print(line: string): void;
}

/**
 * A call's way through a flow at the terminal, on a clock of its own. Prompts are heard to their end unless a key
 * is pressed meanwhile (`during`); what would take time waits until somebody says that it has passed.
 */
export class Walk {
  readonly #options: WalkOptions;
  readonly #world: Moment['world'];
  #now: number;
  #state: FlowState | undefined;
  #delayMs = 0;
  /** What the flow has asked of the house, and nobody has answered: by the effect's type. */
  readonly #asked = new Map<FlowEffect['type'], FlowEffect>();
  #during = '';
  #taken = false;

  constructor(options: WalkOptions) {
    const { zone, company } = options;
    const calendars = new Map(company.calendars.map((calendar) => [calendar.id, calendar]));
    this.#options = options;
    this.#now = options.now;
    this.#world = { calendars, zone };
  }

  get over(): boolean {
    return this.#taken || (this.#state?.over ?? false);
  }

  get context(): CallContext | undefined {
    return this.#state?.context;
  }

  /** What the flow waits for from outside. */
  asked<T extends FlowEffect['type']>(type: T): Extract<FlowEffect, { type: T }> | undefined {
    return this.#asked.get(type) as Extract<FlowEffect, { type: T }> | undefined;
  }

  /** A new call, from that number; without one the caller withholds it. */
  call(from: string | undefined): void {
    const { number, print } = this.#options;
    const ani = from === undefined ? undefined : numberFrom(from, number.country);
    this.#asked.clear();
    this.#taken = false;
    print(`☎ ${ani ?? 'somebody'} calls ${number.dnis}`);
    const context: CallContext = {
      ...(ani === undefined ? {} : { ani }),
      dnis: number.dnis,
      ...(number.calendarId === undefined ? {} : { calendarId: number.calendarId }),
      status: 'unknown',
      language: number.language,
      variables: {},
    };
    this.#take(startFlow(this.#options.flow, context, this.#moment()));
  }

  setTime(now: number): void {
    this.#now = now;
  }

  /** Keys to be pressed while the next prompt is being heard. */
  during(keys: string): void {
    this.#during = keys;
  }

  /** Keys one after the other, faster than anything can be said in between. */
  keys(keys: string): void {
    const typed = [...keys];
    for (const [at, key] of typed.entries())
      this.#step({ type: 'digit', digit: key }, at + 1 < typed.length);
  }

  /** Time passes until something happens by itself. False: nothing would. */
  wait(): boolean {
    if (!this.#state?.timing) return false;
    this.#now += this.#delayMs;
    this.#options.print(`  (${this.#delayMs / 1_000} s)`);
    this.#step({ type: 'timeout', id: this.#state.timerId });
    return true;
  }

  /** What happens outside: what a queue, a recogniser, another system has answered. */
  event(event: FlowEvent, answers?: FlowEffect['type']): void {
    if (answers) this.#asked.delete(answers);
    this.#step(event);
  }

  /** The flow has the call no more. */
  leave(): true {
    this.#taken = true;
    return true;
  }

  print(words: string): void {
    this.#options.print(words);
  }

  #moment(): Moment {
    return { now: this.#now, world: this.#world };
  }

  #step(event: FlowEvent, hurried = false): void {
    if (this.over || !this.#state) return;
    this.#take(stepFlow(this.#options.flow, this.#state, event, this.#moment()), hurried);
  }

  /** Prints what a step has led to, and what follows of it by itself. */
  #take(first: FlowStep, hurried = false): void {
    let step: FlowStep | undefined = first;
    for (let events = 0; step && events < EVENTS_MAX; events++) {
      this.#state = step.state;
      for (const effect of step.effects) this.#note(effect);
      const event: FlowEvent | undefined = this.#following(hurried);
      step = event && stepFlow(this.#options.flow, step.state, event, this.#moment());
    }
  }

  #note(effect: FlowEffect): void {
    if (effect.type === 'timer') this.#delayMs = effect.delayMs;
    if (effect.type === 'stopListening') this.#asked.delete('listen');
    else this.#asked.set(effect.type, effect);
    const words = this.#state && wordsOf(effect, this.#state.context);
    if (words) this.#options.print(words);
  }

  #following(hurried: boolean): FlowEvent | undefined {
    if (this.over || !this.#state) return undefined;
    if (this.#asked.delete('identify')) return { type: 'identified', context: this.#identified() };
    if (!this.#state.playing || hurried) return undefined;
    const [key] = this.#during;
    this.#during = this.#during.slice(1);
    return key === undefined ? { type: 'played' } : { type: 'digit', digit: key };
  }

  #identified(): CallContext {
    const { context } = this.#state as FlowState;
    const { contacts } = this.#options.company;
    const contact = contacts.find(({ numbers }) => numbers.includes(context.ani ?? ''));
    return identify(context, contact);
  }
}

function numberFrom(text: string, country: string): string | undefined {
  const number = readNumber(text, country);
  if (number.kind === 'anonymous') return undefined;
  return number.kind === 'e164' ? number.e164 : text;
}
