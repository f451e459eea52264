import type { Clock } from '../lib/clock.ts';
import type { RenderReport } from './prerender.ts';
import { isSame, type Sentence } from './voices/voice.ts';

/** What is still missing a while after it was rendered is gone: an operator has emptied the folder, or the voice failed. */
const AGAIN_MS_MIN = 5 * 60_000;

export interface FlowSentencesOptions {
  /** Makes what is missing; never rejects. */
  render(sentences: readonly Sentence[]): Promise<RenderReport>;
  /** What the system itself says, and the phrases that numbers and waits are put together from. */
  readonly phrases: readonly Sentence[];
  readonly clock: Clock;
}

/** Has everything rendered that flows say, after each change of the configuration. */
export class FlowSentences {
  readonly #options: FlowSentencesOptions;
  #newest: readonly Sentence[] | undefined;
  #lacking = false;
  #atWork = 0;
  #notBefore = 0;

  constructor(options: FlowSentencesOptions) {
    this.#options = options;
  }

  /** Resolves when the sentences that callers hear whole are there; the pieces of the others follow. */
  async render(sentences: readonly Sentence[]): Promise<void> {
    // Most changes change nothing that is said: thousands of files need not be looked for again.
    if (!this.#lacking && this.#newest && areSame(this.#newest, sentences)) return;
    this.#lacking = false;
    this.#newest = sentences;
    await this.#wholes(sentences);
    // Changes come in rows: the pieces are looked for after the last one.
    if (sentences === this.#newest) void this.#pieces(sentences);
  }

  /** Something is not there: all of it is looked for again, unless it was a moment ago. */
  again(): void {
    const { clock } = this.#options;
    const sentences = this.#newest;
    if (!sentences || this.#atWork > 0 || clock.now() < this.#notBefore) return;
    void this.#wholes(sentences).then(() => this.#pieces(sentences));
  }

  #wholes(sentences: readonly Sentence[]): Promise<void> {
    return this.#all(sentences.filter((sentence) => !isPiece(sentence)));
  }

  async #pieces(sentences: readonly Sentence[]): Promise<void> {
    await this.#all(this.#options.phrases);
    await this.#all(sentences.filter(isPiece));
  }

  async #all(sentences: readonly Sentence[]): Promise<void> {
    const { render, clock } = this.#options;
    this.#atWork += 1;
    this.#lacking = (await render(sentences)).failed > 0 || this.#lacking;
    this.#atWork -= 1;
    this.#notBefore = clock.now() + AGAIN_MS_MIN;
  }
}

const isPiece = ({ ending }: Sentence): boolean => ending !== undefined;

const areSame = (one: readonly Sentence[], other: readonly Sentence[]): boolean =>
  one.length === other.length &&
  one.every((sentence, at) => isSame(sentence, other[at] as Sentence));
