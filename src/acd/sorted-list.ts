/** Beyond this a chunk is cut in two: small enough to shift cheaply, large enough to keep chunks few. */
const CHUNK_ITEMS_MAX = 256;

/**
 * A list kept in order by a total comparison, as chunks of sorted arrays: insertion, removal and rank cost
 * the square root of the length at worst, and nothing is ever scanned from end to end. Who comes last and who goes
 * first, as in every line, costs nothing that grows with it.
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
    return this.#size === 0 ? undefined : this.#chunks[0]?.[0];
  }

  add(item: T): void {
    this.#size++;
    const lastChunk = this.#chunks[this.#chunks.length - 1];
    const last = lastChunk?.[lastChunk.length - 1];
    if (lastChunk === undefined || last === undefined) this.#chunks.push([item]);
    else if (this.#compare(last, item) > 0) this.#insert(item);
    else if (lastChunk.length < CHUNK_ITEMS_MAX) lastChunk.push(item);
    else this.#chunks.push([item]);
  }

  #insert(item: T): void {
    const index = Math.min(this.#chunkOf(item), this.#chunks.length - 1);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    chunk.splice(this.#placeIn(chunk, item), 0, item);
    if (chunk.length <= CHUNK_ITEMS_MAX) return;
    this.#chunks.splice(index + 1, 0, chunk.splice(CHUNK_ITEMS_MAX >> 1));
  }

  /** False: it was not inside. */
  remove(item: T): boolean {
    const first = this.#chunks[0];
    if (first !== undefined && first[0] === item) {
      first.shift();
      this.#removed(0, first);
      return true;
    }
    const index = this.#chunkOf(item);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return false;
    const place = this.#placeIn(chunk, item);
    if (chunk[place] !== item) return false;
    chunk.splice(place, 1);
    this.#removed(index, chunk);
    return true;
  }

  #removed(index: number, chunk: readonly T[]): void {
    this.#size--;
    if (chunk.length > 0) return;
    if (index === 0) this.#chunks.shift();
    else this.#chunks.splice(index, 1);
  }

  shift(): T | undefined {
    const item = this.first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** How many items stand before this one, which need not be inside. */
  rank(item: T): number {
    const lastChunk = this.#chunks[this.#chunks.length - 1];
    if (lastChunk?.[lastChunk.length - 1] === item) return this.#size - 1;
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
