import { setImmediate } from 'node:timers/promises';
import { within } from '../lib/within.ts';
import type { Language } from '../model/contact.ts';
import type { Utterance } from '../model/utterance.ts';
import type { PromptRenderer, Spoken } from '../runtime/ports/index.ts';
import { Assembly, type Outline } from './assembly.ts';
import type { Rendering } from './cache.ts';
import { type LateOptions, LateSentences } from './late.ts';
import type { Recordings } from './recordings.ts';
import type { Sentence } from './voices/voice.ts';

/** A sentence that is made in this time is heard whole: the ear does not notice the wait. */
const AT_ONCE_MS = 60;
/** Sentences are looked for on disk in rows; calls come in between. */
const LOOKED_FOR_AT_ONCE = 20;
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

export interface RendererOptions extends LateOptions {
  readonly recordings: Recordings;
  /** A file of silence between pieces, as long as a comma. */
  readonly pause: string;
  /** What a caller hears at once when nothing of a sentence is there. */
  readonly patience: PatienceOf;
}

/** That it takes a moment; that it takes a little longer; that it cannot be told. */
export interface Patience {
  readonly moment: string;
  readonly longer: string;
  readonly never: string;
}

export type PatienceOf = (language: Language) => Patience;

/**
 * Finds the sound for what is to be said, the best that can be had without a wait:
 *
 *   uploaded recording ─▶ whole, on disk ─▶ whole, made at once ─▶ put together from pieces on disk
 *        ─▶ its beginning from pieces, or "one moment"; then the rest by the voice, by the voice of the house,
 *           from pieces without what is not known; or that it cannot be told
 */
export class Renderer implements PromptRenderer {
  readonly #options: RendererOptions;
  readonly #assembly: Assembly;
  readonly #late: LateSentences;
  #preparing = 0;
  #stopped = false;

  constructor(options: RendererOptions) {
    this.#options = options;
    this.#assembly = new Assembly(options.cache, options.pause);
    this.#late = new LateSentences(options);
  }

  async speak(utterance: Utterance): Promise<Spoken> {
    const there = this.#there(utterance);
    if (there) return { files: there };
    const whole = renderingOf(utterance);
    const pieces = this.#assembly.whole(utterance);
    if (pieces) return { files: (await this.#soon(whole)) ?? pieces };
    const outline = this.#assembly.outline(utterance);
    // A voice says one sentence at a time: what is missing of it is asked for before the whole.
    const begins = outline.opening.length > 0 && !this.#options.cache.underWay(whole);
    const soon = begins ? undefined : await this.#soon(whole);
    return soon ? { files: soon } : this.#begin(whole, outline);
  }

  async say(utterance: Utterance): Promise<readonly string[]> {
    const there = this.#there(utterance);
    if (there) return there;
    const whole = renderingOf(utterance);
    return (
      (await this.#soon(whole)) ??
      this.#assembly.whole(utterance) ?? [await this.#late.whole(whole)]
    );
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
    for (const [at, sentence] of inOrder.entries()) {
      if (this.#stopped) break;
      if (at % LOOKED_FOR_AT_ONCE === 0) await setImmediate();
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
      if (cache.find(sentence)) report.cached += 1;
      else {
        await cache.file(sentence, false);
        report.rendered += 1;
      }
      this.#assembly.learn(sentence);
    } catch (error) {
      report.failed += 1;
      report.why = String(error);
      if (!sentence.ending) await spare?.file(sentence, false).catch(() => {});
    }
  }

  /** What was recorded, or said before. */
  #there(utterance: Utterance): readonly string[] | undefined {
    const { cache, recordings } = this.#options;
    const file = recordings.instead(utterance) ?? cache.find(renderingOf(utterance));
    return file === undefined ? undefined : [file];
  }

  /** The whole, if it takes no longer than anybody notices. It is made in any case. */
  async #soon(whole: Rendering): Promise<readonly string[] | undefined> {
    const { cache, clock } = this.#options;
    const making = cache.file(whole, true).catch(() => undefined);
    const file = await within(clock, AT_ONCE_MS, making);
    return file === undefined ? undefined : [file];
  }

  /** What is known goes first; the voice makes the rest of it meanwhile. */
  async #begin(whole: Rendering, { opening, values, following }: Outline): Promise<Spoken> {
    const { cache } = this.#options;
    const { language } = whole;
    if (opening.length > 0) {
      const rest = this.#late.rest(language, values, following);
      // For the next time that it is said in this call.
      cache.file(whole, false).catch(() => {});
      return { files: opening, rest };
    }
    const { moment, longer, never } = this.#options.patience(language);
    const said = (text: string): readonly string[] => this.#there({ text, language }) ?? [];
    const files = said(moment);
    // Not even that much has been rendered: the house is not ready yet, and says so.
    if (files.length === 0) return { files: [await this.#late.whole(whole)] };
    const without = following([]);
    const otherwise = without.length > 0 ? without : said(never);
    const meanwhile = without.length > 0 ? [] : [this.#options.pause, ...said(longer)];
    const assemble = ([file]: readonly (string | undefined)[]) => (file ? [file] : otherwise);
    return { files, rest: this.#late.rest(language, [whole], assemble, meanwhile) };
  }
}

const renderingOf = ({ text, language, parts }: Utterance): Rendering => ({
  text,
  language,
  ...(parts ? { own: true } : {}),
});
