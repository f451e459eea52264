/** Speech that is as loud as the telephone network expects, −20 dBm0 or so while somebody speaks (ITU-T P.56). */
export const SPEECH_DBFS = -20;
/** Frames below this are pauses, and do not count. */
const PAUSE_DBFS = -45;
const FRAME_SAMPLES = 320;
/** Above this the limiter begins to bend; nothing ever reaches full scale. */
const KNEE = 0.7;

const amplitude = (dbfs: number): number => 10 ** (dbfs / 20);

/** The level of what is not pause, as an amplitude from 0 to 1. */
export function activeLevel(samples: Float32Array): number {
  const threshold = amplitude(PAUSE_DBFS) ** 2;
  let energy = 0;
  let frames = 0;
  for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
    const frame = samples.subarray(at, at + FRAME_SAMPLES);
    const power = frame.reduce((sum, x) => sum + x * x, 0) / frame.length;
    if (power < threshold) continue;
    energy += power;
    frames += 1;
  }
  return frames === 0 ? 0 : Math.sqrt(energy / frames);
}

/** The same sound at the wanted level, peaks rounded off instead of cut. Silence stays silence. */
export function normalised(samples: Float32Array, dbfs: number): Float32Array {
  const level = activeLevel(samples);
  if (level === 0) return samples;
  const gain = amplitude(dbfs) / level;
  return samples.map((x) => limited(x * gain));
}

function limited(x: number): number {
  const size = Math.abs(x);
  if (size <= KNEE) return x;
  const room = 1 - KNEE;
  return Math.sign(x) * (KNEE + room * Math.tanh((size - KNEE) / room) * 0.98);
}

/** No recording is made louder than this: what is so faint is noise, or meant to be. */
const GAIN_MAX = amplitude(20);

/** A recording at the level of all other prompts, as far as that is gentle. */
export function levelled(samples: Float32Array): Float32Array {
  const level = activeLevel(samples);
  if (level === 0) return samples;
  const gain = Math.min(GAIN_MAX, amplitude(SPEECH_DBFS) / level);
  return samples.map((x) => limited(x * gain));
}

const SILENT = amplitude(-50);

/** Without the voice's own silence around it, and with ours: sentences follow each other at an even pace. */
export function trimmed(
  samples: Float32Array,
  rate: number,
  leadMs: number,
  tailMs: number,
): Float32Array {
  let first = 0;
  let end = samples.length;
  while (first < end && Math.abs(samples[first] ?? 0) < SILENT) first += 1;
  while (end > first && Math.abs(samples[end - 1] ?? 0) < SILENT) end -= 1;
  const lead = Math.round((leadMs * rate) / 1_000);
  const tail = Math.round((tailMs * rate) / 1_000);
  const output = new Float32Array(lead + (end - first) + tail);
  output.set(samples.subarray(first, end), lead);
  return output;
}
