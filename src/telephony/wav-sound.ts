import { createReadStream } from 'node:fs';

/** What switch_ivr_async.c takes for silence: a mean of absolute samples at 8 kHz, about -42 dBFS. */
const THRESHOLD = 200;
const THRESHOLD_RATE = 8_000;
const FRAME_MS = 20;
/** All recorders' chunks before the sound are within the first piece that is read. */
const HEADER_OCTETS_MIN = 44;

/**
 * From the first sound to the last in a file of one channel of 16 bit PCM, in milliseconds; 0: nothing was said. It is
 * read piece by piece, so that ten minutes hold nobody up. Undefined: it cannot be told. Never rejects.
 */
export async function wavSoundMs(path: string): Promise<number | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let rate = 0;
  let frame = 0;
  let first = -1;
  let last = -1;
  try {
    for await (const chunk of createReadStream(path)) {
      rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      if (rate === 0) {
        if (rest.length < HEADER_OCTETS_MIN) continue;
        const data = rest.indexOf('data');
        const format = rest.indexOf('fmt ');
        if (data < 0 || format < 0) return undefined;
        rate = rest.readUInt32LE(format + 12);
        rest = rest.subarray(data + 8);
      }
      const octets = 2 * Math.max(1, Math.floor((rate * FRAME_MS) / 1_000));
      let at = 0;
      for (; at + octets <= rest.length; at += octets, frame++) {
        if (!isSound(rest, at, octets, rate)) continue;
        if (first < 0) first = frame;
        last = frame;
      }
      rest = rest.subarray(at);
    }
  } catch {
    return undefined;
  }
  if (rate === 0) return undefined;
  return first < 0 ? 0 : (last - first + 1) * FRAME_MS;
}

/** The threshold is lower at higher rates, as it is where recordings end by silence. */
function isSound(samples: Buffer, at: number, octets: number, rate: number): boolean {
  let sum = 0;
  for (let each = at; each < at + octets; each += 2) sum += Math.abs(samples.readInt16LE(each));
  return (sum / (octets / 2)) * (rate / THRESHOLD_RATE) >= THRESHOLD;
}
