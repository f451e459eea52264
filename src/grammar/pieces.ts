import type { Language } from '../model/contact.ts';
import type { Ending, Part, SpokenText } from '../model/utterance.ts';

/**
 * A sentence made of stretches that were rendered before: words, and the pauses between them. A value that is in no
 * vocabulary, such as a name, is the one stretch that was not.
 */
export type Piece =
  | { readonly kind: 'words' | 'value'; readonly text: string; readonly ending: Ending }
  | { readonly kind: 'pause' };

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
  vocabulary: ReadonlySet<string>,
): readonly Piece[] | undefined {
  const pieces = parts.flatMap(({ text, filled }, at) => {
    const ending = endingAfter(parts, at);
    if (!filled) return fixedPieces(text, ending);
    const phrases = phrasesIn(text, vocabulary);
    return phrases ? withEnding(phrases, ending) : [{ kind: 'value', text, ending } as const];
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

/** The longest phrase first, from left to right. Commas are pauses. */
function phrasesIn(text: string, vocabulary: ReadonlySet<string>): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  if (text.trim() === '') return pieces;
  for (const [at, group] of text.split(/,\s*/).entries()) {
    if (at > 0) pieces.push(PAUSE);
    const words = group.split(' ');
    for (let from = 0; from < words.length; ) {
      let to = Math.min(words.length, from + PHRASE_WORDS_MAX);
      while (to > from && !vocabulary.has(words.slice(from, to).join(' '))) to -= 1;
      if (to === from) return undefined;
      pieces.push({ kind: 'words', text: words.slice(from, to).join(' '), ending: 'joined' });
      from = to;
    }
  }
  return pieces;
}

function withEnding(pieces: readonly Piece[], ending: Ending): readonly Piece[] {
  const last = pieces.at(-1);
  return last?.kind === 'words' ? [...pieces.slice(0, -1), { ...last, ending }] : pieces;
}
