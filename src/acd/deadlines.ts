import type { EpochMs } from '../lib/clock.ts';

/** Whoever has a deadline: at most one at a time, the earliest of what they wait for. */
export interface Timed {
  /** Unique among all that are timed: the order of firing does not depend on the order of setting. */
  readonly seq: number;
  dueAt: EpochMs;
  /** The time of its entry among the deadlines, never later than `dueAt`; {@link NEVER} without one. */
  entryAt: EpochMs;
}

export const NEVER: EpochMs = Number.POSITIVE_INFINITY;

/** Below this, entries that mean nothing any more are not worth a sweep. */
const SWEEP_ENTRIES_MIN = 64;
/** Children of an entry: half the depth of a binary heap, and the four stand in one line of the cache. */
const ARITY = 4;

/**
 * All deadlines, as a heap of times that is put right as late as possible. Most deadlines are dropped or put
 * off before they fall due, and then nothing moves: the entry stays at its early time and is looked at again
 * when that time comes. What means nothing any more is never more than half of the heap.
 */
export class Deadlines<T extends Timed> {
  #times = new Float64Array(SWEEP_ENTRIES_MIN);
  readonly #items: T[] = [];
  /** Entries of items without a deadline, and entries that an earlier one has replaced. */
  #idle = 0;

  /** How many items have a deadline. */
  get size(): number {
    return this.#items.length - this.#idle;
  }

  /** The earliest deadline; undefined: nobody waits for anything. */
  get next(): EpochMs | undefined {
    this.#settle();
    return this.#items.length === 0 ? undefined : this.#times[0];
  }

  /** Sets, moves or (with {@link NEVER}) drops the item's deadline. */
  set(item: T, dueAt: EpochMs): void {
    const before = item.dueAt;
    if (before === dueAt) return;
    item.dueAt = dueAt;
    if (item.entryAt === NEVER) {
      this.#enter(item, dueAt);
    } else if (dueAt === NEVER) {
      this.#idle++;
      if (this.#idle > SWEEP_ENTRIES_MIN && this.#idle * 2 > this.#items.length) this.#sweep();
    } else {
      if (before === NEVER) this.#idle--;
      if (dueAt >= item.entryAt) return;
      this.#idle++;
      this.#enter(item, dueAt);
    }
  }

  /** Takes out the earliest item that is due; undefined: nothing is. */
  takeDue(now: EpochMs): T | undefined {
    // No entry is later than its deadline: while the first is not due, nothing is.
    if (this.#items.length === 0 || (this.#times[0] ?? NEVER) > now) return undefined;
    this.#settle();
    const item = this.#items[0];
    if (item === undefined || item.dueAt > now) return undefined;
    this.#removeFirst();
    item.dueAt = NEVER;
    item.entryAt = NEVER;
    return item;
  }

  /** Makes the first entry one that tells the truth. */
  #settle(): void {
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      const time = this.#times[0] ?? NEVER;
      if (time === item.entryAt && time === item.dueAt) return;
      if (time === item.entryAt && item.dueAt !== NEVER) {
        item.entryAt = item.dueAt;
        this.#sink(0, item, item.dueAt);
        continue;
      }
      if (time === item.entryAt) item.entryAt = NEVER;
      this.#idle--;
      this.#removeFirst();
    }
  }

  #enter(item: T, dueAt: EpochMs): void {
    item.entryAt = dueAt;
    const place = this.#items.length;
    if (place === this.#times.length) {
      const times = new Float64Array(place * 2);
      times.set(this.#times);
      this.#times = times;
    }
    this.#items.push(item);
    this.#rise(place, item, dueAt);
  }

  #removeFirst(): void {
    const last = this.#items.pop();
    const { length } = this.#items;
    if (last !== undefined && length > 0) this.#sink(0, last, this.#times[length] ?? NEVER);
  }

  /** Keeps only entries that tell the truth about an item, once each. */
  #sweep(): void {
    const [items, times] = [this.#items, this.#times];
    let kept = 0;
    for (let n = 0; n < items.length; n++) {
      const item = items[n] as T;
      if (times[n] !== item.entryAt) continue;
      item.entryAt = NEVER;
      if (item.dueAt === NEVER) continue;
      items[kept] = item;
      times[kept++] = item.dueAt;
    }
    items.length = kept;
    this.#idle = 0;
    for (let n = kept - 1; n >= 0; n--) {
      const item = items[n] as T;
      item.entryAt = item.dueAt;
      this.#sink(n, item, item.dueAt);
    }
  }

  #rise(from: number, item: T, time: EpochMs): void {
    let place = from;
    while (place > 0) {
      const parent = ((place - 1) / ARITY) | 0;
      if (!this.#isBefore(time, item, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#items[place] = item;
    this.#times[place] = time;
  }

  #sink(from: number, item: T, time: EpochMs): void {
    let place = from;
    for (;;) {
      const child = this.#firstChild(place);
      if (child < 0 || this.#isBefore(time, item, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#items[place] = item;
    this.#times[place] = time;
  }

  /** The earliest child's place; -1: there is none. */
  #firstChild(place: number): number {
    const { length } = this.#items;
    let best = place * ARITY + 1;
    if (best >= length) return -1;
    const end = Math.min(best + ARITY, length);
    for (let other = best + 1; other < end; other++) {
      const item = this.#items[other];
      if (item && this.#isBefore(this.#times[other] ?? NEVER, item, best)) best = other;
    }
    return best;
  }

  #move(from: number, to: number): void {
    this.#items[to] = this.#items[from] as T;
    this.#times[to] = this.#times[from] ?? NEVER;
  }

  #isBefore(time: EpochMs, item: T, place: number): boolean {
    const other = this.#times[place] ?? NEVER;
    return time < other || (time === other && item.seq < (this.#items[place]?.seq ?? 0));
  }
}
