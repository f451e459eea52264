/** Zero crossings of the sinc on each side: enough for speech, with stop-band ripple below −60 dB. */
const CROSSINGS = 16;
/** The band edge lies this much below half of the lower rate, to leave room for the filter's slope. */
const ROLL_OFF = 0.92;
/** Kaiser's window, beta 7: side lobes at about −70 dB (Oppenheim & Schafer, Discrete-Time Signal Processing, 7.5). */
const KAISER_BETA = 7;

/** Changes the sampling rate with a windowed-sinc filter whose phases are computed once. */
export function resample(input: Float32Array, fromRate: number, toRate: number): Float32Array {
  if (fromRate === toRate) return input;
  const divisor = gcd(fromRate, toRate);
  const up = toRate / divisor;
  const down = fromRate / divisor;
  const cutoff = Math.min(1, toRate / fromRate) * ROLL_OFF;
  const reach = Math.ceil(CROSSINGS / cutoff);
  const phases = filterPhases(up, cutoff, reach);
  const output = new Float32Array(Math.floor((input.length * up) / down));
  for (let at = 0; at < output.length; at++) {
    const position = at * down;
    const phase = phases[position % up];
    if (phase) output[at] = filtered(input, Math.floor(position / up) - reach + 1, phase);
  }
  return output;
}

function filtered(input: Float32Array, first: number, phase: Float32Array): number {
  let sum = 0;
  const from = Math.max(0, -first);
  const to = Math.min(phase.length, input.length - first);
  for (let tap = from; tap < to; tap++) sum += (input[first + tap] ?? 0) * (phase[tap] ?? 0);
  return sum;
}

/** One set of taps for each fraction of a sample, each with a gain of exactly one. */
function filterPhases(up: number, cutoff: number, reach: number): readonly Float32Array[] {
  return Array.from({ length: up }, (_, phase) => {
    const taps = Float32Array.from({ length: 2 * reach }, (_unused, tap) => {
      const x = tap - reach + 1 - phase / up;
      return cutoff * sinc(cutoff * x) * kaiser(x / reach);
    });
    const gain = taps.reduce((sum, tap) => sum + tap, 0);
    return taps.map((tap) => tap / gain);
  });
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

function kaiser(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  return bessel0(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel0(KAISER_BETA);
}

/** The modified Bessel function of order zero, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-10; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
