import { type Piece, piecesOf } from '../grammar/grammar.ts';
import type { Language } from '../model/contact.ts';
import type { Utterance } from '../model/utterance.ts';
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
const NO_WORDS: ReadonlySet<string> = new Set();

/** Puts sentences together from pieces that were rendered before. */
export class Assembly {
  readonly #cache: PromptCache;
  /** A file of silence between pieces. */
  readonly #pause: string;
  /** By language: every phrase that was rendered to put sentences together from. */
  readonly #vocabulary = new Map<Language, Set<string>>();

  constructor(cache: PromptCache, pause: string) {
    this.#cache = cache;
    this.#pause = pause;
  }

  learn({ text, language, ending }: Sentence): void {
    if (!ending) return;
    const known = this.#vocabulary.get(language) ?? new Set();
    this.#vocabulary.set(language, known.add(text));
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
    return piecesOf(parts, this.#vocabulary.get(language) ?? NO_WORDS);
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
