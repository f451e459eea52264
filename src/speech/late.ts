import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { Trouble } from '../lib/trouble.ts';
import { within } from '../lib/within.ts';
import type { Language } from '../model/contact.ts';
import type { Spoken } from '../runtime/ports/index.ts';
import type { PromptCache, Rendering } from './cache.ts';
import { Resting } from './voices/guarded-voice.ts';

/** How long a voice is waited for by somebody who hears something else meanwhile, such as music. */
const VOICE_MS_MAX = 2_500;

export interface LateOptions {
  readonly cache: PromptCache;
  /** Says what the better voice cannot, or not in time. Absent: there is no better voice. */
  readonly spare?: PromptCache;
  readonly clock: Clock;
  readonly log: Logger;
  /** How much is still to be made before anybody asks for it: at a first start, all of it. */
  toBeMade(): number;
  /** Counts what another voice had to say. */
  onSpare(language: Language): void;
  /** Counts what was said without something that no voice had made in time. */
  onCut(language: Language): void;
}

/** Sentences that were not there when they were to be said. */
export class LateSentences {
  readonly #options: LateOptions;
  /** The better voice fails, or is late. */
  readonly #better: Trouble;
  /** No voice is in time. */
  readonly #all: Trouble;

  constructor(options: LateOptions) {
    const { clock, log, toBeMade } = options;
    this.#options = options;
    this.#better = new Trouble({
      clock,
      begins: (error) => log.warn({ error: String(error) }, 'Another voice says sentences'),
      over: () => log.info({}, 'The configured voice is in time again'),
    });
    this.#all = new Trouble({
      clock,
      begins: (error) =>
        log.warn(
          { error: String(error), toBeMade: toBeMade() },
          'Sentences are said without what no voice has in time',
        ),
      over: () => log.info({}, 'Sentences are said whole again'),
    });
  }

  /** Says nothing more in the log. */
  close(): void {
    this.#better.close();
    this.#all.close();
  }

  /** For somebody who hears something else meanwhile: the better voice has its time, and then the other. */
  async whole(rendering: Rendering): Promise<string> {
    const { cache, spare, onSpare } = this.#options;
    try {
      const file = await this.#inTime(cache.file(rendering, true));
      this.#better.worked();
      this.#all.worked();
      return file;
    } catch (error) {
      if (!spare) throw this.#untold(error);
      // Whoever watches over the voices has told it.
      if (!(error instanceof Resting)) this.#better.failed(error);
      onSpare(rendering.language);
      const file = await this.#inTime(spare.file(rendering, true)).catch((why: unknown) => {
        throw this.#untold(why);
      });
      this.#all.worked();
      return file;
    }
  }

  #untold(error: unknown): unknown {
    this.#all.failed(error);
    return error;
  }

  /**
   * For somebody who hears the beginning of it meanwhile: all voices make what is missing, and when it is asked for the
   * best that is there is taken. Nobody waits for it.
   *
   * @param assemble What is played of what there is.
   * @param meanwhile What is played as long as something is missing, one after the other.
   */
  rest(
    language: Language,
    missing: readonly Rendering[],
    assemble: (made: readonly (string | undefined)[]) => readonly string[],
    meanwhile: readonly string[] = [],
  ): () => Spoken {
    const { cache, spare, onSpare, onCut } = this.#options;
    const voices = spare ? [cache, spare] : [cache];
    const making = missing.map((one) => new Making(voices.map((voice) => voice.file(one, true))));
    const answer = ([now, ...later]: readonly string[]): Spoken => {
      const isWhole = making.every(({ file }) => file !== undefined);
      if (!isWhole && now !== undefined) return { files: [now], rest: () => answer(later) };
      if (making.some(({ isSpare }) => isSpare)) onSpare(language);
      if (isWhole) this.#all.worked();
      else {
        this.#all.failed('The voice takes too long');
        onCut(language);
      }
      return { files: assemble(making.map(({ file }) => file)) };
    };
    return () => answer(meanwhile);
  }

  async #inTime(file: Promise<string>): Promise<string> {
    const path = await within(this.#options.clock, VOICE_MS_MAX, file);
    if (path === undefined) throw new Error('The voice takes too long');
    return path;
  }
}

/** What several voices are saying, the best of them first. */
class Making {
  /** By voice; there are holes in it. */
  readonly #files: string[] = [];

  constructor(voices: readonly Promise<string>[]) {
    for (const [at, voice] of voices.entries())
      voice.then(
        (file) => {
          this.#files[at] = file;
        },
        () => {},
      );
  }

  /** The best of what is there. */
  get file(): string | undefined {
    return this.#files.find((file) => file !== undefined);
  }

  get isSpare(): boolean {
    return this.#files[0] === undefined && this.file !== undefined;
  }
}
