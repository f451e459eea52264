import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Language } from '../../model/contact.ts';
import { Circuit } from '../circuit.ts';
import { NotBegun } from './asked.ts';
import { type Sentence, type Voice, VoiceAway } from './voice.ts';

/** It has failed, and is not asked until it has passed a trial. */
export class Resting extends Error {}

export interface VoiceGuardOptions {
  readonly voice: Voice;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** What it has to say in the end to be used again. */
  trial(language: Language): Sentence;
  /** It works again: what others have said meanwhile can be made anew. */
  onBack(): void;
}

/** Whether a voice is used now, and why not. */
export interface VoiceState {
  readonly name: string;
  readonly usable: boolean;
  readonly why?: string;
}

/**
 * A voice with a circuit breaker: one that hangs, is gone, or fails again and again is not asked any more, so that
 * another one speaks at once, until it has said a sentence that nobody waits for.
 */
export class GuardedVoice implements Voice {
  readonly #options: VoiceGuardOptions;
  readonly #circuit: Circuit;
  /** In which it has failed. */
  #language: Language = 'es-ES';

  constructor(options: VoiceGuardOptions) {
    const { voice, name, clock, log } = options;
    this.#options = options;
    this.#circuit = new Circuit({
      clock,
      trial: () => voice.speak(options.trial(this.#language), false),
      onOpen: (error) => {
        log.error({ voice: name, error: String(error) }, 'A voice is not used any more');
        // They would wait one after the other for what does not come.
        voice.drop(new Resting(String(error)));
      },
      onClose: () => {
        log.info({ voice: name }, 'A voice is used again');
        options.onBack();
      },
    });
  }

  get state(): VoiceState {
    const { why } = this.#circuit;
    return {
      name: this.#options.name,
      usable: this.#circuit.isClosed,
      ...(why === undefined ? {} : { why }),
    };
  }

  fingerprint(language: Language): string {
    return this.#options.voice.fingerprint(language);
  }

  async speak(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    if (!this.#circuit.isClosed) throw new Resting(this.#circuit.why);
    try {
      const samples = await this.#options.voice.speak(sentence, urgent);
      this.#circuit.worked();
      return samples;
    } catch (error) {
      this.#judge(error, sentence.language);
      throw error;
    }
  }

  hurry(sentence: Sentence): void {
    this.#options.voice.hurry(sentence);
  }

  isBusy(language: Language): boolean {
    return this.#options.voice.isBusy(language);
  }

  drop(why: Error): void {
    this.#options.voice.drop(why);
  }

  close(): Promise<void> {
    this.#circuit.close();
    return this.#options.voice.close();
  }

  /** A voice is not to blame for what it was not let begin. */
  #judge(error: unknown, language: Language): void {
    if (error instanceof NotBegun || !this.#circuit.isClosed) return;
    this.#language = language;
    if (error instanceof VoiceAway) this.#circuit.isAway(error);
    else this.#circuit.failed(error);
  }
}
