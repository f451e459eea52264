import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { within } from '../lib/within.ts';
import type { Language } from '../model/contact.ts';
import type { PromptCache, Rendering } from './cache.ts';

/** How long a voice is waited for at most by somebody who is told nothing otherwise. */
const VOICE_MS_MAX = 2_500;

export interface LateOptions {
  readonly cache: PromptCache;
  /** Says what the better voice cannot, or not in time. Absent: there is no better voice. */
  readonly spare?: PromptCache;
  readonly clock: Clock;
  readonly log: Logger;
  /** Counts what another voice had to say. */
  onSpare(language: Language): void;
  /** Counts what was said without something that no voice had made in time. */
  onCut(language: Language): void;
}

/** Sentences that were not there when they were to be said. */
export class LateSentences {
  readonly #options: LateOptions;

  constructor(options: LateOptions) {
    this.#options = options;
  }

  /** For somebody who hears something else meanwhile: the better voice has its time, and then the other. */
  async whole(rendering: Rendering): Promise<string> {
    const { cache, spare, log } = this.#options;
    try {
      return await this.#inTime(cache.file(rendering, true));
    } catch (error) {
      if (!spare) throw error;
      const { language } = rendering;
      log.warn({ language, error: String(error) }, 'Another voice says a sentence');
      this.#options.onSpare(language);
      return this.#inTime(spare.file(rendering, true));
    }
  }

  /**
   * For somebody who hears the beginning of it meanwhile: all voices make what is missing, and when it is asked for the
   * best that is there is taken.
   *
   * @param assemble What is played of what there is. Undefined: that would say nothing, and the first is waited for.
   */
  rest(
    language: Language,
    missing: readonly Rendering[],
    assemble: (made: readonly (string | undefined)[]) => readonly string[] | undefined,
  ): () => Promise<readonly string[]> {
    const { cache, spare, log, onSpare, onCut } = this.#options;
    const voices = spare ? [cache, spare] : [cache];
    const making = missing.map((one) => new Making(voices.map((voice) => voice.file(one, true))));
    return async () => {
      const files = assemble(making.map(({ file }) => file));
      if (!files) return Promise.all(making.map(({ first }) => this.#inTime(first)));
      if (making.some(({ isSpare }) => isSpare)) onSpare(language);
      if (making.every(({ file }) => file !== undefined)) return files;
      log.warn({ language }, 'A sentence was said without what no voice had made in time');
      onCut(language);
      return files;
    };
  }

  async #inTime(file: Promise<string>): Promise<string> {
    const path = await within(this.#options.clock, VOICE_MS_MAX, file);
    if (path === undefined) throw new Error('The voice takes too long');
    return path;
  }
}

/** What several voices are saying, the best of them first. */
class Making {
  readonly first: Promise<string>;
  /** By voice; there are holes in it. */
  readonly #files: string[] = [];

  constructor(voices: readonly Promise<string>[]) {
    this.first = Promise.any(
      voices.map(async (voice, at) => {
        this.#files[at] = await voice;
        return voice;
      }),
    );
    this.first.catch(() => {});
  }

  /** The best of what is there. */
  get file(): string | undefined {
    return this.#files.find((file) => file !== undefined);
  }

  get isSpare(): boolean {
    return this.#files[0] === undefined && this.file !== undefined;
  }
}
