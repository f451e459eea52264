/** Beyond this a chunk is cut in two: small enough to shift cheaply, large enough to keep chunks few. */
const CHUNK_ITEMS_MAX = 256;

/** More than so many places at the beginning of a chunk are not left empty. */
const CHUNK_EMPTY_MAX = 64;

/** Items with the number that each is ordered by, side by side. */
interface Chunk<T> {
  readonly keys: number[];
  /** Undefined before `from`: whoever stood there has gone, and nobody had to move up. */
  readonly items: (T | undefined)[];
  from: number;
}

/**
 * A list kept in order, as chunks of sorted arrays: insertion, removal and rank cost the square root of the length at
 * worst, and nothing is ever scanned from end to end. Who comes last and who goes first, as in every line, costs
 * nothing that grows with it.
 *
 * Items are ordered by a number each, and among equal ones by the total comparison, which must agree with the number.
 * The numbers stand beside the items in arrays of their own: a search reads a few of them that lie together, where it
 * would have to fetch a dozen items from all over the memory. What an item is ordered by must not change while the
 * item is inside.
 *
 * The order is a subclass' own, not a function that is handed over: of a few classes the compiler takes all in.
 */
export abstract class SortedList<T> {
  /** Never none; empty is the only one of an empty list, at most. */
  readonly #chunks: Chunk<T>[];
  #first: Chunk<T>;
  #last: Chunk<T>;
  #size = 0;

  constructor() {
    this.#first = { keys: [], items: [], from: 0 };
    this.#last = this.#first;
    this.#chunks = [this.#first];
  }

  /** The number by which the item stands. */
  protected abstract keyOf(item: T): number;

