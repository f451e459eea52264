import { isCovered, piecesOf } from '../grammar/grammar.ts';
import type { Language } from '../model/contact.ts';
import type { Part, Utterance } from '../model/utterance.ts';
import type { PromptCache } from './cache.ts';
import type { Sentence } from './voices/voice.ts';

/** A sentence as far as it can be said without a voice: files, to be played one after the other. */
export interface Outline {
  /** What stands before the first value that is in no vocabulary. */
  readonly opening: readonly string[];
  /** From that value to the end, in words. */
  readonly rest: string;
  /** The rest as its author would have written it for somebody of whom the value is not known. */
  readonly without: readonly string[];
}

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
  whole({ parts = [], language }: Utterance): readonly string[] | undefined {
    return this.#files(parts, language);
  }

  /** Of a sentence that is of no pieces, or of missing ones, what there is of it. */
  outline({ text, parts = [], language }: Utterance): Outline {
    const unknown = parts.findIndex((part) => !isCovered(part, this.#words(language)));
    if (unknown < 0) return { opening: [], rest: text, without: [] };
    const opening = this.#files(parts, language, 0, unknown) ?? [];
    const known = parts.map((part) =>
      isCovered(part, this.#words(language)) ? part : { ...part, text: '' },
    );
    const from = opening.length > 0 ? unknown : 0;
    const rest = parts.slice(from).map((part) => part.text);
    return {
      opening,
      rest: rest.join(''),
      without: this.#files(known, language, from) ?? [],
    };
  }

  #files(
    parts: readonly Part[],
    language: Language,
    from?: number,
    to?: number,
  ): readonly string[] | undefined {
    const files = piecesOf(parts, this.#words(language), from, to)?.map((piece) =>
      piece.kind === 'pause' ? this.#pause : this.#cache.find({ ...piece, language }),
    );
    return files?.every((file) => file !== undefined) ? files : undefined;
  }

  #words(language: Language): ReadonlySet<string> {
    return this.#vocabulary.get(language) ?? NO_WORDS;
  }
}
