import type { Alternative } from '../vocabulary.ts';
import { plainWords } from './tokens.ts';
import { type LanguageWords, wordsOf } from './words.ts';

type Answer = 'yes' | 'no';

/** What a phrase comes to: `unsure` is neither, whatever else is said ("no sé"). */
type Verdict = Answer | 'unsure';

/** Less belief than this decides nothing, and neither does less of a lead over the other answer. */
const DECIDED = 0.4;
const MARGIN = 0.1;

/**
 * Undefined: neither of the two, or both. Only whole phrases count: words that are merely like one another are as
 * often its opposite (correcto, incorrecto).
 */
export function yesOrNo(
  alternatives: readonly Alternative[],
  language: string,
): Answer | undefined {
  const belief = { yes: 0, no: 0 };
  for (const { text, confidence } of alternatives) {
    const answer = answerIn(plainWords(text), language);
    if (answer) belief[answer] += confidence;
  }
  const answer = belief.yes > belief.no ? 'yes' : 'no';
  const decided = belief[answer] >= DECIDED && Math.abs(belief.yes - belief.no) >= MARGIN;
  return decided ? answer : undefined;
}

/** "No, soporte": what comes after the answer. */
export function withoutNo(
  alternatives: readonly Alternative[],
  language: string,
): readonly Alternative[] {
  const { answer } = wordsOf(language);
  return alternatives.map(({ text, confidence }) => {
    const [first, ...rest] = plainWords(text);
    return { text: first === answer ? rest.join(' ') : text, confidence };
  });
}

/** The one answer that all the phrases of a sentence give. */
function answerIn(spoken: readonly string[], language: string): Answer | undefined {
  const verdicts = new Set(verdictsIn(spoken, language));
  const [only] = verdicts;
  return verdicts.size === 1 && only !== 'unsure' ? only : undefined;
}

/** From left to right, the longest phrase first; what is no part of any is passed over. */
function verdictsIn(spoken: readonly string[], language: string): readonly Verdict[] {
  const known = wordsOf(language);
  const phrases = phrasesOf(known, language);
  const verdicts: Verdict[] = [];
  for (let at = 0; at < spoken.length; ) {
    const phrase = longer(phraseAt(spoken, at, phrases), denialAt(spoken, at, known, phrases));
    if (phrase) verdicts.push(phrase.verdict);
    at += phrase?.length ?? 1;
  }
  return verdicts;
}

interface Phrase {
  readonly verdict: Verdict;
  /** In words. */
  readonly length: number;
}

interface Phrases {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly wordsMax: number;
}

function phraseAt(
  spoken: readonly string[],
  at: number,
  { verdicts, wordsMax }: Phrases,
): Phrase | undefined {
  for (let length = Math.min(wordsMax, spoken.length - at); length > 0; length--) {
    const verdict = verdicts.get(spoken.slice(at, at + length).join(' '));
    if (verdict) return { verdict, length };
  }
  return undefined;
}

/**
 * "No es correcto", "that isn't right": a negation turns round what follows, and is a no by itself. "No es incorrecto"
 * may be "no, es incorrecto".
 */
function denialAt(
  spoken: readonly string[],
  at: number,
  known: LanguageWords,
  phrases: Phrases,
): Phrase | undefined {
  if (!known.denials.has(spoken[at] ?? '')) return undefined;
  let next = at + 1;
  while (known.copulas.has(spoken[next] ?? '')) next += 1;
  const denied = phraseAt(spoken, next, phrases);
  // "No, sí": what follows the answer itself without a verb between them is an answer of its own.
  if (!denied || (next === at + 1 && spoken[at] === known.answer))
    return { verdict: 'no', length: 1 };
  const verdict = denied.verdict === 'yes' ? 'no' : 'unsure';
  return { verdict, length: next - at + denied.length };
}

/** What says more: "no sé" than "no". */
const longer = (a: Phrase | undefined, b: Phrase | undefined): Phrase | undefined =>
  (b?.length ?? 0) > (a?.length ?? 0) ? b : a;

const read = new Map<string, Phrases>();

function phrasesOf({ yes, no, unsure }: LanguageWords, language: string): Phrases {
  const known = read.get(language);
  if (known) return known;
  const lists = { yes, no, unsure };
  const verdicts = new Map(
    (['yes', 'no', 'unsure'] as const).flatMap((verdict) =>
      lists[verdict].map((phrase) => [plainWords(phrase).join(' '), verdict] as const),
    ),
  );
  const wordsMax = Math.max(0, ...[...verdicts.keys()].map((key) => key.split(' ').length));
  const phrases = { verdicts, wordsMax };
  read.set(language, phrases);
  return phrases;
}
