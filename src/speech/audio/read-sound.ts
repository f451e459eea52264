import { readFile } from 'node:fs/promises';
import { decodeWav } from './decode-wav.ts';
import { toInt16 } from './pcm.ts';
import { resample } from './resample.ts';

/** A WAV file as 16 bit little-endian mono samples of that rate. Rejects with what is wrong with it. */
export async function readSound(path: string, rate: number): Promise<Buffer> {
  const decoded = decodeWav(await readFile(path));
  if (!decoded.ok) throw new Error(decoded.error);
  const { buffer, byteOffset, byteLength } = toInt16(
    await resample(decoded.value.samples, decoded.value.rate, rate),
  );
  return Buffer.from(buffer, byteOffset, byteLength);
}
