import type { Ewt } from '../acd/tellings.ts';
import type { Logger } from '../lib/log.ts';
import type { Language } from '../model/contact.ts';
import type { CallId } from '../model/ids.ts';
import type { Utterance } from '../model/utterance.ts';
import type { CallSession } from './call-session.ts';
import { promptFiles } from './flow/prompts.ts';
import type { Phrases, PromptRenderer } from './ports/index.ts';

/** A line that moves faster than a voice speaks is not told about: the caller is thanked instead. */
const TRIES_MAX = 2;

/** What a caller hears in a queue: music, and from time to time where they stand. Nothing here delays an answer. */
export class WaitingMusic {
  readonly #prompts: PromptRenderer;
  readonly #phrases: Phrases;
  readonly #log: Logger;
  readonly #positionOf: (id: CallId) => number | undefined;

  /** `positionOf` tells where a call stands at this moment. */
  constructor(
    prompts: PromptRenderer,
    phrases: Phrases,
    log: Logger,
    positionOf: (id: CallId) => number | undefined,
  ) {
    this.#positionOf = positionOf;
    this.#prompts = prompts;
    this.#phrases = phrases;
    this.#log = log;
  }

  start(session: CallSession, music: string): void {
    const file = this.#prompts.audio(music) ?? this.#prompts.audio('default');
    if (file) session.leg?.playEndlessly(file);
    else this.#log.warn({ callId: session.id, music }, 'There is no such music');
  }

  /** Says the position and the wait in the midst of the music, unless the call has moved on meanwhile. */
  async announce(
    session: CallSession,
    position: number | undefined,
    ewt: Ewt | undefined,
  ): Promise<void> {
    const { language } = session.context;
    try {
      const [told, also] = await Promise.all([
        this.#filesOf(session, language, position, ewt),
        // Which keys there are, if the flow has any.
        promptFiles({ prompts: this.#prompts, session, log: this.#log }, session.alsoSaid),
      ]);
      const waits = session.stage === 'queued' && !session.elsewhere;
      if (waits) await session.leg?.play([...told, ...also]);
    } catch (error) {
      this.#log.error(
        { callId: session.id, error: String(error) },
        'No announcement could be made',
      );
    }
  }

  /** The line may move while the words are made: a position that is not true any more is never told. */
  async #filesOf(
    session: CallSession,
    language: Language,
    position: number | undefined,
    ewt: Ewt | undefined,
  ): Promise<readonly string[]> {
    let told = position;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const files = await this.#render(this.#sentences(language, told, ewt));
      const now = this.#positionOf(session.id);
      if (told === undefined || now === undefined || now === told) return files;
      told = now;
    }
    return this.#render(this.#sentences(language, undefined, ewt));
  }

  async #render(utterances: readonly Utterance[]): Promise<readonly string[]> {
    return (await Promise.all(utterances.map((each) => this.#prompts.say(each)))).flat();
  }

  /** There is always something to say: a caller who was promised a word gets one (promise P10). */
  #sentences(
    language: Language,
    position: number | undefined,
    ewt: Ewt | undefined,
  ): readonly Utterance[] {
    const sentences: Utterance[] = [];
    if (position !== undefined) sentences.push(this.#phrases.queuePosition(position, language));
    if (ewt?.reason) sentences.push({ text: this.#phrases.queueLonger(language), language });
    if (ewt) sentences.push(this.#phrases.queueWait(ewt.lowMs, ewt.highMs, language));
    if (sentences.length > 0) return sentences;
    return [{ text: this.#phrases.queueThanks(language), language }];
  }
}
