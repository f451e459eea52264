import { levelDbfs, toneShare } from './goertzel.ts';

/** A stretch of sound in which one thing was heard. Milliseconds on the clock of whoever fed the frames. */
export interface Stretch {
  /** A frequency that was listened for, the sum of two that were heard at once, or what else it was. */
  readonly what: number | 'silence' | 'other';
  readonly fromMs: number;
  toMs: number;
}

/** Below this nothing is heard: A-law's smallest step is at about -66 dBFS. */
const SILENCE_DBFS = -50;
const SHARE_MIN = 0.8;
const SECOND_SHARE_MIN = 0.2;
/** A test or a demo call never lasts so long that more changes would matter. */
const STRETCHES_MAX = 10_000;
const FRAME_MS = 20;

/** Listens for known tones in 20 ms frames and remembers what was heard when. */
export class ToneLog {
  readonly stretches: Stretch[] = [];
  readonly #frequencies: readonly number[];
  readonly #sampleRate: number;

  constructor(frequencies: readonly number[], sampleRate = 8000) {
    this.#frequencies = frequencies;
    this.#sampleRate = sampleRate;
  }

  /** One frame, heard at `atMs`. */
  feed(frame: Int16Array, atMs: number): void {
    const what = this.#judge(frame);
    const current = this.stretches.at(-1);
    if (current?.what === what && atMs - current.toMs < 10 * FRAME_MS) {
      current.toMs = atMs + FRAME_MS;
      return;
    }
    if (this.stretches.length >= STRETCHES_MAX) this.stretches.shift();
    this.stretches.push({ what, fromMs: atMs, toMs: atMs + FRAME_MS });
  }

  /** The first stretch of the tone that lasted long enough and ended after `sinceMs`. */
  find(frequencyHz: number, lastingMs: number, sinceMs = -Infinity): Stretch | undefined {
    return this.stretches.find(
      ({ what, fromMs, toMs }) =>
        what === frequencyHz && toMs - Math.max(fromMs, sinceMs) >= lastingMs,
    );
  }

  /** How long the tone, or whatever else it was, was heard altogether, in milliseconds. */
  totalMs(heard: Stretch['what']): number {
    return this.stretches
      .filter(({ what }) => what === heard)
      .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  }

  #judge(frame: Int16Array): Stretch['what'] {
    if (levelDbfs(frame) < SILENCE_DBFS) return 'silence';
    const tone = this.#frequencies.find(
      (frequency) => toneShare(frame, frequency, this.#sampleRate) >= SHARE_MIN,
    );
    return tone ?? this.#twoTones(frame) ?? 'other';
  }

  /** In a conference each hears two others. */
  #twoTones(frame: Int16Array): number | undefined {
    const shares = this.#frequencies
      .map((frequency) => ({ frequency, share: toneShare(frame, frequency, this.#sampleRate) }))
      .sort((a, b) => b.share - a.share);
    const [one, two] = shares;
    if (!one || !two || two.share < SECOND_SHARE_MIN) return undefined;
    return one.share + two.share >= SHARE_MIN ? one.frequency + two.frequency : undefined;
  }
}
