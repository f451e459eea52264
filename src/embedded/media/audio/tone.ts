import { err, ok, type Result } from '../../../lib/result.ts';
import { saturate } from './g722-band.ts';
import type { AudioSource } from './source.ts';

/** One `%(on,off,f1,f2…)` of FreeSWITCH's tone language (TGML). */
export interface ToneStep {
  readonly onMs: number;
  readonly offMs: number;
  readonly frequencies: readonly number[];
  /** Level of each frequency, in dBm0. */
  readonly levelDb: number;
}

export interface ToneScript {
  readonly steps: readonly ToneStep[];
  /** How often the whole is played; -1: for ever. */
  readonly loops: number;
}

const LEVEL_DB = -7;
/** libteletone's zero: 3.14 dBm0 is full scale in G.711, and a sine's peak is 3.02 dB over its mean. */
const DBM0_MAX = 3.14 + 3.02;
const STEPS_MAX = 100;
const FREQUENCIES_MAX = 8;
const STEP_MS_MAX = 3_600_000;

/**
 * Parses what follows `tone_stream://`: steps and the settings `v=` (level) and `l=` (loops of the steps),
 * parted by `;`, and `loops=` at the end.
 */
export function parseToneScript(text: string): Result<ToneScript, string> {
  const steps: ToneStep[] = [];
  let levelDb = LEVEL_DB;
  let loops = 1;
  for (const part of text.split(/;(?![^(]*\))/)) {
    const setting = /^\s*([a-zA-Z]+)\s*=\s*([-+]?[\d.]+)\s*$/.exec(part);
    const name = setting?.[1]?.toLowerCase();
    if (name === 'v') levelDb = Math.min(0, Math.max(-63, Number(setting?.[2])));
    else if (name === 'loops' || name === 'l') loops = Math.trunc(Number(setting?.[2]));
    else if (!setting) {
      const parsed = parseSteps(part, levelDb);
      if (!parsed.ok) return parsed;
      steps.push(...parsed.value);
    }
  }
  if (steps.length === 0) return err('no tone');
  if (steps.length > STEPS_MAX) return err('too many tones');
  if (steps.every((step) => step.onMs + step.offMs < 1)) return err('tones without length');
  return ok({ steps, loops: loops < 0 ? -1 : Math.max(1, loops) });
}

function parseSteps(part: string, levelDb: number): Result<ToneStep[], string> {
  const steps: ToneStep[] = [];
  const rest = part.replace(/%\(([^()]*)\)/g, (_, inside: string) => {
    const numbers = inside.split(',').map((text) => Number(text.trim()));
    const [onMs = Number.NaN, offMs = 0, ...frequencies] = numbers;
    steps.push({ onMs, offMs, frequencies: frequencies.slice(0, FREQUENCIES_MAX), levelDb });
    return '';
  });
  if (rest.trim() !== '') return err(`cannot read "${rest.trim().slice(0, 40)}"`);
  for (const step of steps) {
    const numbers = [step.onMs, step.offMs, ...step.frequencies];
    if (numbers.some((n) => !(n >= 0 && n <= STEP_MS_MAX))) return err('a number out of range');
  }
  return ok(steps);
}

/** Plays a tone script. The phase runs on from frame to frame, so that there are no clicks. */
export class ToneSource implements AudioSource {
  readonly #script: ToneScript;
  readonly #sampleRate: number;
  #step = 0;
  #position = 0;
  #loopsLeft: number;

  constructor(script: ToneScript, sampleRate: number) {
    this.#script = script;
    this.#sampleRate = sampleRate;
    this.#loopsLeft = script.loops;
  }

  read(out: Int16Array): number {
    let filled = 0;
    while (filled < out.length && this.#loopsLeft !== 0) {
      const step = this.#script.steps[this.#step] as ToneStep;
      const onSamples = Math.round((step.onMs * this.#sampleRate) / 1000);
      const samples = onSamples + Math.round((step.offMs * this.#sampleRate) / 1000);
      const count = Math.min(out.length - filled, samples - this.#position);
      const on = Math.max(0, Math.min(count, onSamples - this.#position));
      out.fill(0, filled, filled + count);
      for (const frequency of step.frequencies) {
        this.#add(out.subarray(filled, filled + on), frequency, toneAmplitude(step.levelDb));
      }
      filled += count;
      this.#position += count;
      if (this.#position >= samples) this.#next();
    }
    return filled;
  }

  /** A sine costs one multiplication a sample by the recurrence sin(n) = 2 cos(w) sin(n-1) - sin(n-2). */
  #add(out: Int16Array, frequency: number, amplitude: number): void {
    const step = (2 * Math.PI * frequency) / this.#sampleRate;
    const coefficient = 2 * Math.cos(step);
    let previous = amplitude * Math.sin(step * (this.#position - 1));
    let before = amplitude * Math.sin(step * (this.#position - 2));
    for (let i = 0; i < out.length; i++) {
      const value = coefficient * previous - before;
      before = previous;
      previous = value;
      out[i] = saturate(Math.round((out[i] as number) + value));
    }
  }

  #next(): void {
    this.#position = 0;
    this.#step++;
    if (this.#step < this.#script.steps.length) return;
    this.#step = 0;
    if (this.#loopsLeft > 0) this.#loopsLeft--;
  }
}

/** The peak of a sine of this level, in 16 bit samples. */
export function toneAmplitude(levelDb: number): number {
  return 10 ** ((levelDb - DBM0_MAX) / 20) * 32767 * Math.SQRT2;
}

/** The two frequencies of each key (ITU-T Q.23). */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = '123A456B789C*0#D';

/** In-band digits, for a party that did not offer telephone-event. */
export function dtmfTone(digit: string, onMs: number, offMs: number): ToneScript | undefined {
  const key = KEYS.indexOf(digit.toUpperCase());
  if (digit.length !== 1 || key < 0) return undefined;
  const frequencies = [ROWS[key >> 2] as number, COLUMNS[key & 3] as number];
  return { steps: [{ onMs, offMs, frequencies, levelDb: LEVEL_DB }], loops: 1 };
}
