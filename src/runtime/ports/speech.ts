import type { Language } from '../../model/contact.ts';
import type { SpokenText, Utterance } from '../../model/utterance.ts';
import type { ArrivalFacts } from './outside.ts';
import type { FeaturePhrase } from './phrases.ts';

/** All that callers may be told: to be rendered before they call. */
export interface Repertoire {
  /** All there are; what most numbers are answered in comes first. */
  readonly languages: readonly Language[];
  /** What is heard before all else. */
  readonly greetings: readonly SpokenText[];
  /** Everything that flows, closures and notices say, greetings too: of each flow what is heard first comes first. */
  readonly sentences: readonly SpokenText[];
}

/** What is played now; and what follows when that was heard, as much of it as a voice has made by then. */
export interface Spoken {
  readonly files: readonly string[];
  /** Asked once, when `files` are over. Nobody waits for it: it says what there is, or what to play meanwhile. */
  rest?(): Spoken;
}

/** Turns text into sound files that the media server can play: paths or URLs of WAV files, 16 bit mono. */
export interface PromptRenderer {
  /** For somebody who hears silence otherwise: something is played at once, whatever the voice is doing. */
  speak(utterance: Utterance): Promise<Spoken>;
  /**
   * For somebody who hears something else meanwhile, such as music. What to play, one after the other: an uploaded
   * recording, the whole sentence, or pieces of it. No voice is asked: undefined when that would have to be.
   */
  ready(utterance: Utterance): readonly string[] | undefined;
  /** The same; where nothing is there, a voice is waited for. */
  say(utterance: Utterance): Promise<readonly string[]>;
  /** One sentence of ours, in one file. Cached by content. */
  render(text: string, language: Language): Promise<string>;
  /** Has made what may soon be said to somebody. Never rejects, and nobody waits for it. */
  prepare(utterances: readonly Utterance[]): void;
  /** A named recording or piece of music; uploaded ones may be different in each language. */
  audio(name: string, language?: Language): string | undefined;
}

/**
 * What is said around a call back. To the `agent`: whom they are about to speak with, by name if it is known · to the
 * customer: to press 1 (`confirm`), that an agent comes (`connecting`).
 */
export type CallbackPhrase = 'agent' | 'confirm' | 'connecting';

/** The system's own sentences, from the catalogue of the language (served by speech). */
export interface Phrases {
  feature(phrase: FeaturePhrase, language: Language): string;
  /** Where the caller stands; position 1 is the next to be served. */
  queuePosition(position: number, language: Language): Utterance;
  /** How long it may still take, between two milliseconds. */
  queueWait(fromMs: number, toMs: number, language: Language): Utterance;
  /** The wait has become longer than what the caller was told before. */
  queueLonger(language: Language): string;
  /** Said when there is nothing else to say. */
  queueThanks(language: Language): string;
  callback(phrase: CallbackPhrase, language: Language, name?: string): Utterance;
  /** What an agent is told of a call before they are joined, sentence by sentence. */
  arrival(facts: ArrivalFacts, language: Language): readonly Utterance[];
}
