/** ITU-T Q.23. */
const LOW_HZ = [697, 770, 852, 941] as const;
const HIGH_HZ = [1209, 1336, 1477, 1633] as const;
/** Two pure tones hold nearly all of a frame's energy; a voice spreads it over its harmonics. */
const SHARE_MIN = 0.7;

/** Whether a frame is a key pressed on a line that sends keys as sound. */
export function isKeyTone(frame: Int16Array, sampleRate: number): boolean {
  let energy = 0;
  for (const sample of frame) energy += sample * sample;
  const low = strongest(frame, LOW_HZ, sampleRate);
  const high = strongest(frame, HIGH_HZ, sampleRate);
  const weaker = Math.min(low, high);
  return low + high >= SHARE_MIN * energy && weaker > 0.1 * energy;
}

function strongest(frame: Int16Array, frequencies: readonly number[], rate: number): number {
  return frequencies.reduce((most, hz) => Math.max(most, energyAt(frame, hz, rate)), 0);
}

/** The energy that a sine of that frequency has in the frame: G. Goertzel's recurrence (1958). */
function energyAt(frame: Int16Array, hz: number, rate: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let last = 0;
  let before = 0;
  for (const sample of frame) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
  }
  const power = last * last + before * before - coefficient * last * before;
  return (2 * power) / frame.length;
}
