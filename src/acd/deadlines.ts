import type { EpochMs } from '../lib/clock.ts';

/** Whoever has a deadline: at most one at a time, the earliest of what they wait for. */
export interface Timed {
  /** Unique among all that are timed: the order of firing does not depend on the order of setting. */
  readonly seq: number;
  /** Under which number {@link Deadlines} keeps its deadline; {@link UNTIMED}: it has none. */
  timer: number;
}

export const NEVER: EpochMs = Number.POSITIVE_INFINITY;
export const UNTIMED = -1;

const PLACES_MIN = 64;
/** Children of a place: half the depth of a binary heap, and the four stand in one line of the cache. */
const ARITY = 4;

/**
 * All deadlines, as a heap of times. What moves in it is numbers in flat arrays: an item is looked at when it enters
 * and when it falls due.
 *
 * The heap is put right as late as possible. Most deadlines are dropped or put off before they fall due, and then
 * nothing moves: the entry stays at its early time and is looked at again when that time comes. Entries of dropped
 * deadlines are never more than half of the heap.
 */
export class Deadlines<T extends Timed> {
  /** By place in the heap: a time that is not later than the deadline, and the timer. Behind the last: free timers. */
  #times = new Float64Array(PLACES_MIN);
  #timers = Int32Array.from({ length: PLACES_MIN }, (_, n) => n);
  /** By timer: whose it is and their number, its place, and the deadline; {@link NEVER}: it was dropped. */
  readonly #items: (T | undefined)[] = new Array(PLACES_MIN).fill(undefined);
  #seqs = new Float64Array(PLACES_MIN);
  #places = new Int32Array(PLACES_MIN);
  #due = new Float64Array(PLACES_MIN);
  #entries = 0;
  #dropped = 0;

  /** How many items have a deadline. */
  get size(): number {
    return this.#entries - this.#dropped;
  }

  /** The earliest deadline; undefined: nobody waits for anything. */
  get next(): EpochMs | undefined {
    this.#settle();
    return this.#entries === 0 ? undefined : this.#times[0];
  }

