import type { EpochMs } from '../lib/clock.ts';

/** Whoever has a deadline: at most one at a time, the earliest of what they wait for. */
export interface Timed {
  /** Unique among all that are timed: the order of firing does not depend on the order of setting. */
  readonly seq: number;
  dueAt: EpochMs;
  /** Where it stands in the heap; {@link NO_SLOT} outside. Only the heap writes it. */
  slot: number;
}

export const NO_SLOT = -1;
export const NEVER: EpochMs = Number.POSITIVE_INFINITY;

/**
 * All deadlines as a binary heap that knows where each item stands, so that a deadline that is moved or
 * dropped leaves nothing behind: ten thousand waiting calls are ten thousand entries, always.
 */
export class Deadlines<T extends Timed> {
  #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest deadline; undefined: nobody waits for anything. */
  get next(): EpochMs | undefined {
    return this.#heap[0]?.dueAt;
  }

  /** Sets, moves or (with {@link NEVER}) drops the item's deadline. */
  set(item: T, dueAt: EpochMs): void {
    if (dueAt === NEVER) {
      this.#remove(item);
      item.dueAt = NEVER;
      return;
    }
    if (item.slot !== NO_SLOT && item.dueAt === dueAt) return;
    item.dueAt = dueAt;
    if (item.slot === NO_SLOT) this.#place(item, this.#heap.length);
    this.#up(item);
    this.#down(item);
  }

  /** Takes out the earliest item that is due; undefined: nothing is. */
  takeDue(now: EpochMs): T | undefined {
    const item = this.#heap[0];
    if (item === undefined || item.dueAt > now) return undefined;
    this.#remove(item);
    item.dueAt = NEVER;
    return item;
  }

  #remove(item: T): void {
    const { slot } = item;
    if (slot === NO_SLOT) return;
    const last = this.#heap.pop();
    item.slot = NO_SLOT;
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.#up(last);
    this.#down(last);
  }

  #up(item: T): void {
    while (item.slot > 0) {
      const parent = this.#heap[(item.slot - 1) >> 1];
      if (parent === undefined || !isBefore(item, parent)) return;
      this.#swap(item, parent);
    }
  }

  #down(item: T): void {
    for (;;) {
      const left = this.#heap[2 * item.slot + 1];
      const right = this.#heap[2 * item.slot + 2];
      const child =
        right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, item)) return;
      this.#swap(child, item);
    }
  }

  #swap(a: T, b: T): void {
    const { slot } = a;
    this.#place(a, b.slot);
    this.#place(b, slot);
  }

  #place(item: T, slot: number): void {
    this.#heap[slot] = item;
    item.slot = slot;
  }
}

const isBefore = (a: Timed, b: Timed): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.seq < b.seq);
