/** After this many frames in a row there is nothing left to repeat. */
const FRAMES_MAX = 3;

/**
 * Packet loss concealment, simple: the last good frame again, 6 dB softer each time, then silence
 * (the idea of ITU-T G.711 appendix I without its pitch search).
 */
export class Concealer {
  readonly #last = new Int16Array(2880);
  #length = 0;
  #repeated = 0;

  /** Remembers a frame that arrived. */
  good(frame: Int16Array, samples: number): void {
    this.#length = Math.min(samples, this.#last.length);
    this.#last.set(frame.subarray(0, this.#length));
    this.#repeated = 0;
  }

  /** Writes a stand-in for a lost frame and returns its length; 0 once it has given up. */
  conceal(out: Int16Array): number {
    if (this.#repeated >= FRAMES_MAX) return 0;
    this.#repeated++;
    const count = Math.min(this.#length, out.length);
    for (let i = 0; i < count; i++) {
      out[i] = (this.#last[i] as number) >> this.#repeated;
    }
    return count;
  }
}
