import { saturate } from './g722-band.ts';

/** Taps on each side of the centre of a half-band filter; they pass 3.4 kHz and stop 4.6 kHz by 50 dB. */
const HALF = 16;

/** The odd taps of a half-band low-pass (its even taps are 0, its centre ½): Hamming-windowed sinc. */
const oddTaps = new Float64Array(HALF);
for (let k = 0; k < HALF; k++) {
  const n = 2 * k + 1;
  const window = 0.54 + 0.46 * Math.cos((Math.PI * n) / (2 * HALF + 1));
  oddTaps[k] = (Math.sin((Math.PI * n) / 2) / (Math.PI * n)) * window;
}

/** 8 kHz to 16 kHz, frame after frame without a seam; adds 2 ms. */
export class Upsampler {
  #history = new Float64Array(2 * HALF);

  process(input: Int16Array, samples: number, out: Int16Array): number {
    const line = joined(this.#history, input, samples);
    for (let i = 0; i < samples; i++) {
      const centre = i + HALF;
      let between = 0;
      for (let k = 0; k < HALF; k++) {
        between +=
          (oddTaps[k] as number) *
          ((line[centre - k] as number) + (line[centre + 1 + k] as number));
      }
      out[2 * i] = line[centre] as number;
      out[2 * i + 1] = saturate(Math.round(2 * between));
    }
    this.#history.set(line.subarray(samples, samples + 2 * HALF));
    return 2 * samples;
  }
}

/** 16 kHz to 8 kHz, frame after frame without a seam; adds 2 ms. */
export class Downsampler {
  #history = new Float64Array(4 * HALF);

  process(input: Int16Array, samples: number, out: Int16Array): number {
    const line = joined(this.#history, input, samples);
    const count = samples >> 1;
    for (let i = 0; i < count; i++) {
      const centre = 2 * i + 2 * HALF;
      let sum = 0.5 * (line[centre] as number);
      for (let k = 0; k < HALF; k++) {
        const n = 2 * k + 1;
        sum +=
          (oddTaps[k] as number) * ((line[centre - n] as number) + (line[centre + n] as number));
      }
      out[i] = saturate(Math.round(sum));
    }
    this.#history.set(line.subarray(samples, samples + 4 * HALF));
    return count;
  }
}

/** Brings the frames of one stream from 8 to 16 kHz or back, as they come. */
export class RateChanger {
  #up: Upsampler | undefined;
  #down: Downsampler | undefined;
  readonly #out = new Int16Array(640);

  /** 20 ms at `to`; the result is lent until the next call. */
  change(pcm: Int16Array, from: number, to: number): Int16Array {
    if (from === to) return pcm;
    const samples = from / 50;
    if (to > from) {
      this.#up ??= new Upsampler();
      this.#up.process(pcm, samples, this.#out);
    } else {
      this.#down ??= new Downsampler();
      this.#down.process(pcm, samples, this.#out);
    }
    return this.#out;
  }
}

/** Scratch space: a worker does one frame at a time. */
const scratch = new Float64Array(4 * HALF + 4096);

function joined(history: Float64Array, input: Int16Array, samples: number): Float64Array {
  if (history.length + samples > scratch.length) throw new RangeError('A frame is too long.');
  scratch.set(history);
  scratch.set(input.subarray(0, samples), history.length);
  return scratch;
}

/** Zero crossings of the sinc on each side. */
const CROSSINGS = 16;
/** Output samples made between two breaths: about 2 ms of work, so that the 20 ms clock keeps time. */
const SLICE = 8000;

/**
 * Changes a whole clip's rate by a polyphase windowed sinc. It lets other work run between slices.
 * Source: J. O. Smith, "Digital Audio Resampling".
 */
export async function resampleClip(
  clip: Int16Array,
  from: number,
  to: number,
): Promise<Int16Array> {
  if (from === to) return clip;
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const cutoff = Math.min(1, to / from);
  const reach = Math.ceil(CROSSINGS / cutoff);
  const table = polyphase(up, cutoff, reach);
  const out = new Int16Array(Math.floor((clip.length * to) / from));
  for (let start = 0; start < out.length; start += SLICE) {
    const end = Math.min(out.length, start + SLICE);
    for (let i = start; i < end; i++) {
      const phase = (i * down) % up;
      out[i] = weighted(clip, Math.floor((i * down) / up), table, phase * 2 * reach, reach);
    }
    await new Promise<void>((resume) => setImmediate(resume));
  }
  return out;
}

/** Row p weighs the samples from `reach - 1` before the position to `reach` after it. */
function polyphase(phases: number, cutoff: number, reach: number): Float64Array {
  const table = new Float64Array(phases * 2 * reach);
  for (let phase = 0; phase < phases; phase++) {
    for (let tap = 0; tap < 2 * reach; tap++) {
      const distance = phase / phases - (tap - reach + 1);
      const window = 0.54 + 0.46 * Math.cos((Math.PI * distance) / reach);
      const x = Math.PI * distance * cutoff;
      table[phase * 2 * reach + tap] = cutoff * window * (x === 0 ? 1 : Math.sin(x) / x);
    }
  }
  return table;
}

function weighted(
  clip: Int16Array,
  position: number,
  table: Float64Array,
  row: number,
  reach: number,
): number {
  const first = position - reach + 1;
  const from = Math.max(0, -first);
  const until = Math.min(2 * reach, clip.length - first);
  let sum = 0;
  for (let tap = from; tap < until; tap++) {
    sum += (clip[first + tap] as number) * (table[row + tap] as number);
  }
  return saturate(Math.round(sum));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
