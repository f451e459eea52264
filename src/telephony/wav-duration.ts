import { open } from 'node:fs/promises';

/** Every recorder writes its chunks of metadata within this, if it writes any before the audio. */
const HEADER_OCTETS_MAX = 4_096;

/** How long a WAV file of PCM lasts, in milliseconds; 0 when there is none, or nothing in it. Never rejects. */
export async function wavDurationMs(path: string): Promise<number> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_OCTETS_MAX), 0);
      const { size } = await file.stat();
      return durationOf(buffer.subarray(0, bytesRead), size);
    } finally {
      await file.close();
    }
  } catch {
    return 0;
  }
}

/** Walks RIFF's chunks: `fmt ` tells the octets a second, `data` how many there are (of those on the disk). */
function durationOf(head: Buffer, fileOctets: number): number {
  if (head.toString('latin1', 0, 4) !== 'RIFF') return 0;
  let octetsPerSecond = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4);
    const octets = head.readUInt32LE(at + 4);
    if (name === 'fmt ' && at + 20 <= head.length) octetsPerSecond = head.readUInt32LE(at + 16);
    if (name === 'data') {
      const there = Math.min(octets, fileOctets - at - 8);
      return octetsPerSecond > 0 ? Math.floor((there * 1_000) / octetsPerSecond) : 0;
    }
    at += 8 + octets + (octets % 2);
  }
  return 0;
}
