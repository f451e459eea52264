import { err, ok, type Result } from '../../../lib/result.ts';
import { pcma, pcmu } from './g711.ts';

/** Mono audio as samples. */
export interface Clip {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/** A `fmt ` chunk's format tags (Microsoft, "New Multimedia Data Types and Data Techniques"). */
const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

const CHUNKS_MAX = 1000;
const RATE_MIN = 4000;
const RATE_MAX = 192_000;

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

type ReadSample = (view: DataView, at: number) => number;

/**
 * Reads a RIFF WAVE file: PCM of 8 to 32 bits, floats, A-law and µ-law, any channels (they are averaged).
 * A truncated data chunk is played as far as it goes, as libsndfile does. The error says what is wrong.
 */
export function readWav(file: Buffer): Result<Clip, string> {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF') return err('not a RIFF file');
  if (file.toString('latin1', 8, 12) !== 'WAVE') return err('not a WAVE file');
  let format: Format | undefined;
  let at = 12;
  for (let chunk = 0; chunk < CHUNKS_MAX && at + 8 <= file.length; chunk++) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, Math.min(at + 8 + size, file.length));
    if (id === 'fmt ') format = readFormat(body);
    if (id === 'data') return format ? readSamples(body, format) : err('no format before the data');
    at += 8 + size + (size & 1);
  }
  return err('no data chunk');
}

function readFormat(body: Buffer): Format | undefined {
  if (body.length < 16) return undefined;
  const tag = body.readUInt16LE(0);
  return {
    tag: tag === EXTENSIBLE && body.length >= 26 ? body.readUInt16LE(24) : tag,
    channels: body.readUInt16LE(2),
    sampleRate: body.readUInt32LE(4),
    bits: body.readUInt16LE(14),
  };
}

function readSamples(data: Buffer, format: Format): Result<Clip, string> {
  const { channels, sampleRate, bits } = format;
  const read = sampleReader(format);
  if (!read) return err(`format ${format.tag} of ${bits} bits is not supported`);
  if (channels < 1 || channels > 16) return err(`${channels} channels`);
  if (sampleRate < RATE_MIN || sampleRate > RATE_MAX) return err(`rate ${sampleRate}`);
  const width = bits >> 3;
  const frames = Math.floor(data.length / (width * channels));
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const samples = new Int16Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += read(view, (frame * channels + channel) * width);
    }
    samples[frame] = Math.max(-32768, Math.min(32767, Math.round(sum / channels)));
  }
  return ok({ sampleRate, samples });
}

const law = new Int16Array(1);
const octet = new Uint8Array(1);
function decodeLaw(codec: typeof pcmu, code: number): number {
  octet[0] = code;
  codec.decode(octet, law);
  return law[0] as number;
}

function sampleReader({ tag, bits }: Format): ReadSample | undefined {
  const kinds: Record<string, ReadSample> = {
    [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) << 8,
    [`${PCM}/16`]: (view, at) => view.getInt16(at, true),
    [`${PCM}/24`]: (view, at) => view.getInt16(at + 1, true),
    [`${PCM}/32`]: (view, at) => view.getInt16(at + 2, true),
    [`${FLOAT}/32`]: (view, at) => (view.getFloat32(at, true) || 0) * 32767,
    [`${FLOAT}/64`]: (view, at) => (view.getFloat64(at, true) || 0) * 32767,
    [`${ALAW}/8`]: (view, at) => decodeLaw(pcma, view.getUint8(at)),
    [`${MULAW}/8`]: (view, at) => decodeLaw(pcmu, view.getUint8(at)),
  };
  return kinds[`${tag}/${bits}`];
}