  /** {@link NEVER}: it has no deadline. */
  of({ timer }: T): EpochMs {
    return timer === UNTIMED ? NEVER : (this.#due[timer] as number);
  }

  /** Sets, moves or (with {@link NEVER}) drops the item's deadline. */
  set(item: T, dueAt: EpochMs): void {
    const { timer } = item;
    if (timer === UNTIMED) {
      if (dueAt !== NEVER) this.#enter(item, dueAt);
      return;
    }
    const before = this.#due[timer] as number;
    if (before === dueAt) return;
    this.#due[timer] = dueAt;
    if (dueAt === NEVER) {
      this.#dropped++;
      if (this.#dropped > PLACES_MIN && this.#dropped * 2 > this.#entries) this.#sweep();
      return;
    }
    if (before === NEVER) this.#dropped--;
    const place = this.#places[timer] as number;
    if (dueAt < (this.#times[place] as number)) this.#rise(place, timer, dueAt);
  }

  /** The item goes, and may come again as another: its entry is nobody's, and keeps its number and so its place. */
  forget(item: T): void {
    const { timer } = item;
    if (timer === UNTIMED) return;
    this.set(item, NEVER);
    this.#items[timer] = undefined;
    item.timer = UNTIMED;
  }

  /** Takes out the earliest item that is due; undefined: nothing is. */
  takeDue(now: EpochMs): T | undefined {
    // No entry is later than its deadline: while the first is not due, nothing is.
    if (this.#entries === 0 || (this.#times[0] as number) > now) return undefined;
    this.#settle();
    if (this.#entries === 0 || (this.#times[0] as number) > now) return undefined;
    return this.#removeFirst();
  }

  /** Makes the first entry one that tells the truth. */
  #settle(): void {
    while (this.#entries > 0) {
      const timer = this.#timers[0] as number;
      const dueAt = this.#due[timer] as number;
      if (dueAt === this.#times[0]) return;
      if (dueAt !== NEVER) this.#sink(0, timer, dueAt);
      else {
        this.#dropped--;
        this.#removeFirst();
      }
    }
  }

  #enter(item: T, dueAt: EpochMs): void {
    const place = this.#entries++;
    if (place === this.#times.length) this.#grow();
    const timer = this.#timers[place] as number;
    item.timer = timer;
    this.#items[timer] = item;
    this.#seqs[timer] = item.seq;
    this.#due[timer] = dueAt;
    this.#rise(place, timer, dueAt);
  }

  #removeFirst(): T | undefined {
    const timer = this.#timers[0] as number;
    const last = --this.#entries;
    const moved = this.#timers[last] as number;
    const time = this.#times[last] as number;
    this.#timers[last] = timer;
    if (last > 0) this.#sink(0, moved, time);
    return this.#free(timer);
  }

  #free(timer: number): T | undefined {
    const item = this.#items[timer];
    this.#items[timer] = undefined;
    if (item) item.timer = UNTIMED;
    return item;
  }

  /** Keeps only entries with a deadline, each at its time. */
  #sweep(): void {
    const [times, timers] = [this.#times, this.#timers];
    let kept = 0;
    for (let place = 0; place < this.#entries; place++) {
      const timer = timers[place] as number;
      if (this.#due[timer] === NEVER) {
        this.#free(timer);
        continue;
      }
      timers[place] = timers[kept] as number;
      timers[kept] = timer;
      times[kept++] = this.#due[timer] as number;
    }
    this.#entries = kept;
    this.#dropped = 0;
    for (let place = kept - 1; place >= 0; place--) {
      this.#sink(place, timers[place] as number, times[place] as number);
    }
  }

  #grow(): void {
    const length = 2 * this.#times.length;
    this.#times = copyTo(new Float64Array(length), this.#times);
    this.#due = copyTo(new Float64Array(length), this.#due);
    this.#seqs = copyTo(new Float64Array(length), this.#seqs);
    this.#places = copyTo(new Int32Array(length), this.#places);
    this.#timers = copyTo(
      Int32Array.from({ length }, (_, n) => n),
      this.#timers,
    );
  }

  #rise(from: number, timer: number, time: EpochMs): void {
    let place = from;
    while (place > 0) {
      const parent = ((place - 1) / ARITY) | 0;
      if (!this.#isBefore(time, timer, parent)) break;
      this.#put(place, this.#timers[parent] as number, this.#times[parent] as number);
      place = parent;
    }
    this.#put(place, timer, time);
  }

  #sink(from: number, timer: number, time: EpochMs): void {
    let place = from;
    for (;;) {
      const child = this.#firstChild(place);
      if (child < 0 || this.#isBefore(time, timer, child)) break;
      this.#put(place, this.#timers[child] as number, this.#times[child] as number);
      place = child;
    }
    this.#put(place, timer, time);
  }

  /** The earliest child's place; -1: there is none. */
  #firstChild(place: number): number {
    let best = place * ARITY + 1;
    if (best >= this.#entries) return -1;
    const end = Math.min(best + ARITY, this.#entries);
    for (let other = best + 1; other < end; other++) {
      const time = this.#times[other] as number;
      if (this.#isBefore(time, this.#timers[other] as number, best)) best = other;
    }
    return best;
  }

  #put(place: number, timer: number, time: EpochMs): void {
    this.#times[place] = time;
    this.#timers[place] = timer;
    this.#places[timer] = place;
  }

  #isBefore(time: EpochMs, timer: number, place: number): boolean {
    const other = this.#times[place] as number;
    if (time !== other) return time < other;
    return (this.#seqs[timer] as number) < (this.#seqs[this.#timers[place] as number] as number);
  }
}

function copyTo<A extends Float64Array | Int32Array>(to: A, from: A): A {
  to.set(from);
  return to;
}
