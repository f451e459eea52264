import alawmulaw from 'alawmulaw';
import { err, ok, type Result } from '../../lib/result.ts';

// Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991), "WAVE"; the extensible form:
// Multiple Channel Audio Data and WAVE Files (2001); RF64 and BW64, whose lengths have 64 bits: EBU Tech 3306, ITU-R
// BS.2088. Strict where the media servers' readers are lenient: whoever
// uploads a file is there to be told what is wrong with it.

/** One channel, from −1 to 1. */
export interface Decoded {
  readonly samples: Float32Array;
  readonly rate: number;
  readonly channels: number;
  /** As people call it: `16 bit PCM`, `A-law`. */
  readonly format: string;
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

type ReadSample = (view: DataView, at: number) => number;

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;
/** Written by programs that do not know the length yet, such as ffmpeg and sox into a pipe: until the end of the file. */
const LENGTH_UNKNOWN_MIN = 0x7f00_0000;
/** What recorders write besides (RFC 2361). */
const CODECS: Readonly<Record<number, string>> = {
  [PCM]: 'PCM',
  [FLOAT]: 'floats',
  2: "Microsoft's ADPCM",
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  80: 'MPEG',
  85: 'MP3',
};
const RATE_MIN = 8_000;
const RATE_MAX = 192_000;
const CHANNELS_MAX = 8;
const CHUNKS_MAX = 1_000;
export const DURATION_SECONDS_MAX = 600;

/** Reads a WAV file. The error is for whoever uploaded it: `it is a PNG picture, no WAV file`. */
export function decodeWav(file: Buffer): Result<Decoded, string> {
  const kind = kindOf(file);
  if (kind !== 'WAV') return err(`it is ${kind}, no WAV file`);
  let format: Result<Format, string> = err('it has no format before its sound');
  let longLength: number | undefined;
  for (let at = 12, chunk = 0; at + 8 <= file.length && chunk < CHUNKS_MAX; chunk++) {
    const name = file.toString('latin1', at, at + 4);
    const bytes = file.readUInt32LE(at + 4);
    if (name === 'fmt ') format = formatOf(file.subarray(at + 8, at + 8 + bytes));
    if (name === 'ds64' && at + 24 <= file.length)
      longLength = Number(file.readBigUInt64LE(at + 16));
    if (name === 'data')
      return format.ok ? soundOf(file.subarray(at + 8), longLength ?? bytes, format.value) : format;
    at += 8 + bytes + (bytes % 2);
  }
  return err('it has no sound in it');
}

const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [/^(RIFF|RF64|BW64)....WAVE/s, 'WAV'],
  [/^\x89PNG/, 'a PNG picture'],
  [/^\xff\xd8\xff/, 'a JPEG picture'],
  [/^GIF8/, 'a GIF picture'],
  [/^(ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb])/, 'an MP3 file'],
  [/^OggS/, 'an Ogg file'],
  [/^fLaC/, 'a FLAC file'],
  [/^....ftyp/s, 'an MP4 file'],
  [/^RIFX/, 'a big-endian RIFX file'],
  [/^%PDF/, 'a PDF document'],
  [/^PK/, 'a ZIP archive'],
  [/^\s*</, 'markup'],
];

function kindOf(file: Buffer): string {
  const head = file.toString('latin1', 0, 16);
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1] ?? 'something else';
}

function formatOf(body: Buffer): Result<Format, string> {
  if (body.length < 16) return err('it does not say its format');
  const named = body.readUInt16LE(0);
  const tag = named === EXTENSIBLE && body.length >= 26 ? body.readUInt16LE(24) : named;
  const channels = body.readUInt16LE(2);
  const rate = body.readUInt32LE(4);
  const bits = body.readUInt16LE(14);
  if (channels < 1 || channels > CHANNELS_MAX) return err(`it has ${channels} channels`);
  if (rate < RATE_MIN || rate > RATE_MAX) {
    return err(`its rate of ${rate} Hz is not between 8 and 192 kHz`);
  }
  if (!READERS[`${tag}/${bits}`]) {
    const codec = CODECS[tag] ?? `format ${tag}`;
    return err(
      `it is a WAV file of ${codec}, ${bits} bits, which is not known here: save it as PCM`,
    );
  }
  if (body.readUInt16LE(12) !== (channels * bits) / 8) return err('its header contradicts itself');
  return ok({ tag, channels, rate, bits });
}

function soundOf(rest: Buffer, bytes: number, format: Format): Result<Decoded, string> {
  const { channels, rate, bits, tag } = format;
  const length = bytes >= LENGTH_UNKNOWN_MIN ? rest.length : bytes;
  if (length > rest.length) {
    return err(`it is cut off: ${rest.length} of ${length} bytes of sound are there`);
  }
  const width = bits / 8;
  const frames = Math.floor(length / (width * channels));
  if (frames === 0) return err('it has no sound in it');
  if (frames > DURATION_SECONDS_MAX * rate) {
    return err(`it is longer than ${DURATION_SECONDS_MAX / 60} minutes`);
  }
  const reader = READERS[`${tag}/${bits}`];
  if (!reader) return err('its format is not known here');
  const [name, read] = reader;
  const view = new DataView(rest.buffer, rest.byteOffset, length);
  const samples = new Float32Array(frames);
  let together = 0;
  let apart = 0;
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const sample = read(view, (frame * channels + channel) * width);
      sum += sample;
      apart += Math.abs(sample);
    }
    samples[frame] = sum / channels;
    together += Math.abs(sum);
  }
  // Channels of opposite phase cancel each other out: the first is what everybody else hears of them.
  if (together < CANCELLED * apart) {
    for (let frame = 0; frame < frames; frame++)
      samples[frame] = read(view, frame * channels * width);
  }
  return ok({ samples, rate, channels, format: name });
}

/** So little of the sum is left of channels that are one another's opposite. */
const CANCELLED = 0.05;

// The package is CommonJS: to Node its names are members of the default import only.
const { alaw, mulaw } = alawmulaw;

const FULL_16 = 32_768;
const law = (decode: (code: number) => number): readonly number[] =>
  Array.from({ length: 256 }, (_, code) => decode(code) / FULL_16);
const A = law((code) => alaw.decodeSample(code));
const MU = law((code) => mulaw.decodeSample(code));
/** What is no number is taken for silence, and nothing is louder than what floats may say. */
const sane = (x: number): number => (Number.isFinite(x) ? Math.max(-4, Math.min(4, x)) : 0);

/** By format tag and bits: what it is called, and a sample as a number from −1 to 1. */
const READERS: Readonly<Record<string, readonly [string, ReadSample]>> = {
  [`${PCM}/8`]: ['8 bit PCM', (view, at) => (view.getUint8(at) - 128) / 128],
  [`${PCM}/16`]: ['16 bit PCM', (view, at) => view.getInt16(at, true) / FULL_16],
  [`${PCM}/24`]: [
    '24 bit PCM',
    (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / (FULL_16 * 256),
  ],
  [`${PCM}/32`]: ['32 bit PCM', (view, at) => view.getInt32(at, true) / (FULL_16 * 65_536)],
  [`${FLOAT}/32`]: ['32 bit float', (view, at) => sane(view.getFloat32(at, true))],
  [`${FLOAT}/64`]: ['64 bit float', (view, at) => sane(view.getFloat64(at, true))],
  [`${ALAW}/8`]: ['A-law', (view, at) => A[view.getUint8(at)] ?? 0],
  [`${MULAW}/8`]: ['µ-law', (view, at) => MU[view.getUint8(at)] ?? 0],
};
