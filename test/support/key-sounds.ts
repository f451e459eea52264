/** ITU-T Q.23. */
const LOW = [697, 770, 852, 941] as const;
const HIGH = [1209, 1336, 1477, 1633] as const;
const KEYS = '123A456B789C*0#D';
/** ITU-T G.711: a sine of full range. */
const FULL_SCALE_DBM0 = 3.14;

export interface KeySoundOptions {
  readonly sampleRate?: number;
  readonly onMs?: number;
  readonly offMs?: number;
  /** Level of each of the two frequencies, in dBm0. */
  readonly lowDbm0?: number;
  readonly highDbm0?: number;
  /** How far both frequencies are off, as a share: 0.015 is 1.5 %. */
  readonly off?: number;
}

/** Keys as tones, each with the silence that follows it. */
export function keySounds(keys: string, options: KeySoundOptions = {}): Int16Array {
  const { sampleRate = 8_000, onMs = 100, offMs = 100 } = options;
  const each = Math.round(((onMs + offMs) * sampleRate) / 1_000);
  const sounds = new Int16Array(each * keys.length);
  [...keys].forEach((key, at) => {
    sounds.set(keySound(key, options), at * each);
  });
  return sounds;
}

function keySound(key: string, options: KeySoundOptions): Int16Array {
  const { sampleRate = 8_000, onMs = 100, lowDbm0 = -10, highDbm0 = -8, off = 0 } = options;
  const place = KEYS.indexOf(key);
  const low = (LOW[place >> 2] ?? 0) * (1 + off);
  const high = (HIGH[place & 3] ?? 0) * (1 + off);
  const samples = Math.round((onMs * sampleRate) / 1_000);
  return Int16Array.from({ length: samples }, (_, at) => {
    const angle = (2 * Math.PI * at) / sampleRate;
    const sum =
      amplitude(lowDbm0) * Math.sin(low * angle) + amplitude(highDbm0) * Math.sin(high * angle);
    return Math.round(sum);
  });
}

const amplitude = (dbm0: number): number => 32_767 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20);

/** Chords of notes with overtones, as an organ or a phone's music holds them: the same for the same seed. */
export function chords(seconds: number, seed: number, sampleRate = 8_000): Int16Array {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const noteSamples = Math.round(0.15 * sampleRate);
  const samples = new Int16Array(seconds * sampleRate);
  for (let at = 0; at < samples.length; at += noteSamples) {
    const notes = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      // From A2 to A6, where the keys' frequencies lie.
      const hertz = 110 * 2 ** (Math.floor(random() * 49) / 12);
      return { hertz, overtones: Math.floor(random() * 4) };
    });
    const end = Math.min(at + noteSamples, samples.length);
    for (let n = at; n < end; n++) samples[n] = chordAt(notes, n / sampleRate);
  }
  return samples;
}

function chordAt(notes: readonly { hertz: number; overtones: number }[], seconds: number): number {
  let sum = 0;
  for (const { hertz, overtones } of notes)
    for (let k = 1; k <= 1 + overtones; k++)
      sum += Math.sin(2 * Math.PI * hertz * k * seconds) / k ** 1.5;
  return Math.round((6_000 * sum) / notes.length);
}
