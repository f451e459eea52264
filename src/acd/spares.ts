/** More of them than this are not kept. */
const SPARES_MAX = 1_024;

/**
 * What has gone, for what comes. A call lives too long for the collector's young generation: each would be given memory
 * of its own, in pages that the kernel has to clear. Whoever goes may be spoken of until the command is over, and is
 * spare afterwards.
 */
export class Spares<T> {
  readonly #items: T[] = [];
  /** The first so many went before the command in hand. */
  #free = 0;

  /** Another command begins. */
  renew(): void {
    this.#free = this.#items.length;
  }

  add(item: T): void {
    if (this.#items.length < SPARES_MAX) this.#items.push(item);
  }

  /** Undefined: there is none. */
  take(): T | undefined {
    if (this.#free === 0) return undefined;
    const place = --this.#free;
    const item = this.#items[place];
    // Whoever went during this command moves up.
    const last = this.#items.pop() as T;
    if (place < this.#items.length) this.#items[place] = last;
    return item;
  }
}
