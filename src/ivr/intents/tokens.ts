import { stem } from './stem.ts';
import { type LanguageWords, wordsOf } from './words.ts';

/** What was said, as far as it may mean something. */
export interface Utterance {
  /** The stems of what the caller is not turning down. */
  readonly wanted: readonly string[];
  /** Everything, negations as well: for phrases that are themselves negative ("no funciona"). */
  readonly all: readonly string[];
}

/** No answer that means something is longer; more is a recogniser that has lost its way. */
const WORDS_MAX = 60;
const CHARACTERS_MAX = 1_000;
/** A negation reaches so many words that mean something. */
const NEGATION_REACH = 3;

/** Lower case, without accents and punctuation: `¿Facturación?` → `facturacion`. */
export function plainWords(text: string): readonly string[] {
  return text
    .slice(0, CHARACTERS_MAX)
    .normalize('NFD')
    .replace(/\p{M}|['’]/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
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

export function readUtterance(text: string, language: string): Utterance {
  const known = wordsOf(language);
  const spoken = plainWords(text);
  const refused = refusedWords(spoken, known);
  const stems = (keep: (word: string, at: number) => boolean): readonly string[] =>
    spoken.filter(keep).map((word) => stem(known.numbers.get(word) ?? word, language));
  const means = (word: string): boolean => known.numbers.has(word) || !known.fillers.has(word);
  const wanted = stems((word, at) => means(word) && !known.negations.has(word) && !refused.has(at));
  const all = stems(means);
  // A sentence of fillers alone may be a phrase of somebody's: "sí".
  return all.length > 0 ? { wanted, all } : { wanted: stems(() => true), all: stems(() => true) };
}

/**
 * The places of words that the caller turns down: "no quiero [ventas]", "not [sales]", "[ventas] no". "No tengo
 * internet" turns nothing down but having it: a verb that is no wish takes the negation upon itself.
 */
function refusedWords(spoken: readonly string[], known: LanguageWords): ReadonlySet<number> {
  const refused = new Set<number>();
  for (const [at, word] of spoken.entries()) {
    // "No, [ventas] no, factura": the second one belongs to what went before it.
    if (!known.negations.has(word) || (word === known.answer && refused.has(at - 1))) continue;
    if (at === spoken.length - 1) refused.add(lastTelling(spoken, at, known));
    else refuseAfter(spoken, at + 1, known, refused);
  }
  return refused;
}

function lastTelling(spoken: readonly string[], before: number, known: LanguageWords): number {
  let at = before - 1;
  while (at > 0 && known.fillers.has(spoken[at] ?? '')) at -= 1;
  return at;
}

function refuseAfter(
  spoken: readonly string[],
  from: number,
  known: LanguageWords,
  refused: Set<number>,
): void {
  let reach = 1;
  for (let at = from; at < spoken.length && reach > 0; at++) {
    const word = spoken[at] ?? '';
    if (known.assertions.has(word) || (at > from && known.turns.has(word))) return;
    if (known.wishes.has(word)) reach = NEGATION_REACH;
    if (known.fillers.has(word) || known.wishes.has(word)) continue;
    refused.add(at);
    reach -= 1;
  }
}
