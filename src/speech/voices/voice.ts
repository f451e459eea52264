import type { Language } from '../../model/contact.ts';

/** What is to be said, and in which language. */
export interface Sentence {
  readonly text: string;
  readonly language: Language;
}

/** Turns sentences into sound. A better voice than the one that comes with the house is another one of these. */
export interface Voice {
  /** Changes whenever the same text would sound different: it is part of the cache's key. */
  fingerprint(language: Language): string;
  /** 16 bit mono samples at {@link PROMPT_RATE}. Urgent sentences go before all others. */
  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array>;
  close(): Promise<void>;
}

/** Samples a second of every prompt: all that a G.722 caller can hear, and twice what a G.711 caller can. */
export const PROMPT_RATE = 16_000;
