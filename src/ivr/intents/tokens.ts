import { readings, type Spoken } from './negation.ts';
import { stem } from './stem.ts';
import { wordsOf } from './words.ts';

/** What was said, as far as it may mean something. */
export interface Utterance {
  /** The stems of what the caller is not turning down; where that can be read in two ways, both, the likelier first. */
  readonly wanted: readonly (readonly string[])[];
  /** Everything, negations as well: for phrases that are themselves negative ("no funciona"). */
  readonly all: readonly string[];
}

/** No answer that means something is longer; more is a recogniser that has lost its way. */
const WORDS_MAX = 60;
const CHARACTERS_MAX = 1_000;
/** Words, and what parts them where somebody breathes. */
const WORDS_AND_PAUSES = /[\p{L}\p{N}]+|[.,;:!?…]+/gu;

/** Lower case, without accents and punctuation: `¿Facturación?` → `facturacion`. */
export const plainWords = (text: string): readonly string[] => spokenIn(text).words;

function spokenIn(text: string): Spoken {
  const plain = text
    .slice(0, CHARACTERS_MAX)
    .normalize('NFD')
    .replace(/\p{M}|['’]/gu, '')
    .toLowerCase();
  const words: string[] = [];
  const starts = new Set([0]);
  for (const [piece] of plain.matchAll(WORDS_AND_PAUSES)) {
    if (/[.,;:!?…]/.test(piece)) starts.add(words.length);
    else if (words.length < WORDS_MAX) words.push(piece);
  }
  return { words, starts };
}

/** The stems of a phrase; one that consists of fillers alone means itself. */
export function phraseStems(phrase: string, language: string): readonly string[] {
  const known = wordsOf(language);
  const all = plainWords(phrase).map((word) => known.numbers.get(word) ?? word);
  const telling = all.filter((word) => !known.fillers.has(word));
  return (telling.length > 0 ? telling : all).map((word) => stem(word, language));
}

export function isNegative(phrase: string, language: string): boolean {
  const { negations } = wordsOf(language);
  return plainWords(phrase).some((word) => negations.has(word));
}

/** `isChoice`: whether a stem is one of what may be chosen. */
export function readUtterance(
  text: string,
  language: string,
  isChoice: (stem: string) => boolean,
): Utterance {
  const known = wordsOf(language);
  const spoken = spokenIn(text);
  const stemOf = (word: string): string => stem(known.numbers.get(word) ?? word, language);
  const stems = (keep: (word: string, at: number) => boolean): readonly string[] =>
    spoken.words.filter(keep).map(stemOf);
  const means = (word: string): boolean => known.numbers.has(word) || !known.fillers.has(word);
  const all = stems(means);
  // A sentence of fillers alone may be a phrase of somebody's: "sí".
  if (all.length === 0) return { wanted: [stems(() => true)], all: stems(() => true) };
  const wanted = readings(spoken, known, (word) => isChoice(stemOf(word))).map((refused) =>
    stems((word, at) => means(word) && !known.negations.has(word) && !refused.has(at)),
  );
  return { wanted, all };
}
