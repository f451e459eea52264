/** Audio that something plays, pulled frame by frame on the 20 ms clock. */
export interface AudioSource {
  /**
   * Writes the next samples into `out`. Fewer than `out.length` means that the end was reached;
   * 0 means that nothing is left.
   */
  read(out: Int16Array): number;
}

/** A clip from memory, from `position` on, repeated `loops` times (-1: for ever). */
export class ClipSource implements AudioSource {
  readonly #samples: Int16Array;
  #position: number;
  #loopsLeft: number;

  constructor(samples: Int16Array, loops = 1, position = 0) {
    this.#samples = samples;
    this.#loopsLeft = samples.length === 0 ? 0 : loops;
    this.#position = Math.min(position, samples.length);
  }

  read(out: Int16Array): number {
    let filled = 0;
    while (filled < out.length && this.#loopsLeft !== 0) {
      const count = Math.min(out.length - filled, this.#samples.length - this.#position);
      out.set(this.#samples.subarray(this.#position, this.#position + count), filled);
      filled += count;
      this.#position += count;
      if (this.#position >= this.#samples.length) this.#rewind();
    }
    return filled;
  }

  #rewind(): void {
    this.#position = 0;
    if (this.#loopsLeft > 0) this.#loopsLeft--;
  }
}

/** Silence for a number of samples, or for ever (-1). With a noise level it hisses, as FreeSWITCH's does. */
export class SilenceSource implements AudioSource {
  #left: number;
  readonly #amplitude: number;
  #random = 12345;

  constructor(samples: number, amplitude = 0) {
    this.#left = samples;
    this.#amplitude = amplitude;
  }

  read(out: Int16Array): number {
    const count = this.#left < 0 ? out.length : Math.min(out.length, this.#left);
    if (this.#left > 0) this.#left -= count;
    if (this.#amplitude === 0) out.fill(0, 0, count);
    else for (let i = 0; i < count; i++) out[i] = this.#noise();
    return count;
  }

  /** A linear congruential generator (Numerical Recipes) is random enough for comfort noise. */
  #noise(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
    return ((this.#random >> 16) * this.#amplitude) >> 15;
  }
}
