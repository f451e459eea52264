import type { Topic } from './protocol.ts';

/** A change as it was sent: written as JSON once, however many read it. */
export interface SentChange {
  readonly seq: number;
  readonly topic: Topic;
  readonly json: string;
}

/** The last changes, so that a client which was away for a moment can go on where it stopped. */
export class History {
  readonly #sizeMax: number;
  /** A ring: the oldest is overwritten by the newest. */
  readonly #ring: SentChange[] = [];
  #start = 0;
  #firstKnown: number;

  /** `seq`: the number of the last change before this history begins. */
  constructor(sizeMax: number, seq: number) {
    this.#sizeMax = sizeMax;
    this.#firstKnown = seq + 1;
  }

  get seq(): number {
    return this.#ring.at((this.#start || this.#ring.length) - 1)?.seq ?? this.#firstKnown - 1;
  }

  add(change: SentChange): void {
    if (this.#ring.length < this.#sizeMax) {
      this.#ring.push(change);
      return;
    }
    this.#firstKnown = (this.#ring[this.#start]?.seq ?? 0) + 1;
    this.#ring[this.#start] = change;
    this.#start = (this.#start + 1) % this.#sizeMax;
  }

  /** The changes after `seq` in order; undefined when some of them are forgotten, or `seq` is still to come. */
  since(seq: number): readonly SentChange[] | undefined {
    if (seq + 1 < this.#firstKnown || seq > this.seq) return undefined;
    const inOrder = [...this.#ring.slice(this.#start), ...this.#ring.slice(0, this.#start)];
    return inOrder.filter((change) => change.seq > seq);
  }
}
