import { piecesOf } from '../grammar/grammar.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Language } from '../model/contact.ts';
import type { Utterance } from '../model/utterance.ts';
import type { PromptRenderer } from '../runtime/ports/index.ts';
import type { PromptCache, Rendering } from './cache.ts';
import type { Recordings } from './recordings.ts';
import type { Sentence } from './voices/voice.ts';

/** A sentence that is made in this time is heard whole: the ear does not notice the wait. */
const AT_ONCE_MS = 60;
/** How long a caller waits for a voice at most; then another voice says it, for as long again. */
const VOICE_MS_MAX = 2_500;
/** Sentences that are made for calls in progress before they are asked for; more are not begun. */
const PREPARING_MAX = 50;

/** What came of rendering a list of sentences. */
export interface RenderReport {
  readonly rendered: number;
  readonly cached: number;
  readonly failed: number;
  /** Why the last one failed. */
  readonly why?: string;
}

export interface RendererOptions {
  readonly cache: PromptCache;
  /** Says what the better voice cannot, or not in time. Absent: there is no better voice. */
  readonly spare?: PromptCache;
  readonly recordings: Recordings;
  /** A file of silence between pieces, as long as a comma. */
  readonly pause: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Counts what another voice had to say. */
  onSpare(language: Language): void;
}

/**
 * Finds the sound for what is to be said, the best that can be had without a wait:
 *
 *   uploaded recording ─▶ whole, on disk ─▶ whole, made at once ─▶ put together from pieces on disk
 *        ─▶ whole, made within a limit ─▶ whole, by the voice of the house ─▶ an error: nothing is said
 */
export class Renderer implements PromptRenderer {
  readonly #options: RendererOptions;
  /** By language: every phrase that was rendered to put sentences together from. */
  readonly #vocabulary = new Map<Language, Set<string>>();
  #preparing = 0;
  #stopped = false;

  constructor(options: RendererOptions) {
    this.#options = options;
  }

  async say(utterance: Utterance): Promise<readonly string[]> {
    const { cache, recordings } = this.#options;
    const recorded = recordings.instead(utterance);
    if (recorded !== undefined) return [recorded];
    const whole = renderingOf(utterance);
    const there = await cache.find(whole);
    if (there !== undefined) return [there];
    const making = cache.file(whole, true);
    making.catch(() => {});
    const soon = await this.#within(AT_ONCE_MS, making).catch(() => undefined);
    if (soon !== undefined) return [soon];
    return (await this.#pieces(utterance)) ?? [await this.#late(whole, making)];
  }

  async render(text: string, language: Language): Promise<string> {
    const [file = ''] = await this.say({ text, language });
    return file;
  }

  /** Has sentences made that a call may come to. Never rejects; what cannot be made in time is said otherwise. */
  prepare(utterances: readonly Utterance[]): void {
    for (const utterance of utterances) {
      if (this.#preparing >= PREPARING_MAX || this.#stopped) return;
      if (this.#options.recordings.instead(utterance) !== undefined) continue;
      this.#preparing += 1;
      void this.#options.cache
        .file(renderingOf(utterance), false)
        .catch(() => {})
        .finally(() => {
          this.#preparing -= 1;
        });
    }
  }

  audio(name: string, language?: Language): string | undefined {
    return this.#options.recordings.find(name, language);
  }

  /** Lists in progress end after the sentence that is being said. */
  stop(): void {
    this.#stopped = true;
  }

  /** Makes what is missing, without getting in the way of a sentence that a caller waits for. */
  async prerender(sentences: readonly Sentence[]): Promise<RenderReport> {
    const report: { -readonly [Key in keyof RenderReport]: RenderReport[Key] } = {
      rendered: 0,
      cached: 0,
      failed: 0,
    };
    // What is heard whole comes first, and each voice says all of its own.
    const inOrder = sentences.toSorted(
      (a, b) =>
        Number(a.ending !== undefined) - Number(b.ending !== undefined) ||
        a.language.localeCompare(b.language),
    );
    for (const sentence of inOrder) {
      if (this.#stopped) break;
      await this.#make(sentence, report);
    }
    return report;
  }

  async #make(
    sentence: Sentence,
    report: { -readonly [Key in keyof RenderReport]: RenderReport[Key] },
  ): Promise<void> {
    const { cache, spare } = this.#options;
    try {
      if (await cache.find(sentence)) report.cached += 1;
      else {
        await cache.file(sentence, false);
        report.rendered += 1;
      }
      this.#learn(sentence);
    } catch (error) {
      report.failed += 1;
      report.why = String(error);
      if (!sentence.ending) await spare?.file(sentence, false).catch(() => {});
    }
  }

  #learn({ text, language, ending }: Sentence): void {
    if (!ending) return;
    const known = this.#vocabulary.get(language) ?? new Set();
    this.#vocabulary.set(language, known.add(text));
  }

  /** The files of the sentence's pieces, if every one of them is on disk. */
  async #pieces({ parts, language }: Utterance): Promise<readonly string[] | undefined> {
    const vocabulary = this.#vocabulary.get(language);
    const pieces = parts && vocabulary && piecesOf(parts, vocabulary);
    if (!pieces) return undefined;
    const files = await Promise.all(
      pieces.map((piece) =>
        piece.kind === 'pause'
          ? this.#options.pause
          : this.#options.cache.find({ ...piece, language }),
      ),
    );
    return files.every((file) => file !== undefined) ? files : undefined;
  }

  async #late(whole: Rendering, making: Promise<string>): Promise<string> {
    const { spare, log, onSpare } = this.#options;
    try {
      const file = await this.#within(VOICE_MS_MAX, making);
      if (file !== undefined) return file;
      throw new Error('The voice takes too long');
    } catch (error) {
      if (!spare) throw error;
      log.warn({ language: whole.language, error: String(error) }, 'Another voice says a sentence');
      onSpare(whole.language);
      const file = await this.#within(VOICE_MS_MAX, spare.file(whole, true));
      if (file === undefined) throw new Error('No voice says it in time');
      return file;
    }
  }

  /** Undefined: it was not there in time. Rejects as the work does. */
  #within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(limitMs, () => resolve(undefined));
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}

const renderingOf = ({ text, language, parts }: Utterance): Rendering => ({
  text,
  language,
  ...(parts ? { own: true } : {}),
});
