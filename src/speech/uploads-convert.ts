// A thread of its own: ten minutes of sound at 48 kHz would hold up every call for a second.
import { parentPort, workerData } from 'node:worker_threads';
import { decodeWav } from './audio/decode-wav.ts';
import { levelled } from './audio/loudness.ts';
import { toInt16 } from './audio/pcm.ts';
import { resample } from './audio/resample.ts';
import { encodeWav } from './audio/wav.ts';

export interface ConvertRequest {
  readonly file: Uint8Array;
  readonly rate: number;
}

export type ConvertAnswer =
  | {
      readonly ok: true;
      readonly wav: Uint8Array;
      readonly durationMs: number;
      readonly original: {
        readonly rate: number;
        readonly channels: number;
        readonly format: string;
      };
    }
  | { readonly ok: false; readonly why: string };

/** Of full scale: what 16 bits cannot say at all. */
const SILENT = 1 / 32_768;

const { file, rate } = workerData as ConvertRequest;
parentPort?.postMessage(await convert(Buffer.from(file.buffer, file.byteOffset, file.byteLength)));

async function convert(upload: Buffer): Promise<ConvertAnswer> {
  const decoded = decodeWav(upload);
  if (!decoded.ok) return { ok: false, why: decoded.error };
  const { samples, ...original } = decoded.value;
  if (samples.every((sample) => Math.abs(sample) < SILENT))
    return { ok: false, why: 'there is only silence in it' };
  const sound = levelled(await resample(samples, original.rate, rate));
  const durationMs = Math.round((sound.length / rate) * 1_000);
  return { ok: true, wav: encodeWav(toInt16(sound), rate), durationMs, original };
}
