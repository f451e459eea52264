import type { Language } from '../../model/contact.ts';
import type { SpokenText } from '../../model/utterance.ts';

/** What is to be said, in which language, and how it ends. */
export type Sentence = SpokenText;

/** Turns sentences into sound. A better voice than the one that comes with the house is another one of these. */
export interface Voice {
  /** Changes whenever the same text would sound different: it is part of the cache's key. */
  fingerprint(language: Language): string;
  /** 16 bit mono samples at {@link PROMPT_RATE}. Urgent sentences go before all others. */
  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array>;
  /** Somebody waits now for a sentence that nobody waited for when it was asked for. */
  hurry(sentence: Sentence): void;
  /** Whether what is asked for now has to wait for something else. */
  isBusy(language: Language): boolean;
  /** What has not been begun is not said any more: it rejects with that. */
  drop(why: Error): void;
  close(): Promise<void>;
}

/** It does not answer, or is not there: whoever asks again at once waits in vain. */
export class VoiceAway extends Error {}

/** Samples a second of every prompt: all that a G.722 caller can hear, and twice what a G.711 caller can. */
export const PROMPT_RATE = 16_000;

export const isSame = (a: Sentence, b: Sentence): boolean =>
  a.text === b.text && a.language === b.language && a.ending === b.ending;
