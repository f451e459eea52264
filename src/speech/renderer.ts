import { Trouble } from '../lib/trouble.ts';
import { within } from '../lib/within.ts';
import type { Language } from '../model/contact.ts';
import type { Utterance } from '../model/utterance.ts';
import type { PromptRenderer, Spoken } from '../runtime/ports/index.ts';
import { Assembly, type Outline, renderingOf } from './assembly.ts';
import type { Fillers } from './audio/fillers.ts';
import type { Rendering } from './cache.ts';
import { type LateOptions, LateSentences } from './late.ts';
import { prerender, type RenderReport } from './prerender.ts';
import type { Recordings } from './recordings.ts';
import type { Sentence } from './voices/voice.ts';

/** A sentence that is made in this time is heard whole: the ear does not notice the wait. */
const AT_ONCE_MS = 60;
/** Sentences that are made for calls in progress before they are asked for; more are not begun. */
const PREPARING_MAX = 50;

export interface RendererOptions extends Omit<LateOptions, 'toBeMade'> {
  readonly recordings: Recordings;
  readonly fillers: Fillers;
  /** What a caller hears at once when nothing of a sentence is there. */
  readonly patience: PatienceOf;
  /** Somebody was not told something because no voice has rendered it. */
  onMissing(language: Language): void;
  /** Something should have been rendered and is not there. */
  lookAgain(): void;
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
 *   uploaded recording ─▶ whole, on disk ─▶ whole, made at once by an idle voice ─▶ put together from pieces on disk
 *        ─▶ what the voice of the house has made ahead instead of a better one
 *        ─▶ its beginning from pieces, or "one moment", or a little music; then the rest by the voice, by the voice of
 *           the house, from pieces without what is not known; or that it cannot be told
 */
export class Renderer implements PromptRenderer {
  readonly #options: RendererOptions;
  readonly #assembly: Assembly;
  /** What the voice of the house has said instead of a better one. */
  readonly #spare: Assembly | undefined;
  readonly #late: LateSentences;
  readonly #untold: Trouble;
  #toBeMade = 0;
  #preparing = 0;
  #stopped = false;

  constructor(options: RendererOptions) {
    this.#options = options;
    const { cache, spare, fillers, clock, log } = options;
    this.#assembly = new Assembly(cache, fillers.pause);
    this.#spare = spare && new Assembly(spare, fillers.pause);
    this.#late = new LateSentences({ ...options, toBeMade: () => this.#toBeMade });
    this.#untold = new Trouble({
      clock,
      begins: (language) =>
        log.warn(
          { language, toBeMade: this.#toBeMade },
          'Callers are told less: it is not rendered',
        ),
      over: () => log.info({}, 'Callers are told everything again'),
    });
  }

