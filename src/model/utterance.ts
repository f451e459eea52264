import type { Language } from './contact.ts';

/** A stretch of a sentence: as its author wrote it, or filled in for this caller. */
export interface Part {
  readonly text: string;
  readonly filled: boolean;
}

/** Something to be said: the whole sentence, and what it is made of if parts of it differ from caller to caller. */
export interface Utterance {
  readonly text: string;
  readonly language: Language;
  readonly parts?: readonly Part[];
  /** What it is called in its flow, and which flow that is: an uploaded recording of the name is heard instead. */
  readonly name?: string;
  readonly flowId?: string;
}

/** How a stretch of sound ends: `joined` goes on without a breath, `last` falls as a sentence does at its end. */
export type Ending = 'joined' | 'last';

/** A sentence, or a stretch of one, in the language of the voice that will say it. */
export interface SpokenText {
  readonly text: string;
  readonly language: Language;
  /** Absent: a whole sentence. */
  readonly ending?: Ending;
}
