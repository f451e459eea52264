import { readFileSync, writeFileSync } from 'node:fs';
import { ToneLog } from '../../demo/phone/tone-log.ts';
import { readWav } from '../../src/embedded/media/audio/wav-reader.ts';
import { wavHeader } from '../../src/embedded/media/audio/wav-writer.ts';

export { levelDbfs, toneShare } from '../../demo/phone/goertzel.ts';
export { type Stretch, ToneLog } from '../../demo/phone/tone-log.ts';

const SAMPLE_RATE = 8000;
const FRAME_MS = 20;

/**
 * Tones that tests tell the parties apart by: apart by more than a frame's resolution (50 Hz), no harmonics of
 * each other, none of them a note of the music or one of the keys' frequencies.
 */
export const TONES = { caller: 1130, otherCaller: 1010, agent: 1730, otherAgent: 1970 } as const;
export const ALL_TONES: readonly number[] = Object.values(TONES);

/** Samples of a tone at -10 dBFS. */
export function toneSamples(frequencyHz: number, seconds: number): Int16Array {
  const step = (2 * Math.PI * frequencyHz) / SAMPLE_RATE;
  return Int16Array.from({ length: seconds * SAMPLE_RATE }, (_, index) =>
    Math.round(14_600 * Math.sin(step * index)),
  );
}

/** Writes a mono WAV file. */
export function writeWav(path: string, samples: Int16Array, rate: number = SAMPLE_RATE): void {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  writeFileSync(path, Buffer.concat([wavHeader(rate, 1, data.length), data]));
}

/** What is heard in a WAV file, in milliseconds from its beginning. */
export function listenToWav(path: string, frequencies: readonly number[] = ALL_TONES): ToneLog {
  const clip = readWav(repaired(readFileSync(path)));
  if (!clip.ok) throw new Error(`${path}: ${clip.error}`);
  const { samples, sampleRate } = clip.value;
  const log = new ToneLog(frequencies, sampleRate);
  const size = (sampleRate * FRAME_MS) / 1000;
  for (let at = 0; at + size <= samples.length; at += size) {
    log.feed(samples.subarray(at, at + size), (at / sampleRate) * 1000);
  }
  return log;
}

/** A recorder writes the length when it closes the file: until then the data go on to the file's end. */
function repaired(file: Buffer): Buffer {
  const data = file.indexOf('data', 12, 'latin1');
  if (data >= 0 && file.length >= data + 8) file.writeUInt32LE(file.length - data - 8, data + 4);
  return file;
}
