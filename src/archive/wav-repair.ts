import { type FileHandle, open } from 'node:fs/promises';

/** Every recorder has its chunks of metadata within this, if it writes any before the audio. */
const HEADER_OCTETS_MAX = 4_096;

/**
 * Gives a WAV file that nobody closed the lengths it should have: of what is on the disk. Milliseconds of sound, or 0
 * when there is none. Rejects when the file cannot be written.
 */
export async function repairWav(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    return await repair(file);
  } finally {
    await file.close();
  }
}

async function repair(file: FileHandle): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_OCTETS_MAX), 0);
  const head = buffer.subarray(0, bytesRead);
  const { size } = await file.stat();
  const found = chunksOf(head);
  if (!found || found.octetsPerSecond === 0) return 0;
  const octets = size - found.dataAt;
  await writeLength(file, 4, size - 8);
  await writeLength(file, found.dataAt - 4, octets);
  return Math.floor((octets * 1_000) / found.octetsPerSecond);
}

async function writeLength(file: FileHandle, at: number, octets: number): Promise<void> {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Math.min(octets, 0xffff_ffff));
  await file.write(length, 0, 4, at);
}

/** Where the samples begin, and how many octets of them a second has. */
function chunksOf(head: Buffer): { dataAt: number; octetsPerSecond: number } | undefined {
  if (head.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  let octetsPerSecond = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4);
    const octets = head.readUInt32LE(at + 4);
    if (name === 'fmt ' && at + 20 <= head.length) octetsPerSecond = head.readUInt32LE(at + 16);
    if (name === 'data') return { dataAt: at + 8, octetsPerSecond };
    at += 8 + octets + (octets % 2);
  }
  return undefined;
}
