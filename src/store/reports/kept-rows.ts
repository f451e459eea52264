/** The rows of one key, as they are sent. */
export interface KeyRows {
  readonly key: string;
  readonly count: number;
  readonly text: string;
}

/** What one question was answered about one piece of time, in the order of the keys. */
export type PieceRows = readonly KeyRows[];

interface Kept {
  readonly version: string;
  readonly rows: PieceRows;
  readonly size: number;
}

/** Some twenty months of quarters of an hour with all that is told of a queue. */
const CHARACTERS_MAX = 64_000_000;

/**
 * Rows of reports that were read, computed and written once. Days that are over do not change, and wallboards ask for
 * the month again and again: what is asked anew is the day that it is. Those who were not asked for longest go first.
 */
export class KeptRows {
  readonly #charactersMax: number;
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  constructor(charactersMax = CHARACTERS_MAX) {
    this.#charactersMax = charactersMax;
  }

  /** Undefined: never asked, or its figures are others now. */
  get(id: string, version: string): PieceRows | undefined {
    const known = this.#kept.get(id);
    if (known?.version !== version) return undefined;
    this.#kept.delete(id);
    this.#kept.set(id, known);
    return known.rows;
  }

  set(id: string, version: string, rows: PieceRows): void {
    this.#forget(id);
    const size = rows.reduce((sum, { text }) => sum + text.length, id.length + version.length);
    this.#kept.set(id, { version, rows, size });
    this.#characters += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= this.#charactersMax) return;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#characters -= this.#kept.get(id)?.size ?? 0;
    this.#kept.delete(id);
  }
}
