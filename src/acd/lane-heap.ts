import type { EpochMs } from '../lib/clock.ts';

/** A call, by its place in the one order (rule R1). */
interface Ranked {
  readonly effectiveStart: EpochMs;
  readonly seq: number;
}

/** A lane: who is first in it, and where it stands here. */
interface Headed {
  readonly head: Ranked | undefined;
  place: number;
}

/**
 * The lanes of a queue in which somebody waits, as a heap: before each stand only lanes with an earlier first call.
 * The effective starts of those calls lie beside the lanes, so that two are compared without a look at either.
 */
export class LaneHeap<Lane extends Headed> {
  readonly #lanes: Lane[] = [];
  readonly #starts: EpochMs[] = [];

  get size(): number {
    return this.#lanes.length;
  }

  /** Those under the lane at place `n` stand at `2n + 1` and `2n + 2`. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** Whether the first call of the lane at that place, which there is, comes after this one. */
  isAfter(place: number, call: Ranked): boolean {
    const start = this.#starts[place] as EpochMs;
    if (start !== call.effectiveStart) return start > call.effectiveStart;
    return (this.#lanes[place]?.head?.seq ?? 0) > call.seq;
  }

  /** The lane has its first call. */
  add(lane: Lane, head: Ranked): void {
    this.#rise(lane, head, this.#lanes.length);
  }

  /** The lane has an earlier first call than before. */
  rise(lane: Lane, head: Ranked): void {
    this.#rise(lane, head, lane.place);
  }

  /** The lane has a later first call than before. */
  sink(lane: Lane, head: Ranked): void {
    this.#sink(lane, head, lane.place);
  }

  /** Nobody waits in the lane any more. */
  drop(lane: Lane): void {
    const last = this.#lanes.pop();
    this.#starts.pop();
    if (last?.head === undefined || last === lane) return;
    this.#sink(last, last.head, lane.place);
    this.#rise(last, last.head, last.place);
  }

  clear(): void {
    this.#lanes.length = 0;
    this.#starts.length = 0;
  }

  #rise(lane: Lane, head: Ranked, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.isAfter(above, head)) break;
      this.#move(above, place);
      place = above;
    }
    this.#put(lane, head.effectiveStart, place);
  }

  #sink(lane: Lane, head: Ranked, from: number): void {
    let place = from;
    for (;;) {
      const child = this.#earlierChild(place);
      if (child < 0 || this.isAfter(child, head)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(lane, head.effectiveStart, place);
  }

  /** Of the lanes under this place, the one that comes first; -1: there are none. */
  #earlierChild(place: number): number {
    const left = 2 * place + 1;
    const right = left + 1;
    if (right >= this.#lanes.length) return left < this.#lanes.length ? left : -1;
    const head = this.#lanes[right]?.head;
    const isTie = this.#starts[left] === this.#starts[right];
    if (isTie) return head && this.isAfter(left, head) ? right : left;
    return (this.#starts[left] as EpochMs) < (this.#starts[right] as EpochMs) ? left : right;
  }

  #move(from: number, to: number): void {
    this.#put(this.#lanes[from] as Lane, this.#starts[from] as EpochMs, to);
  }

  #put(lane: Lane, start: EpochMs, place: number): void {
    this.#lanes[place] = lane;
    this.#starts[place] = start;
    lane.place = place;
  }
}
