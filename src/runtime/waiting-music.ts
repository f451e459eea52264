import type { Ewt } from '../acd/tellings.ts';
import type { Logger } from '../lib/log.ts';
import type { Language } from '../model/contact.ts';
import type { CallSession } from './call-session.ts';
import type { Phrases, PromptRenderer } from './ports.ts';

/** What a caller hears in a queue: music, and from time to time where they stand. Nothing here delays an answer. */
export class WaitingMusic {
  readonly #prompts: PromptRenderer;
  readonly #phrases: Phrases;
  readonly #log: Logger;

  constructor(prompts: PromptRenderer, phrases: Phrases, log: Logger) {
    this.#prompts = prompts;
    this.#phrases = phrases;
    this.#log = log;
  }

  start(session: CallSession, music: string): void {
    const file = this.#prompts.audio(music) ?? this.#prompts.audio('default');
    if (file) session.leg?.playEndlessly(file);
    else this.#log.warn({ music }, 'There is no such music');
  }

  /** Says the position and the wait in the midst of the music, unless the call has moved on meanwhile. */
  async announce(
    session: CallSession,
    position: number | undefined,
    ewt: Ewt | undefined,
  ): Promise<void> {
    const { language } = session.context;
    try {
      const sentences = this.#sentences(language, position, ewt);
      const files = sentences.map((text) => this.#prompts.render(text, language));
      const rendered = await Promise.all(files);
      if (session.stage === 'queued') await session.leg?.play(rendered);
    } catch (error) {
      this.#log.error(
        { callId: session.id, error: String(error) },
        'No announcement could be made',
      );
    }
  }

  /** There is always something to say: a caller who was promised a word gets one (promise P10). */
  #sentences(
    language: Language,
    position: number | undefined,
    ewt: Ewt | undefined,
  ): readonly string[] {
    const sentences =
      position === undefined ? [] : [this.#phrases.queuePosition(position, language)];
    if (ewt?.reason) sentences.push(this.#phrases.queueLonger(language));
    if (ewt) sentences.push(this.#phrases.queueWait(ewt.lowMs, ewt.highMs, language));
    return sentences.length > 0 ? sentences : [this.#phrases.queueThanks(language)];
  }
}