  async speak(utterance: Utterance): Promise<Spoken> {
    const there = this.#there(utterance);
    if (there) return { files: there };
    const whole = renderingOf(utterance);
    const pieces = this.#assembly.whole(utterance);
    // A voice that says something else first is not in time: a crowd would ask it for what nobody hears any more.
    if (pieces)
      return { files: this.#isBusy(whole) ? pieces : ((await this.#soon(whole)) ?? pieces) };
    const outline = this.#assembly.outline(utterance);
    // A voice says one sentence at a time: what is missing of it is asked for before the whole.
    const begins = outline.opening.length > 0 && !this.#options.cache.underWay(whole);
    const soon = begins ? undefined : await this.#soon(whole);
    if (soon) return { files: soon };
    const spare = begins ? undefined : this.#spare?.found(utterance);
    if (!spare) return this.#begin(whole, outline);
    this.#options.onSpare(utterance.language);
    return { files: spare };
  }

  async say(utterance: Utterance): Promise<readonly string[]> {
    return this.#found(utterance) ?? [await this.#late.whole(renderingOf(utterance))];
  }

  ready(utterance: Utterance): readonly string[] | undefined {
    const { onSpare, onMissing, lookAgain } = this.#options;
    const { language } = utterance;
    const files = this.#found(utterance);
    const spare = files ? undefined : this.#spare?.found(utterance);
    if (!files) lookAgain();
    if (spare) onSpare(language);
    if (files ?? spare) this.#untold.worked();
    else {
      this.#untold.failed(language);
      onMissing(language);
    }
    return files ?? spare;
  }

  async render(text: string, language: Language): Promise<string> {
    const [file = ''] = await this.say({ text, language });
    return file;
  }

  /** Has sentences made that a call may come to. Never rejects; what cannot be made in time is said otherwise. */
  prepare(utterances: readonly Utterance[]): void {
    for (const utterance of utterances) {
      if (this.#options.recordings.instead(utterance) === undefined)
        this.#makeAhead(renderingOf(utterance));
    }
  }

  #makeAhead(rendering: Rendering): void {
    if (this.#preparing >= PREPARING_MAX || this.#stopped) return;
    this.#preparing += 1;
    void this.#options.cache
      .file(rendering, false)
      .catch(() => {})
      .finally(() => {
        this.#preparing -= 1;
      });
  }

  audio(name: string, language?: Language): string | undefined {
    return this.#options.recordings.find(name, language);
  }

  /** Lists in progress end after the sentence that is being said. */
  stop(): void {
    this.#stopped = true;
    this.#late.close();
    this.#untold.close();
  }

  /** Makes what is missing, without getting in the way of a sentence that a caller waits for. */
  async prerender(
    sentences: readonly Sentence[],
    isStopped: () => boolean = () => false,
  ): Promise<RenderReport> {
    let left = sentences.length;
    const leave = (count: number): void => {
      left -= count;
      this.#toBeMade -= count;
    };
    this.#toBeMade += left;
    const report = await prerender(sentences, {
      voice: this.#assembly,
      spare: this.#spare,
      isStopped: () => this.#stopped || isStopped(),
      onLooked: () => leave(1),
    });
    leave(left);
    return report;
  }

  /** Has the voice of the house say them as well: they are there whatever becomes of the better one. */
  async standIn(sentences: readonly Sentence[]): Promise<void> {
    for (const sentence of sentences) await this.#spare?.make(sentence).catch(() => {});
  }

  #isBusy(whole: Rendering): boolean {
    const { cache } = this.#options;
    return cache.isBusy(whole.language) && !cache.underWay(whole);
  }

  /** What was recorded, or said before, or can be put together. */
  #found(utterance: Utterance): readonly string[] | undefined {
    return this.#recorded(utterance) ?? this.#assembly.found(utterance);
  }

  /** The same in one file. */
  #there(utterance: Utterance): readonly string[] | undefined {
    const said = this.#options.cache.find(renderingOf(utterance));
    return this.#recorded(utterance) ?? (said === undefined ? undefined : [said]);
  }

  #recorded(utterance: Utterance): readonly string[] | undefined {
    const file = this.#options.recordings.instead(utterance);
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
  #begin(whole: Rendering, { opening, values, following }: Outline): Spoken {
    const { language } = whole;
    if (opening.length > 0) {
      const rest = this.#late.rest(language, values, following);
      // For the next time that it is said in this call.
      this.#makeAhead(whole);
      return { files: opening, rest };
    }
    const { moment, longer, never } = this.#options.patience(language);
    const { pause, interlude } = this.#options.fillers;
    const said = (text: string): readonly string[] | undefined => this.#there({ text, language });
    const without = following([]);
    const otherwise = without.length > 0 ? without : (said(never) ?? []);
    const meanwhile = without.length > 0 ? [] : [pause, ...(said(longer) ?? [interlude])];
    const assemble = ([file]: readonly (string | undefined)[]) => (file ? [file] : otherwise);
    const rest = this.#late.rest(language, [whole], assemble, meanwhile);
    // At a first start not even that much has been rendered for a second or two.
    return { files: said(moment) ?? [interlude], rest };
  }
}
