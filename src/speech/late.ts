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
   * For somebody who hears the beginning of it meanwhile: all voices make the rest of it, and the best that is there when
   * it is asked for is taken. Nobody waits then, unless nothing at all would be said.
   *
   * @param without What is said if there is none; undefined: what was heard so far says nothing by itself.
   */
  rest(rendering: Rendering, without: readonly string[] | undefined) {
    const { cache, spare, log, onSpare, onCut } = this.#options;
    const { language } = rendering;
    const making = [cache, ...(spare ? [spare] : [])].map((voice) => voice.file(rendering, true));
    const made: string[] = [];
    const anyOf = Promise.any(
      making.map(async (file, at) => {
        made[at] = await file;
        return made[at];
      }),
    );
    anyOf.catch(() => {});
    return async (): Promise<readonly string[]> => {
      const late = Object.keys(made).length === 0;
      if (late && without) {
        log.warn({ language }, 'A sentence was said without what no voice had made in time');
        onCut(language);
        return without;
      }
      const first = await this.#inTime(anyOf);
      if (made[0] === undefined) onSpare(language);
      return [made[0] ?? first];
    };
  }

  async #inTime(file: Promise<string>): Promise<string> {
    const path = await within(this.#options.clock, VOICE_MS_MAX, file);
    if (path === undefined) throw new Error('The voice takes too long');
    return path;
  }
}
