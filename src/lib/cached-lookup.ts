import type { Clock, EpochMs } from './clock.ts';
import { within } from './within.ts';

export interface CachedLookupOptions<T> {
  /** Asks whoever knows: the database, a CRM. */
  readonly fetch: (key: string) => Promise<T | undefined>;
  readonly clock: Clock;
  readonly sizeMax: number;
  /** An answer younger than this is given without asking. */
  readonly freshMs: number;
  /** An answer older than this is given no more, not even when there is no other. Absent: however old. */
  readonly staleMsMax?: number;
  readonly waitMsMax: number;
  /** Questions in flight beyond which nobody waits any more. */
  readonly inFlightMax: number;
}

/** What is known, and since when. Not known: neither who was asked nor the memory could say. */
export type Answer<T> =
  | { readonly known: true; readonly value: T | undefined; readonly at: EpochMs }
  | { readonly known: false };

interface Entry<T> {
  readonly value: T | undefined;
  readonly at: EpochMs;
}

/**
 * Answers within a time limit: from memory while fresh, else by asking, else from memory however old,
 * because what was true a while ago beats nothing. A late answer still refreshes the memory.
 */
export class CachedLookup<T> {
  readonly #options: CachedLookupOptions<T>;
  /** In the order of last use: the first is the next to be forgotten. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #inFlight = new Map<string, Promise<boolean>>();
  /** Counts the times that everything was forgotten. */
  #era = 0;

  constructor(options: CachedLookupOptions<T>) {
    this.#options = options;
  }

  /** Never throws. */
  async get(key: string): Promise<Answer<T>> {
    const entry = this.#touch(key);
    if (entry && this.#ageOf(entry) < this.#options.freshMs) return answer(entry);
    await this.#refreshWithinLimit(key);
    const known = this.#entries.get(key);
    const tooOld = known && this.#ageOf(known) > (this.#options.staleMsMax ?? Infinity);
    return answer(tooOld ? undefined : known);
  }

  /** Everything has to be asked for again, and may still be answered from memory if that fails. */
  expire(): void {
    const before = this.#options.clock.now() - this.#options.freshMs;
    for (const [key, entry] of this.#entries)
      this.#entries.set(key, { ...entry, at: Math.min(entry.at, before) });
  }

  /** Nothing is known any more, and what is being asked for now is not believed: for what must end at once. */
  clear(): void {
    this.#entries.clear();
    this.#inFlight.clear();
    this.#era += 1;
  }

  #ageOf({ at }: Entry<T>): number {
    return this.#options.clock.now() - at;
  }

  #touch(key: string): Entry<T> | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  async #refreshWithinLimit(key: string): Promise<void> {
    const refresh = this.#inFlight.get(key) ?? this.#startRefresh(key);
    if (!refresh) return;
    const { clock, waitMsMax } = this.#options;
    await within(clock, waitMsMax, refresh);
  }

  #startRefresh(key: string): Promise<boolean> | undefined {
    if (this.#inFlight.size >= this.#options.inFlightMax) return undefined;
    const refresh = this.#refresh(key).finally(() => {
      if (this.#inFlight.get(key) === refresh) this.#inFlight.delete(key);
    });
    this.#inFlight.set(key, refresh);
    return refresh;
  }

  async #refresh(key: string): Promise<boolean> {
    const era = this.#era;
    try {
      const value = await this.#options.fetch(key);
      if (era !== this.#era) return this.#refresh(key);
      this.#entries.delete(key);
      this.#entries.set(key, { value, at: this.#options.clock.now() });
      const oldest = this.#entries.keys().next();
      if (this.#entries.size > this.#options.sizeMax && !oldest.done)
        this.#entries.delete(oldest.value);
      return true;
    } catch {
      // The caller gets what is in memory; the pool and the health check report the database.
      return false;
    }
  }
}

function answer<T>(entry: Entry<T> | undefined): Answer<T> {
  return entry ? { known: true, ...entry } : { known: false };
}
