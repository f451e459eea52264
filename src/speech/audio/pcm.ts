const FULL_SCALE = 32_767;

export function toFloat(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / (FULL_SCALE + 1));
}

export function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (x) => Math.round(Math.max(-1, Math.min(1, x)) * FULL_SCALE));
}

/** Samples as they stand in files and pipes: little endian, as every processor that Node 20 is made for here. */
export const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/** A copy, since a part of a larger buffer may begin anywhere; half a sample at its end is dropped. */
export function samplesOf(bytes: Buffer): Int16Array {
  const copy = new Uint8Array(bytes.length - (bytes.length % 2));
  copy.set(bytes.subarray(0, copy.length));
  return new Int16Array(copy.buffer);
}
