import type { Logger } from '../lib/log.ts';
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

  /** Says the position in the midst of the music, unless the call has moved on meanwhile. */
  async announce(session: CallSession, position: number): Promise<void> {
    const { language } = session.context;
    try {
      const text = this.#phrases.queuePosition(position, language);
      const file = await this.#prompts.render(text, language);
      if (session.stage === 'queued') await session.leg?.play([file]);
    } catch (error) {
      this.#log.error(
        { callId: session.id, error: String(error) },
        'No announcement could be made',
      );
    }
  }
}
