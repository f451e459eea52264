import type { EpochMs } from '../../lib/clock.ts';
import type { Journal } from '../journal/journal.ts';

const HOUR_MS = 3_600_000;
const NOTE = 'dialled:';

interface Begun {
  readonly at: EpochMs;
  /** The destination by its rule. */
  readonly to: string;
}

/**
 * The calls of ours that began within the last hour: as many as an hour may have, at most. They are noted in the journal:
 * a restart does not begin a new hour.
 */
export class LastHour {
  readonly #journal: Pick<Journal, 'keep' | 'drop'>;
  /** By note, the oldest first. */
  readonly #begun = new Map<string, Begun>();
  #last = 0;

  constructor(journal: Pick<Journal, 'keep' | 'drop'>) {
    this.#journal = journal;
  }

  /** Those of the process before, before the first of this one. */
  restore(notes: ReadonlyMap<string, unknown>): void {
    for (const [note, begun] of notes) {
      if (!note.startsWith(NOTE)) continue;
      this.#begun.set(note, begun as Begun);
      this.#last = Math.max(this.#last, Number(note.slice(NOTE.length)));
    }
  }

  add(at: EpochMs, to: string): void {
    const note = `${NOTE}${++this.#last}`;
    this.#begun.set(note, { at, to });
    this.#journal.keep(note, { at, to });
  }

  /** How many there were; by `to`, how many to that destination. */
  count(now: EpochMs, to?: string): number {
    for (const [note, { at }] of this.#begun) {
      if (at > now - HOUR_MS) break;
      this.#begun.delete(note);
      this.#journal.drop(note);
    }
    if (to === undefined) return this.#begun.size;
    return [...this.#begun.values()].filter((one) => one.to === to).length;
  }
}
