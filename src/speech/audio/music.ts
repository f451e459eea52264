import { normalised } from './loudness.ts';
import { toInt16 } from './pcm.ts';

/** Music lies under the voices that interrupt it. */
const MUSIC_DBFS = -26;
const NOTE_SECONDS = 0.4;
const NOTES_A_BAR = 8;
const DECAY_SECONDS = 0.9;
const PAD_DECAY_SECONDS = 2.4;

/** Two phrases of eight bars in C major, as MIDI notes: bass first, then what the arpeggio walks through. */
const BARS: readonly (readonly [number, ...number[]])[] = [
  [48, 60, 64, 67, 71],
  [45, 57, 60, 64, 67],
  [41, 57, 60, 65, 69],
  [43, 55, 59, 62, 67],
  [40, 55, 59, 64, 67],
  [45, 57, 60, 64, 69],
  [38, 57, 60, 65, 69],
  [43, 57, 59, 62, 67],
  [48, 64, 67, 72, 76],
  [47, 62, 67, 71, 74],
  [45, 60, 64, 69, 72],
  [43, 60, 64, 67, 71],
  [41, 57, 60, 65, 72],
  [40, 55, 60, 64, 71],
  [38, 57, 62, 65, 69],
  [43, 55, 59, 65, 67],
];
/** The order in which a bar's four notes are walked through. */
const WALK = [0, 1, 2, 3, 2, 1, 3, 2];

/**
 * Music on hold that nobody has to be paid for: 51 seconds of a soft arpeggio. Every note that outlasts the end
 * rings on at the beginning, so that it goes round without a seam. Or so many of its 16 bars, 3.2 s each.
 */
export function holdMusic(rate: number, bars = BARS.length): Int16Array {
  const noteSamples = Math.round(NOTE_SECONDS * rate);
  const loop = new Float32Array(bars * NOTES_A_BAR * noteSamples);
  BARS.slice(0, bars).forEach(([bass, ...chord], bar) => {
    const start = bar * NOTES_A_BAR * noteSamples;
    pluck(loop, start, bass, 0.5, PAD_DECAY_SECONDS, rate);
    WALK.forEach((step, at) => {
      const accent = at === 0 ? 0.34 : 0.24;
      pluck(loop, start + at * noteSamples, chord[step] ?? bass, accent, DECAY_SECONDS, rate);
    });
  });
  return toInt16(normalised(loop, MUSIC_DBFS));
}

/** Partials of a struck bar, softer the higher: number of the harmonic, share of the loudness. */
const PARTIALS: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 0.28],
  [4, 0.06],
];

function pluck(
  loop: Float32Array,
  start: number,
  note: number,
  loudness: number,
  decaySeconds: number,
  rate: number,
): void {
  const frequency = 440 * 2 ** ((note - 69) / 12);
  for (const [harmonic, share] of PARTIALS) {
    ring(loop, start, frequency * harmonic, loudness * share, decaySeconds / harmonic ** 0.5, rate);
  }
}

/** A decaying sine by recurrence: y[n] = 2r·cos(ω)·y[n−1] − r²·y[n−2]. It starts at zero, so without a click. */
function ring(
  loop: Float32Array,
  start: number,
  frequency: number,
  loudness: number,
  decaySeconds: number,
  rate: number,
): void {
  const angle = (2 * Math.PI * frequency) / rate;
  const radius = Math.exp(-1 / (decaySeconds * rate));
  const first = 2 * radius * Math.cos(angle);
  const second = radius * radius;
  let before = 0;
  let now = loudness * Math.sin(angle);
  const length = Math.min(loop.length, Math.round(decaySeconds * 7 * rate));
  for (let at = 0; at < length; at++) {
    const place = (start + at) % loop.length;
    loop[place] = (loop[place] ?? 0) + before;
    const next = first * now - second * before;
    before = now;
    now = next;
  }
}
