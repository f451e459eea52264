import type { Clock, Timer } from '../lib/clock.ts';
import type { Language } from '../model/contact.ts';
import type { Repertoire } from '../runtime/ports/index.ts';
import type { RenderReport } from './prerender.ts';
import { isSame, type Sentence } from './voices/voice.ts';

/** What is still missing a while after it was rendered is gone: an operator has emptied the folder, or the voice failed. */
const AGAIN_MS_MIN = 5 * 60_000;

/** What the system itself says in a language. */
export interface OwnSentences {
  /** What stands in for all else, in every language. */
  patient(): readonly Sentence[];
  /** To callers who wait: whole sentences, and the phrases that numbers and waits are put together from. */
  toWaiting(language: Language): readonly Sentence[];
  /** The rest, most of it to agents. */
  toOthers(language: Language): readonly Sentence[];
}

export interface FlowSentencesOptions {
  /** Makes what is missing, one after the other; never rejects. */
  render(sentences: readonly Sentence[], isStopped: () => boolean): Promise<RenderReport>;
  /** Nothing is missing any more of what is to be heard by now. */
  onComplete?(languages: readonly Language[]): void;
  readonly own: OwnSentences;
  readonly clock: Clock;
}

/**
 * Has everything rendered that is to be heard, after each change of the configuration. Twice through the languages, those
 * of the most numbers first: what is the same for all callers, and then what a voice can be asked for meanwhile.
 *
 *   greetings ─▶ what is told in queues ─▶ the flows' sentences       pieces of those that differ ─▶ what agents hear
 *
 * A later change takes over: what is made by then need not be made again.
 */
export class FlowSentences {
  readonly #options: FlowSentencesOptions;
  #newest: Repertoire | undefined;
  #first: Promise<void> = Promise.resolve();
  #lacking = false;
  #atWork = 0;
  #notBefore = 0;
  /** The list that is being made: an earlier one ends. */
  #current: object | undefined;
  #back: Timer | undefined;
  #backNotBefore = 0;

  constructor(options: FlowSentencesOptions) {
    this.#options = options;
  }

  /** Resolves when all that is the same for all callers is there in the first language. The rest follows. */
  render(repertoire: Repertoire): Promise<void> {
    // Most changes change nothing that is said: thousands of files need not be looked for again.
    if (!this.#lacking && this.#newest && areSame(this.#newest, repertoire)) return this.#first;
    this.#lacking = false;
    this.#newest = repertoire;
    return this.#make(repertoire);
  }

  /** Something is not there: all of it is looked for again, unless it was a moment ago. */
  again(): void {
    if (this.#atWork > 0 || this.#options.clock.now() < this.#notBefore) return;
    if (this.#newest) void this.#make(this.#newest);
  }

  /**
   * What another voice has said meanwhile is made anew. One that comes and goes has it made once in a while only.
   */
  voiceIsBack(): void {
    const { clock } = this.#options;
    this.#back?.cancel();
    this.#back = clock.after(Math.max(0, this.#backNotBefore - clock.now()), () => {
      this.#backNotBefore = clock.now() + AGAIN_MS_MIN;
      if (this.#newest) void this.#make(this.#newest);
    });
  }

  close(): void {
    this.#back?.cancel();
  }

  #make(repertoire: Repertoire): Promise<void> {
    const { own } = this.#options;
    const current = {};
    this.#current = current;
    const isStopped = (): boolean => this.#current !== current;
    const { languages, greetings, sentences } = repertoire;
    const [first = [], ...others] = languages.map((language, at) => [
      ...(at === 0 ? own.patient() : []),
      ...greetings.filter((one) => one.language === language),
      ...own.toWaiting(language),
      ...sentences.filter((one) => one.language === language && !isPiece(one)),
    ]);
    const later = languages.map((language) => [
      ...sentences.filter((one) => one.language === language && isPiece(one)),
      ...own.toOthers(language),
    ]);
    this.#first = this.#all(first, isStopped);
    void this.#first
      .then(() => this.#all([...others, ...later].flat(), isStopped))
      .then(() => {
        if (!isStopped() && !this.#lacking) this.#options.onComplete?.(languages);
      });
    return this.#first;
  }

  async #all(sentences: readonly Sentence[], isStopped: () => boolean): Promise<void> {
    const { render, clock } = this.#options;
    this.#atWork += 1;
    const { failed } = await render(sentences, isStopped);
    this.#lacking = failed > 0 || this.#lacking;
    this.#atWork -= 1;
    this.#notBefore = clock.now() + AGAIN_MS_MIN;
  }
}

const isPiece = ({ ending }: Sentence): boolean => ending !== undefined;

const areSame = (one: Repertoire, other: Repertoire): boolean =>
  one.languages.join() === other.languages.join() &&
  areSameSentences(one.greetings, other.greetings) &&
  areSameSentences(one.sentences, other.sentences);

const areSameSentences = (one: readonly Sentence[], other: readonly Sentence[]): boolean =>
  one.length === other.length &&
  one.every((sentence, at) => isSame(sentence, other[at] as Sentence));
