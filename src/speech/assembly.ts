import { type Piece, piecesOf, type Vocabulary } from '../grammar/grammar.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';
import type { Ending, Utterance } from '../model/utterance.ts';
import type { PromptCache, Rendering } from './cache.ts';
import type { Sentence } from './voices/voice.ts';

/** A sentence that cannot be said without a voice, as far as it can. */
export interface Outline {
  /** What stands before the first value that is in no vocabulary: files. Empty: no words, or not all are on disk. */
  readonly opening: readonly string[];
  /** What the voice has to say. */
  readonly values: readonly Rendering[];
  /** What follows the opening, given the files of the values in their order: without those that are not there. */
  following(values: readonly (string | undefined)[]): readonly string[];
}

const NOTHING: Outline = { opening: [], values: [], following: () => [] };

/** Everything that was rendered to put sentences together from, in one language: phrases by their endings. */
class Phrases implements Vocabulary {
  readonly #known: Readonly<Record<Ending, Set<string>>> = { joined: new Set(), last: new Set() };

  add(phrase: string, ending: Ending): void {
    this.#known[ending].add(phrase);
  }

  has(phrase: string, ending: Ending): boolean {
    return this.#known[ending].has(phrase);
  }
}

/** What one voice has said: sentences, and pieces that others are put together from. */
export class Assembly {
  readonly #cache: PromptCache;
  /** A file of silence between pieces. */
  readonly #pause: string;
  readonly #phrases = Object.fromEntries(
    LANGUAGES.map((language) => [language, new Phrases()]),
  ) as Readonly<Record<Language, Phrases>>;

  constructor(cache: PromptCache, pause: string) {
    this.#cache = cache;
    this.#pause = pause;
  }

  /** Whether it was said before: then it is there for sentences that it is a piece of. */
  knows(sentence: Sentence): boolean {
    const isThere = this.#cache.find(sentence) !== undefined;
    if (isThere) this.#learn(sentence);
    return isThere;
  }

  /** Has it said, behind everybody who waits for the voice. */
  async make(sentence: Sentence): Promise<void> {
    await this.#cache.file(sentence, false);
    this.#learn(sentence);
  }

  #learn({ text, language, ending }: Sentence): void {
    if (ending) this.#phrases[language].add(text, ending);
  }

  /** The whole as it was said before, or put together. */
  found(utterance: Utterance): readonly string[] | undefined {
    const file = this.#cache.find(renderingOf(utterance));
    return file === undefined ? this.whole(utterance) : [file];
  }

  /** The whole sentence, if every piece of it is on disk. */
  whole(utterance: Utterance): readonly string[] | undefined {
    const pieces = this.#pieces(utterance);
    return pieces && this.#files(pieces, utterance.language);
  }

  outline(utterance: Utterance): Outline {
    const { language } = utterance;
    const pieces = this.#pieces(utterance) ?? [];
    const files = pieces.map((piece) => this.#file(piece, language));
    if (pieces.some(({ kind }, at) => kind !== 'value' && files[at] === undefined)) return NOTHING;
    const first = pieces.findIndex(({ kind }) => kind === 'value');
    const begins = pieces.slice(0, first).some(({ kind }) => kind === 'words');
    const from = begins ? first : 0;
    return {
      opening: files.slice(0, from).filter((file) => file !== undefined),
      values: pieces.flatMap((piece) =>
        piece.kind === 'value'
          ? [{ text: piece.text, ending: piece.ending, language, own: true }]
          : [],
      ),
      following(values) {
        const left = [...values];
        return pieces.slice(from).flatMap(({ kind }, at) => {
          const file = kind === 'value' ? left.shift() : files[from + at];
          return file ?? [];
        });
      },
    };
  }

  #pieces({ parts = [], language }: Utterance): readonly Piece[] | undefined {
    return piecesOf(parts, this.#phrases[language]);
  }

  #files(pieces: readonly Piece[], language: Language): readonly string[] | undefined {
    const files = pieces.map((piece) => this.#file(piece, language));
    return files.every((file) => file !== undefined) ? files : undefined;
  }

  /** A value may have been said to this caller before. */
  #file(piece: Piece, language: Language): string | undefined {
    if (piece.kind === 'pause') return this.#pause;
    const { kind, text, ending } = piece;
    return this.#cache.find({ text, ending, language, own: kind === 'value' });
  }
}

export const renderingOf = ({ text, language, parts }: Utterance): Rendering => ({
  text,
  language,
  ...(parts ? { own: true } : {}),
});
