/** Beyond this a chunk is cut in two: small enough to shift cheaply, large enough to keep chunks few. */
const CHUNK_ITEMS_MAX = 256;

/**
 * A list kept in order by a total comparison, as chunks of sorted arrays: insertion, removal and rank cost
 * the square root of the length at worst, and nothing is ever scanned from end to end.
 * What an item is compared by must not change while the item is inside.
 */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  add(item: T): void {
    const index = Math.min(this.#chunkOf(item), this.#chunks.length - 1);
    const chunk = this.#chunks[index];
    this.#size++;
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(this.#placeIn(chunk, item), 0, item);
    if (chunk.length > CHUNK_ITEMS_MAX) {
      this.#chunks.splice(index + 1, 0, chunk.splice(CHUNK_ITEMS_MAX >> 1));
    }
  }

  /** False: it was not inside. */
  remove(item: T): boolean {
    const index = this.#chunkOf(item);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return false;
    const place = this.#placeIn(chunk, item);
    if (chunk[place] !== item) return false;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(index, 1);
    this.#size--;
    return true;
  }

  shift(): T | undefined {
    const item = this.first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** How many items stand before this one, which need not be inside. */
  rank(item: T): number {
    const index = this.#chunkOf(item);
    let before = 0;
    for (let i = 0; i < index; i++) before += this.#chunks[i]?.length ?? 0;
    const chunk = this.#chunks[index];
    return chunk === undefined ? before : before + this.#placeIn(chunk, item);
  }

  /** How many of the first items satisfy the test, which no item does after one that does not. */
  countWhile(test: (item: T) => boolean): number {
    let count = 0;
    for (const chunk of this.#chunks) {
      const last = chunk.at(-1);
      if (last === undefined || !test(last)) return count + firstFailing(chunk, test);
      count += chunk.length;
    }
    return count;
  }

  /** The first in order that satisfies the test. */
  find(test: (item: T) => boolean): T | undefined {
    for (const chunk of this.#chunks) {
      for (const item of chunk) if (test(item)) return item;
    }
    return undefined;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** The first chunk whose last item is not before this one; the number of chunks when there is none. */
  #chunkOf(item: T): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && this.#compare(last, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #placeIn(chunk: readonly T[], item: T): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = chunk[middle];
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function firstFailing<T>(chunk: readonly T[], test: (item: T) => boolean): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = chunk[middle];
    if (item !== undefined && test(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
