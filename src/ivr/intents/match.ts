import type { Alternative } from '../vocabulary.ts';
import { likeness } from './similarity.ts';
import { isNegative, phraseStems, readUtterance, type Utterance } from './tokens.ts';

/** An intent that the caller may have meant, by its place in the list. */
export interface Guess {
  readonly intent: number;
  /** 0 to 1. */
  readonly confidence: number;
}

interface Phrase {
  readonly stems: readonly string[];
  readonly negative: boolean;
}

/** How much of the score words that mean nothing here may take away: people say more than they have to. */
const EXTRA_WORDS = 0.4;
/** What the first and the second of two readings of a sentence count for. */
const DOUBTS: readonly number[] = [0.7, 0.65];

/** Intents with their phrases, ready to be compared with what callers say. */
export class Intents {
  readonly #intents: readonly (readonly Phrase[])[];
  readonly #language: string;
  /** A word that several intents share says less about which one is meant. */
  readonly #weights = new Map<string, number>();
  /** The words of what can be chosen; "no funciona" is chosen by what does not. */
  readonly #choices: ReadonlySet<string>;

  constructor(intents: readonly (readonly string[])[], language: string) {
    this.#language = language;
    this.#intents = intents.map((phrases) =>
      phrases.map((phrase) => ({
        stems: phraseStems(phrase, language),
        negative: isNegative(phrase, language),
      })),
    );
    const positive = this.#intents.flat().filter(({ negative }) => !negative);
    this.#choices = new Set(positive.flatMap(({ stems }) => stems));
    for (const phrases of this.#intents) {
      for (const word of new Set(phrases.flatMap(({ stems }) => stems))) {
        this.#weights.set(word, (this.#weights.get(word) ?? 0) + 1);
      }
    }
    for (const [word, count] of this.#weights) {
      this.#weights.set(word, 1 + Math.log(this.#intents.length / count));
    }
  }

  /**
   * What may have been meant, best first. The recogniser's belief in its alternatives adds up where they say the
   * same in other words.
   */
  guess(alternatives: readonly Alternative[]): readonly Guess[] {
    const sums = this.#intents.map(() => 0);
    for (const { text, confidence } of alternatives) {
      const said = readUtterance(text, this.#language, (stem) => this.#isChoice(stem));
      for (const [intent, phrases] of this.#intents.entries()) {
        sums[intent] = (sums[intent] ?? 0) + confidence * this.#best(phrases, said);
      }
    }
    return sums
      .map((sum, intent) => ({ intent, confidence: Math.min(1, sum) }))
      .filter(({ confidence }) => confidence > 0)
      .sort((a, b) => b.confidence - a.confidence);
  }

  #isChoice(said: string): boolean {
    return [...this.#choices].some((word) => likeness(word, said) > 0);
  }

  /** What all readings come to is sure; what only one does is asked back. */
  #best(phrases: readonly Phrase[], { wanted, all }: Utterance): number {
    const scores = wanted.map((said) =>
      phrases.reduce(
        (best, phrase) => Math.max(best, this.#score(phrase, phrase.negative ? all : said)),
        0,
      ),
    );
    const doubtful = scores.map((score, at) => score * (DOUBTS[at] ?? 0));
    return Math.max(Math.min(...scores), ...doubtful);
  }

  /** The weighed share of the phrase that was said, less what was said besides. */
  #score({ stems }: Phrase, said: readonly string[]): number {
    if (said.length === 0 || stems.length === 0) return 0;
    const explained = new Set<number>();
    let found = 0;
    let whole = 0;
    for (const word of stems) {
      const weight = this.#weights.get(word) ?? 1;
      const { at, like } = nearest(word, said);
      if (like > 0) explained.add(at);
      found += weight * like;
      whole += weight;
    }
    const extra = 1 - explained.size / said.length;
    return (found / whole) * (1 - EXTRA_WORDS * extra);
  }
}

function nearest(word: string, said: readonly string[]): { at: number; like: number } {
  let best = { at: -1, like: 0 };
  for (const [at, other] of said.entries()) {
    const like = likeness(word, other);
    if (like > best.like) best = { at, like };
  }
  return best;
}

/** The first guess, if nothing else is nearly as good. */
export function clearest(guesses: readonly Guess[], margin: number): Guess | undefined {
  const [first, second] = guesses;
  return first && first.confidence - (second?.confidence ?? 0) >= margin ? first : undefined;
}
