import type { Ewt } from '../acd/tellings.ts';
import type { Logger } from '../lib/log.ts';
import type { Language } from '../model/contact.ts';
import type { CallId } from '../model/ids.ts';
import type { Utterance } from '../model/utterance.ts';
import type { CallSession } from './call-session.ts';
import { readyFiles } from './flow/prompts.ts';
import type { Phrases, PromptRenderer } from './ports/index.ts';

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

  /**
   * Says the position and the wait in the midst of the music, unless the call has moved on meanwhile. No voice is asked
   * for them: a thousand callers would ask it for a thousand sentences. A position that is not true any more is never told.
   */
  announce(session: CallSession, position: number | undefined, ewt: Ewt | undefined): void {
    if (session.stage !== 'queued' || session.elsewhere) return;
    const now = position === undefined ? undefined : (this.#positionOf(session.id) ?? position);
    const told = this.#told(session.context.language, now, ewt);
    // Which keys there are, if the flow has any.
    const also = readyFiles({ prompts: this.#prompts, session }, session.alsoSaid);
    const files = [...told, ...also];
    if (files.length === 0) return;
    session.leg
      ?.play(files)
      .catch((error) =>
        this.#log.warn(
          { callId: session.id, error: String(error) },
          'An announcement could not be played',
        ),
      );
  }

  /** There is always something to say: a caller who was promised a word gets one (promise P10). */
  #told(language: Language, position: number | undefined, ewt: Ewt | undefined): readonly string[] {
    const phrases = this.#phrases;
    const place = position === undefined ? [] : [phrases.queuePosition(position, language)];
    const longer = ewt?.reason ? [{ text: phrases.queueLonger(language), language }] : [];
    const wait = ewt ? [...longer, phrases.queueWait(ewt.lowMs, ewt.highMs, language)] : [];
    const told = [...this.#ready(place), ...this.#ready(wait)];
    if (told.length > 0) return told;
    return this.#ready([{ text: phrases.queueThanks(language), language }]);
  }

  /** All of it or nothing: half of what is said of a wait would be another wait. */
  #ready(utterances: readonly Utterance[]): readonly string[] {
    const files = utterances.map((each) => this.#prompts.ready(each));
    return files.every((each) => each !== undefined) ? files.flat() : [];
  }
}
