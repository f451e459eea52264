import { dtmfTone, ToneSource } from './tone.ts';

const PAUSE_MS = 60;
const QUEUE_MAX = 100;

/** Plays keys as tones (ITU-T Q.23) to a far end that takes no telephone-event. */
export class KeyTones {
  readonly #queue: ToneSource[] = [];
  #frame = new Int16Array(160);

  get busy(): boolean {
    return this.#queue.length > 0;
  }

  send(digits: string, durationMs: number, sampleRate: number): void {
    if (!this.busy) this.#frame = new Int16Array(sampleRate / 50);
    for (const digit of digits) {
      const tone = dtmfTone(digit, durationMs, PAUSE_MS);
      if (tone && this.#queue.length < QUEUE_MAX)
        this.#queue.push(new ToneSource(tone, sampleRate));
    }
  }

  /** The 20 ms of this tick at the rate that `send` was told, or nothing. */
  next(): Int16Array | undefined {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const count = first.read(this.#frame);
      this.#frame.fill(0, count);
      if (count > 0) return this.#frame;
      this.#queue.shift();
    }
    return undefined;
  }
}
