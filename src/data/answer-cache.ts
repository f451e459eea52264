import type { Clock, EpochMs } from '../lib/clock.ts';

const ENTRIES_MAX = 1_000;

/** Answers that may be given again for a while. The one that was used longest ago is forgotten first. */
export class AnswerCache<T> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly value: T; readonly until: EpochMs }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (!entry || entry.until <= this.#clock.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  put(key: string, value: T, forMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#clock.now() + forMs });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > ENTRIES_MAX && !oldest.done) this.#entries.delete(oldest.value);
  }
}
