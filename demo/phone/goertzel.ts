/**
 * Which part of the samples' energy lies at one frequency, from 0 to 1 (Goertzel, American Mathematical
 * Monthly 65, 1958). A clean tone gives nearly 1, speech and music seldom more than 0.5 for long.
 */
export function toneShare(samples: Int16Array, frequencyHz: number, sampleRate: number): number {
  const energy = energyOf(samples);
  if (energy === 0) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return Math.min(1, (2 * power) / (samples.length * energy));
}

function energyOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

/** The level of the samples in decibels below full scale; silence gives -Infinity. */
export function levelDbfs(samples: Int16Array): number {
  if (samples.length === 0) return -Infinity;
  return 10 * Math.log10(energyOf(samples) / samples.length / 32768 ** 2);
}
