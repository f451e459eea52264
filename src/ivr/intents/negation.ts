import type { LanguageWords } from './words.ts';

/** What was said, word by word. */
export interface Spoken {
  readonly words: readonly string[];
  /** The places of words before which there is a comma or a full stop; of the first there is always one. */
  readonly starts: ReadonlySet<number>;
}

/** The places of words that the caller turns down. */
export type Refused = ReadonlySet<number>;

/** A negation reaches so many words that mean something. */
const REACH = 3;

/**
 * What is turned down: "no quiero [ventas]", "not [sales]", "[ventas] no", "[soporte] no, ventas". "No tengo internet"
 * turns nothing down but having it: a verb that is no wish takes the negation upon itself. There are two ways to read it,
 * the likelier one first, where no comma says whether the choice before a "no" or the one after it is turned down
 * (soporte no ventas); `isChoice` tells which words can be one.
 */
export function readings(
  spoken: Spoken,
  known: LanguageWords,
  isChoice: (word: string) => boolean,
): readonly Refused[] {
  const refused = new Set<number>();
  let other: Set<number> | undefined;
  const choosesAt = (at: number): boolean => isChoice(spoken.words[at] ?? '');
  const refuse = (places: readonly number[], elsewhere = places): void => {
    if (elsewhere !== places) other ??= new Set(refused);
    for (const at of places) refused.add(at);
    for (const at of elsewhere) other?.add(at);
  };
  for (const [at, word] of spoken.words.entries()) {
    if (!known.negations.has(word)) continue;
    const before = placesBefore(spoken, at, known);
    const after = isAnswered(spoken, at, known)
      ? []
      : placesAfter(spoken, at, known, before.places.length > 0);
    if (after.length === 0) refuse(before.places);
    else if (spoken.starts.has(at) || word !== known.answer || before.isWanted) refuse(after);
    else if (other || !before.places.some(choosesAt) || !after.some(choosesAt)) refuse(after);
    else refuse(before.places, after);
  }
  return other ? [refused, other] : [refused];
}

/** Whether nothing that belongs to the negation follows: "[ventas] no, …", "[ventas] no, mejor …". */
function isAnswered({ words, starts }: Spoken, at: number, known: LanguageWords): boolean {
  const next = words[at + 1];
  if (next === undefined || starts.has(at + 1)) return true;
  return known.turns.has(next) && !known.wishes.has(next);
}

/** The words that the negation is said after, and whether they were wished for: "quiero [soporte] no ventas". */
function placesBefore(
  { words, starts }: Spoken,
  negation: number,
  known: LanguageWords,
): { readonly places: readonly number[]; readonly isWanted: boolean } {
  const places: number[] = [];
  for (let at = negation - 1; at >= 0; at--) {
    const word = words[at] ?? '';
    if (known.negations.has(word)) break;
    if (known.wishes.has(word)) return { places, isWanted: places.length > 0 };
    if (!known.fillers.has(word) && places.length < REACH) places.push(at);
    if (starts.has(at)) break;
  }
  return { places, isWanted: false };
}

/**
 * The words that follow, as far as it reaches: one, or after a wish a few. A pause is no end where nothing has been turned
 * down yet: "no quiero, eh, ventas".
 */
function placesAfter(
  { words, starts }: Spoken,
  negation: number,
  known: LanguageWords,
  withinClause: boolean,
): readonly number[] {
  const places: number[] = [];
  let reach = 1;
  for (let at = negation + 1; at < words.length && places.length < reach; at++) {
    const word = words[at] ?? '';
    const isTurn = at > negation + 1 && known.turns.has(word);
    if (known.assertions.has(word) || known.negations.has(word) || isTurn) break;
    if (starts.has(at) && (withinClause || places.length > 0)) break;
    if (known.wishes.has(word)) reach = REACH;
    if (!known.fillers.has(word) && !known.wishes.has(word)) places.push(at);
  }
  return places;
}
