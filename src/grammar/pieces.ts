import type { Language } from '../model/contact.ts';
import type { Ending, Part, SpokenText } from '../model/utterance.ts';

/**
 * A sentence made of stretches that were rendered before: words, and the pauses between them. A value that is in no
 * vocabulary, such as a name, is the one stretch that was not.
 */
export type Piece =
  | { readonly kind: 'words' | 'value'; readonly text: string; readonly ending: Ending }
  | { readonly kind: 'pause' };

/** Phrases that were rendered, and how each of them ends. A set has them with every ending. */
export interface Vocabulary {
  has(phrase: string, ending: Ending): boolean;
}

const PAUSE: Piece = { kind: 'pause' };
/** More joints than this no ear forgives; the longest number that people say has fewer. */
const PIECES_MAX = 40;
const PHRASE_WORDS_MAX = 6;

/** One word or mark at a time: words, and what parts them. */
const MARKS_AT_START = /^[\s.,;:!?…)»"']+/;
const HAS_WORDS = /[\p{L}\p{N}]/u;
const ENDS_SENTENCE = /[.!?…]/;
const IS_PAUSE = /[,;:]/;

/** The sentence as pieces. Undefined: there would be too many joints, or there is nothing to say. */
export function piecesOf(
  parts: readonly Part[],
  vocabulary: Vocabulary,
): readonly Piece[] | undefined {
  const pieces = parts.flatMap(({ text, filled }, at) => {
    const ending = endingAfter(parts, at);
    if (!filled) return fixedPieces(text, ending);
    return phrasesIn(text, vocabulary, ending) ?? [{ kind: 'value', text, ending } as const];
  });
  const says = pieces.some(({ kind }) => kind !== 'pause');
  return pieces.length <= PIECES_MAX && says ? pieces : undefined;
}

/** What an author's own stretch comes to: known before any call, and so rendered before. */
function fixedPieces(text: string, ending: Ending): readonly Piece[] {
  const marks = MARKS_AT_START.exec(text)?.[0] ?? '';
  const words = text.slice(marks.length).trim();
  const pause = IS_PAUSE.test(marks) || (ENDS_SENTENCE.test(marks) && HAS_WORDS.test(words));
  return [
    ...(pause ? [PAUSE] : []),
    ...(HAS_WORDS.test(words) ? [{ kind: 'words', text: words, ending } as const] : []),
  ];
}

/** A stretch of a text: an author's own words, or a place with the phrases that its values are made of, if they are. */
export interface Template {
  readonly text: string;
  readonly phrases?: readonly string[];
}

/**
 * Every piece that a text with places can come to: rendered before, so that no caller waits for any of them. A place
 * may come to nothing, and then what stands before it is the last to be heard.
 */
export function piecesToRender(
  templates: readonly Template[],
  language: Language,
): readonly SpokenText[] {
  const empty = templates.map((template) => (template.phrases ? { text: '' } : template));
  return templates.flatMap(({ text, phrases }, at) => {
    const endings = new Set([endingAfter(templates, at), endingAfter(empty, at)]);
    if (phrases) {
      // A value may be of several phrases: each of them may stand within it.
      return [...endings.add('joined')].flatMap((ending) =>
        phrases.map((phrase) => ({ text: phrase, language, ending })),
      );
    }
    return [...endings].flatMap((ending) =>
      fixedPieces(text, ending).flatMap((piece) =>
        piece.kind === 'words' ? [{ text: piece.text, language, ending }] : [],
      ),
    );
  });
}

/** Whether the voice falls at the end of a part: the sentence ends there. */
function endingAfter(parts: readonly { readonly text: string }[], at: number): Ending {
  const following = parts.slice(at + 1).find(({ text }) => text.trim() !== '');
  if (!following) return 'last';
  const marks = MARKS_AT_START.exec(following.text)?.[0] ?? '';
  return ENDS_SENTENCE.test(marks) ? 'last' : 'joined';
}

/** Commas are pauses: what stands between them is put together by itself. */
function phrasesIn(
  text: string,
  vocabulary: Vocabulary,
  ending: Ending,
): readonly Piece[] | undefined {
  if (text.trim() === '') return [];
  const groups = text.split(/,\s*/);
  const found = groups.map((group, at) => {
    const isLast = at === groups.length - 1;
    return covered(group, vocabulary, isLast ? ending : 'joined');
  });
  if (!found.every((pieces) => pieces !== undefined)) return undefined;
  return found.flatMap((pieces, at) => (at > 0 ? [PAUSE, ...pieces] : pieces));
}

/** The longest phrase first, from left to right, of those after which the rest can be covered, too. */
function covered(
  group: string,
  vocabulary: Vocabulary,
  ending: Ending,
): readonly Piece[] | undefined {
  const words = group.split(WORDS);
  /** What covers the words from the one at the index to the end. */
  const from: (readonly Piece[] | undefined)[] = [];
  from[words.length] = [];
  for (let first = words.length - 1; first >= 0; first--) {
    const last = Math.min(words.length, first + PHRASE_WORDS_MAX);
    for (let next = last; next > first && !from[first]; next--) {
      const rest = from[next];
      const text = phraseOf(words.slice(first, next));
      const falls = next === words.length ? ending : 'joined';
      if (rest && vocabulary.has(text, falls))
        from[first] = [{ kind: 'words', text, ending: falls }, ...rest];
    }
  }
  return from[0];
}

/** English parts tens from units by a hyphen, which stays with the first of them: "twenty-", "one". */
const WORDS = / |(?<=-)/;

const phraseOf = (words: readonly string[]): string =>
  words.join(' ').replaceAll('- ', '-').replace(/-$/, '');
