import { createHash } from 'node:crypto';
import type { EpochMs } from './clock.ts';

/** Half a megabyte. */
const PLACES = 65_536;
/** So many places are looked at for one who counts; then whoever has the first of them begins anew. */
const PLACES_TRIED = 16;

// A place is one word, so that it changes whole: whose it is (20 bits), the second of the first (20), how many (24).
const OWNERS = 2n ** 20n;
const SECONDS = 2n ** 20n;
const COUNTS = 2n ** 24n;

/** How often somebody has asked since the first time. */
export interface Counted {
  readonly count: number;
  /** Until it begins anew, to the second. */
  readonly endsInMs: number;
}

/** What a place holds. */
interface Entry {
  readonly owner: bigint;
  readonly begins: bigint;
  readonly count: bigint;
}

/**
 * How often each of many has asked within a time that begins with their first request, counted by several threads in one
 * memory: what one has counted, the other knows. Who is told apart by 36 bits of a digest.
 */
export class SharedCounts {
  readonly #words: BigUint64Array;
  readonly #seconds: bigint;

  /** To be handed from thread to thread. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(PLACES * BigUint64Array.BYTES_PER_ELEMENT);
  }

  constructor(memory: SharedArrayBuffer, withinMs: number) {
    this.#words = new BigUint64Array(memory);
    this.#seconds = BigInt(Math.ceil(withinMs / 1_000));
  }

  /** Counts once more; this time is in it. */
  add(who: string, now: EpochMs): Counted {
    const digest = createHash('sha256').update(who).digest();
    const first = digest.readUInt32BE(0) % PLACES;
    const owner = BigInt(digest.readUInt32BE(4)) % OWNERS;
    const second = BigInt(Math.floor(now / 1_000)) % SECONDS;
    for (;;) {
      const [place, word] = this.#placeOf(first, owner, second);
      const known = entryOf(word);
      const goesOn = known.owner === owner && this.#lasts(known, second);
      const begins = goesOn ? known.begins : second;
      const count = goesOn ? least(known.count + 1n, COUNTS - 1n) : 1n;
      const after = (owner * SECONDS + begins) * COUNTS + count;
      // Another thread may have been here meanwhile: then it is looked at again.
      if (Atomics.compareExchange(this.#words, place, word, after) !== word) continue;
      const left = this.#seconds - ageOf(begins, second);
      return { count: Number(count), endsInMs: Number(left) * 1_000 };
    }
  }

  /** Where it is counted already; else where nothing is that lasts; else where it begins. */
  #placeOf(first: number, owner: bigint, second: bigint): readonly [place: number, word: bigint] {
    let free: readonly [number, bigint] | undefined;
    for (let n = 0; n < PLACES_TRIED; n += 1) {
      const place = (first + n) % PLACES;
      const word = Atomics.load(this.#words, place);
      const entry = entryOf(word);
      const lasts = this.#lasts(entry, second);
      if (lasts && entry.owner === owner) return [place, word];
      if (!lasts) free ??= [place, word];
    }
    return free ?? [first, Atomics.load(this.#words, first)];
  }

  #lasts({ begins, count }: Entry, second: bigint): boolean {
    return count > 0n && ageOf(begins, second) < this.#seconds;
  }
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);

const ageOf = (begins: bigint, second: bigint): bigint => (second - begins + SECONDS) % SECONDS;

const entryOf = (word: bigint): Entry => ({
  owner: word / COUNTS / SECONDS,
  begins: (word / COUNTS) % SECONDS,
  count: word % COUNTS,
});