  /** The total order: which of two stands first whose numbers are equal. */
  protected abstract compare(a: T, b: T): number;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    const { items, from } = this.#first;
    return this.#size === 0 ? undefined : items[from];
  }

  /** The number by which the first item, which there is, is ordered. */
  get firstKey(): number {
    const { keys, from } = this.#first;
    return keys[from] as number;
  }

  /** True: it stands first. */
  add(item: T): boolean {
    const key = this.keyOf(item);
    const chunk = this.#last;
    const isLast = this.#size === 0 || this.#isBefore(chunk, chunk.items.length - 1, key, item);
    this.#size++;
    if (!isLast) return this.#insert(key, item);
    this.#append(chunk, key, item);
    return this.#size === 1;
  }

  #append({ keys, items }: Chunk<T>, key: number, item: T): void {
    if (items.length < CHUNK_ITEMS_MAX) {
      // Not pushed: some lists' numbers are whole, others' are not, and to two kinds of arrays nothing is pushed fast.
      keys[keys.length] = key;
      items[items.length] = item;
      return;
    }
    this.#last = { keys: [key], items: [item], from: 0 };
    this.#chunks.push(this.#last);
  }

  /** Before the last item: there is a chunk for it. */
  #insert(key: number, item: T): boolean {
    const index = this.#chunkOf(key, item);
    const chunk = this.#chunks[index] as Chunk<T>;
    const place = this.#placeIn(chunk, key, item);
    const isFirst = index === 0 && place === chunk.from;
    putIn(chunk, place, key, item);
    if (chunk.items.length > CHUNK_ITEMS_MAX) this.#cut(index, chunk);
    return isFirst;
  }

  /** In two. */
  #cut(index: number, chunk: Chunk<T>): void {
    moveUp(chunk);
    const { keys, items } = chunk;
    const half = items.length >> 1;
    const rest = { keys: keys.splice(half), items: items.splice(half), from: 0 };
    this.#chunks.splice(index + 1, 0, rest);
    if (chunk === this.#last) this.#last = rest;
  }

  /** False: it was not inside. */
  remove(item: T): boolean {
    if (this.#size === 0) return false;
    const first = this.#first;
    if (first.items[first.from] === item) {
      takeOut(first, first.from);
      this.#removed(0, first);
      return true;
    }
    const key = this.keyOf(item);
    const index = this.#chunkOf(key, item);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return false;
    const place = this.#placeIn(chunk, key, item);
    if (chunk.items[place] !== item) return false;
    takeOut(chunk, place);
    this.#removed(index, chunk);
    return true;
  }

  #removed(index: number, { items, from }: Chunk<T>): void {
    this.#size--;
    if (items.length > from || this.#size === 0) return;
    this.#chunks.splice(index, 1);
    this.#first = this.#chunks[0] as Chunk<T>;
    this.#last = this.#chunks.at(-1) as Chunk<T>;
  }

  shift(): T | undefined {
    const item = this.first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** How many items stand before this one, which need not be inside. */
  rank(item: T): number {
    if (this.#size === 0) return 0;
    const { items } = this.#last;
    if (items[items.length - 1] === item) return this.#size - 1;
    const key = this.keyOf(item);
    const index = this.#chunkOf(key, item);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return this.#size;
    let before = this.#placeIn(chunk, key, item) - chunk.from;
    for (let i = 0; i < index; i++) before += sizeOf(this.#chunks[i] as Chunk<T>);
    return before;
  }

  /** How many of the first items satisfy the test, which no item does after one that does not. */
  countWhile(test: (item: T) => boolean): number {
    let count = 0;
    for (const chunk of this.#chunks) {
      const last = chunk.items.at(-1);
      if (last === undefined || !test(last)) return count + firstFailing(chunk, test) - chunk.from;
      count += sizeOf(chunk);
    }
    return count;
  }

  /** The first in order that satisfies the test. */
  find(test: (item: T) => boolean): T | undefined {
    for (const { items, from } of this.#chunks) {
      for (let place = from; place < items.length; place++) {
        const item = items[place] as T;
        if (test(item)) return item;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const { items, from } of this.#chunks) {
      for (let place = from; place < items.length; place++) yield items[place] as T;
    }
  }

  /** The first chunk whose last item is not before this one; the number of chunks when there is none. */
  #chunkOf(key: number, item: T): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle] as Chunk<T>;
      if (this.#isBefore(chunk, chunk.items.length - 1, key, item)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #placeIn(chunk: Chunk<T>, key: number, item: T): number {
    let low = chunk.from;
    let high = chunk.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(chunk, middle, key, item)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether what stands at that place comes before the item: the item itself is looked at for a tie alone. */
  #isBefore({ keys, items }: Chunk<T>, place: number, key: number, item: T): boolean {
    const other = keys[place] as number;
    return other < key || (other === key && this.compare(items[place] as T, item) < 0);
  }
}

/** In an order that is given as functions. */
export class ListSortedBy<T> extends SortedList<T> {
  readonly #keyOf: (item: T) => number;
  readonly #compare: (a: T, b: T) => number;

  constructor(keyOf: (item: T) => number, compare: (a: T, b: T) => number) {
    super();
    this.#keyOf = keyOf;
    this.#compare = compare;
  }

  protected override keyOf(item: T): number {
    return this.#keyOf(item);
  }

  protected override compare(a: T, b: T): number {
    return this.#compare(a, b);
  }
}

const sizeOf = <T>({ items, from }: Chunk<T>): number => items.length - from;

/** Whoever stands on the shorter side makes room. */
function putIn<T>(chunk: Chunk<T>, place: number, key: number, item: T): void {
  const { keys, items, from } = chunk;
  let free = items.length;
  if (from > 0 && place - from < free - place) {
    free = --chunk.from;
    for (; free < place - 1; free++) copy(chunk, free + 1, free);
  } else {
    for (; free > place; free--) copy(chunk, free - 1, free);
  }
  keys[free] = key;
  items[free] = item;
}

/** Whoever stands on the shorter side closes up: it is mostly somebody near the beginning who goes. */
function takeOut<T>(chunk: Chunk<T>, place: number): void {
  const { keys, items, from } = chunk;
  const last = items.length - 1;
  if (place - from < last - place) {
    for (let n = place; n > from; n--) copy(chunk, n - 1, n);
    items[chunk.from++] = undefined;
    if (chunk.from > CHUNK_EMPTY_MAX) moveUp(chunk);
  } else {
    for (let n = place; n < last; n++) copy(chunk, n + 1, n);
    keys.pop();
    items.pop();
  }
}

function copy<T>({ keys, items }: Chunk<T>, from: number, to: number): void {
  keys[to] = keys[from] as number;
  items[to] = items[from];
}

/** The empty places at the beginning go. */
function moveUp<T>(chunk: Chunk<T>): void {
  chunk.keys.splice(0, chunk.from);
  chunk.items.splice(0, chunk.from);
  chunk.from = 0;
}

function firstFailing<T>({ items, from }: Chunk<T>, test: (item: T) => boolean): number {
  let low = from;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && test(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
