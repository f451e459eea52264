import type { EpochMs } from '../lib/clock.ts';

/** A call, by its place in the one order (rule R1). */
interface Ranked {
  readonly effectiveStart: EpochMs;
  readonly seq: number;
}

/** A lane: what it asks for, who is first in it, and where it stands here. */
interface Headed {
  readonly demand: number;
  readonly head: Ranked | undefined;
  place: number;
}

/**
 * The lanes of a queue in which somebody waits, as a heap: before each stand only lanes with an earlier first call.
 * The effective starts of those calls lie beside the lanes, and what the lanes ask for: two are compared, and whoever
 * may not have their calls passes by, without a look at them. Calls are fetched for a tie alone.
 */
export class LaneHeap<Lane extends Headed> {
  readonly #lanes: Lane[] = [];
  readonly #starts: EpochMs[] = [];
  readonly #demands: number[] = [];

  get size(): number {
    return this.#lanes.length;
  }

  /** Those under the lane at place `n` stand at `2n + 1` and `2n + 2`. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** The place of the lane whose first call comes first of all; -1: there is none. */
  get top(): number {
    return this.#lanes.length === 0 ? -1 : 0;
  }

  /**
   * The place to be looked at after this one, or -1: each lane comes before those below it. Without `goesBelow` those
   * are passed by.
   */
  after(place: number, goesBelow: boolean): number {
    const size = this.#lanes.length;
    const below = 2 * place + 1;
    if (goesBelow && below < size) return below;
    // Who stands at an even place is the second of two, with whom all is done below the one above.
    let done = place;
    while (done > 0 && (done % 2 === 0 || done + 1 >= size)) done = (done - 1) >> 1;
    return done === 0 ? -1 : done + 1;
  }

  /** What the lane at that place asks for. */
  demandAt(place: number): number {
    return this.#demands[place] as number;
  }

  /** The effective start of its first call. */
  startAt(place: number): EpochMs {
    return this.#starts[place] as EpochMs;
  }

  /** Whether the first call of the lane at that place, which there is, comes after this one. */
  isAfter(place: number, call: Ranked): boolean {
    const start = this.#starts[place] as EpochMs;
    if (start !== call.effectiveStart) return start > call.effectiveStart;
    return headSeq(this.#lanes[place]) > call.seq;
  }

  /** The lane has its first call, which starts then. */
  add(lane: Lane, start: EpochMs): void {
    this.#rise(lane, start, this.#lanes.length);
  }

  /** The lane has an earlier first call than before. */
  rise(lane: Lane, start: EpochMs): void {
    this.#rise(lane, start, lane.place);
  }

  /** The lane has a later first call than before. */
  sink(lane: Lane, start: EpochMs): void {
    this.#sink(lane, start, lane.place);
  }

  /** Nobody waits in the lane any more. */
  drop(lane: Lane): void {
    const last = this.#lanes.pop();
    const start = this.#starts.pop();
    this.#demands.pop();
    if (last === undefined || start === undefined || last === lane) return;
    this.#sink(last, start, lane.place);
    this.#rise(last, start, last.place);
  }

  clear(): void {
    this.#lanes.length = 0;
    this.#starts.length = 0;
    this.#demands.length = 0;
  }

  #rise(lane: Lane, start: EpochMs, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#comesAfter(above, lane, start)) break;
      this.#move(above, place);
      place = above;
    }
    this.#put(lane, start, place);
  }

  #sink(lane: Lane, start: EpochMs, from: number): void {
    let place = from;
    for (;;) {
      const child = this.#earlierChild(place);
      if (child < 0 || this.#comesAfter(child, lane, start)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(lane, start, place);
  }

  /** Of the lanes under this place, the one that comes first; -1: there are none. */
  #earlierChild(place: number): number {
    const left = 2 * place + 1;
    const right = left + 1;
    const size = this.#lanes.length;
    if (right >= size) return left < size ? left : -1;
    const lane = this.#lanes[right] as Lane;
    return this.#comesAfter(left, lane, this.#starts[right] as EpochMs) ? right : left;
  }

  /** Whether the lane at that place comes after this one, whose first call starts then. */
  #comesAfter(place: number, lane: Lane, start: EpochMs): boolean {
    const other = this.#starts[place] as EpochMs;
    if (other !== start) return other > start;
    return headSeq(this.#lanes[place]) > headSeq(lane);
  }

  #move(from: number, to: number): void {
    this.#put(this.#lanes[from] as Lane, this.#starts[from] as EpochMs, to);
  }

  #put(lane: Lane, start: EpochMs, place: number): void {
    this.#lanes[place] = lane;
    this.#starts[place] = start;
    this.#demands[place] = lane.demand;
    lane.place = place;
  }
}

const headSeq = (lane: Headed | undefined): number => lane?.head?.seq ?? 0;
