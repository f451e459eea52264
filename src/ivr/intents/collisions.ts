import { likeness } from './similarity.ts';
import { isNegative, phraseStems } from './tokens.ts';

export interface Collision {
  readonly intent: number;
  readonly phrase: number;
  /** The earlier intent whose phrase it cannot be told apart from, and that phrase. */
  readonly otherIntent: number;
  readonly otherPhrase: string;
}

interface Read {
  readonly text: string;
  readonly stems: readonly string[];
  readonly negative: boolean;
}

/** Stems that are more alike than this are one word to the matcher. */
const SAME = 0.9;

/** Phrases of different intents that callers' answers could not be told apart by. */
export function collisions(
  intents: readonly (readonly string[])[],
  language: string,
): readonly Collision[] {
  const read = intents.map((phrases) =>
    phrases.map((text) => ({
      text,
      stems: [...new Set(phraseStems(text, language))],
      negative: isNegative(text, language),
    })),
  );
  return read.flatMap((phrases, intent) =>
    phrases.flatMap((one, phrase) =>
      read.slice(0, intent).flatMap((others, otherIntent) => {
        const other = others.find((candidate) => meansTheSame(one, candidate));
        return other ? [{ intent, phrase, otherIntent, otherPhrase: other.text }] : [];
      }),
    ),
  );
}

function meansTheSame(a: Read, b: Read): boolean {
  return (
    a.negative === b.negative &&
    a.stems.length === b.stems.length &&
    a.stems.every((word) => b.stems.some((other) => likeness(word, other) >= SAME))
  );
}
