/** ITU-T Q.23: each key is one frequency of the low group and one of the high group, in hertz. */
const LOW = [697, 770, 852, 941] as const;
const HIGH = [1209, 1336, 1477, 1633] as const;
const KEYS = '123A456B789C*0#D';

/**
 * 102 samples of 8 kHz: 12.75 ms. The shortest key that must be heard (40 ms, Q.24 table A-1) has two whole blocks in
 * it wherever it begins, and a filter of this length lets a frequency pass that is 1.5 % off, and not one 3.5 % off.
 */
const BLOCK_SAMPLES = 102;
const BASE_RATE = 8_000;
/** Quieter tones of a pair are not heard: -36 dBm0, where Q.24's administrations stop at -24 to -29. */
const LEVEL_MIN_DBM0 = -36;
/** A sine at 3.14 dBm0 has a sample's full range (ITU-T G.711). */
const FULL_SCALE_DBM0 = 3.14;
/** How much louder the high group may be than the low one, and the reverse (Q.24: 4 and 8 dB). */
const HIGH_LOUDER_MAX = ratio(4);
const LOW_LOUDER_MAX = ratio(8);
/** The next frequency of a group is so much quieter in a key; in a voice it seldom is. */
const PEAK_MIN = ratio(8);
/** The share of all energy that lies in the two. Speech and music have more besides: this keeps them out. */
const SHARE_MIN = 0.8;

function ratio(decibels: number): number {
  return 10 ** (decibels / 10);
}

/**
 * Hears keys in the audio (ITU-T Q.24), by Goertzel's algorithm over blocks of 12.75 ms. A key begins with two blocks in
 * a row that are it, and ends with two that are not: a lost packet in the middle does not make two of one.
 *
 *   silent ──two blocks of a key──▶ in it ──two other blocks──▶ silent, or in another
 */
export class KeyDetector {
  readonly #filters: readonly Goertzel[];
  readonly #samplesMax: number;
  readonly #powerMin: number;
  #samples = 0;
  #energy = 0;
  #last = '';
  #current = '';

  constructor(sampleRate: number) {
    this.#samplesMax = (BLOCK_SAMPLES * sampleRate) / BASE_RATE;
    this.#filters = [...LOW, ...HIGH].map((frequency) => new Goertzel(frequency, sampleRate));
    // A sine of amplitude A gives (A·n/2)² at its own frequency.
    const amplitude = 32_768 * 10 ** ((LEVEL_MIN_DBM0 - FULL_SCALE_DBM0) / 20);
    this.#powerMin = ((amplitude * this.#samplesMax) / 2) ** 2;
  }

  /** Takes so many samples; the keys that begin in them, nearly always none. */
  feed(frame: Int16Array, count: number): string {
    let keys = '';
    for (let at = 0; at < count; at++) {
      const sample = frame[at] as number;
      this.#energy += sample * sample;
      for (const filter of this.#filters) filter.feed(sample);
      if (++this.#samples >= this.#samplesMax) keys += this.#endBlock();
    }
    return keys;
  }

  #endBlock(): string {
    const block = this.#judge();
    this.#samples = 0;
    this.#energy = 0;
    const before = this.#last;
    this.#last = block;
    if (block === this.#current || before === this.#current) return '';
    this.#current = block === before ? block : '';
    return this.#current;
  }

  /** The key that this block is; empty: none. */
  #judge(): string {
    const powers = this.#filters.map((filter) => filter.take());
    const low = loudest(powers, 0);
    const high = loudest(powers, 4);
    if (!low || !high || Math.min(low.power, high.power) < this.#powerMin) return '';
    if (high.power > low.power * HIGH_LOUDER_MAX || low.power > high.power * LOW_LOUDER_MAX)
      return '';
    // The energy of a sine of n samples is A²·n/2, its power here A²·n²/4.
    const share = (2 * (low.power + high.power)) / (this.#samplesMax * this.#energy);
    return share < SHARE_MIN ? '' : KEYS.charAt(4 * low.index + high.index);
  }
}

/** The one of four that stands out; undefined: none does. */
function loudest(powers: readonly number[], from: number) {
  const group = powers.slice(from, from + 4);
  const power = Math.max(...group);
  const index = group.indexOf(power);
  const alone = group.every((other, at) => at === index || other * PEAK_MIN <= power);
  return alone ? { index, power } : undefined;
}

/** The power at one frequency (Goertzel, American Mathematical Monthly 65, 1958). */
class Goertzel {
  readonly #coefficient: number;
  #last = 0;
  #beforeLast = 0;

  constructor(frequency: number, sampleRate: number) {
    this.#coefficient = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  }

  feed(sample: number): void {
    const next = sample + this.#coefficient * this.#last - this.#beforeLast;
    this.#beforeLast = this.#last;
    this.#last = next;
  }

  /** What has come since the last time. */
  take(): number {
    const [last, before] = [this.#last, this.#beforeLast];
    this.#last = 0;
    this.#beforeLast = 0;
    return last * last + before * before - this.#coefficient * last * before;
  }
}
