import { open } from 'node:fs/promises';
import { err, ok, type Result } from '../../lib/result.ts';
import { bytesOf } from './pcm.ts';

// Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991), "WAVE".

const HEADER_BYTES = 44;
const FORMAT_PCM = 1;
const FORMAT_EXTENSIBLE = 0xfffe;

/** A WAV file of 16 bit mono samples. */
export function encodeWav(samples: Int16Array, rate: number): Buffer {
  const file = Buffer.alloc(HEADER_BYTES + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(FORMAT_PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  bytesOf(samples).copy(file, HEADER_BYTES);
  return file;
}

export interface WavInfo {
  readonly rate: number;
  readonly channels: number;
  readonly durationMs: number;
}

/** Ours begin with the sound; as much of others' files as their chunks before it may take. */
const LOOKS_BYTES = [4_096, 65_536];

/** Looks at a file's beginning: is it sound that both media servers play? The error says what it is instead. */
export async function inspectWav(path: string): Promise<Result<WavInfo, string>> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    let seen: Result<WavInfo, string> = err('it is empty');
    for (const look of LOOKS_BYTES) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(look), 0, look, 0);
      seen = inspectBytes(buffer.subarray(0, bytesRead), size);
      if (seen.ok || bytesRead < look) break;
    }
    return seen;
  } finally {
    await file.close();
  }
}

/** `size` is the whole file's: a sound that claims to be longer than its file was cut off. */
export function inspectBytes(head: Buffer, size: number): Result<WavInfo, string> {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
    return err('it is not a WAV file');
  }
  let format: Buffer | undefined;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4);
    const bytes = head.readUInt32LE(at + 4);
    if (name === 'fmt ') format = head.subarray(at + 8, at + 8 + bytes);
    if (name === 'data') return judge(format, bytes, size - at - 8);
    at += 8 + bytes + (bytes % 2);
  }
  return err('it has no sound in it');
}

function judge(
  format: Buffer | undefined,
  bytes: number,
  bytesThere: number,
): Result<WavInfo, string> {
  if (!format || format.length < 16) return err('it does not say its format');
  const tag = format.readUInt16LE(0);
  const channels = format.readUInt16LE(2);
  const rate = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if ((tag !== FORMAT_PCM && tag !== FORMAT_EXTENSIBLE) || bits !== 16) {
    return err('it is not 16 bit PCM');
  }
  if (channels < 1 || channels > 2) return err(`it has ${channels} channels`);
  if (rate < 8_000 || rate > 48_000)
    return err(`its rate of ${rate} Hz is not between 8 and 48 kHz`);
  if (bytes === 0) return err('it is empty');
  if (bytes > bytesThere) return err('it is cut off');
  return ok({ rate, channels, durationMs: Math.round((bytes / (rate * channels * 2)) * 1_000) });
}
