/** WAV files of every kind, and files that only claim to be one. */
export interface WavShape {
  readonly tag: number;
  readonly bits: number;
  readonly channels: number;
  readonly rate: number;
}

/** A WAV file around any bytes of sound; what its header says can be bent. */
export function wavFile(
  { tag, bits, channels, rate }: WavShape,
  data: Buffer,
  claimedBytes = data.length,
): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * channels * bits) / 8, 28);
  head.writeUInt16LE((channels * bits) / 8, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(claimedBytes, 40);
  return Buffer.concat([head, data]);
}

/** A tone of 400 Hz at a quarter of full scale, as PCM of any width. */
export function pcmTone({ bits, channels, rate }: WavShape, ms: number): Buffer {
  const width = bits / 8;
  const frames = Math.round((ms * rate) / 1_000);
  const data = Buffer.alloc(frames * channels * width);
  for (let frame = 0; frame < frames; frame++) {
    const x = 0.25 * Math.sin((2 * Math.PI * 400 * frame) / rate);
    for (let channel = 0; channel < channels; channel++) {
      const at = (frame * channels + channel) * width;
      if (bits === 8) data.writeUInt8(Math.round(128 + x * 127), at);
      else data.writeIntLE(Math.round(x * (2 ** (bits - 1) - 1)), at, width);
    }
  }
  return data;
}
