import alawmulaw from 'alawmulaw';
import type { AudioCodec, CodecName } from './codec.ts';

interface Law {
  encodeSample(sample: number): number;
  decodeSample(sample: number): number;
}

/** ITU-T G.711 as two tables, so that a sample costs one look-up. */
class G711Tables {
  readonly decoded = new Int16Array(256);
  /** Indexed by the sample as an unsigned 16 bit number. */
  readonly encoded = new Uint8Array(65536);

  constructor(law: Law) {
    for (let code = 0; code < 256; code++) this.decoded[code] = law.decodeSample(code);
    for (let index = 0; index < 65536; index++) {
      this.encoded[index] = law.encodeSample((index << 16) >> 16);
    }
  }
}

// The package is CommonJS: to Node its names are members of the default import only.
const { alaw, mulaw } = alawmulaw;

const tables = { PCMU: new G711Tables(mulaw), PCMA: new G711Tables(alaw) };

/** G.711 has no memory: one codec serves every leg. */
class G711 implements AudioCodec {
  readonly name: CodecName;
  readonly sampleRate = 8000;
  readonly #decoded: Int16Array;
  readonly #encoded: Uint8Array;

  constructor(name: 'PCMU' | 'PCMA') {
    this.name = name;
    this.#decoded = tables[name].decoded;
    this.#encoded = tables[name].encoded;
  }

  decode(payload: Uint8Array, out: Int16Array): number {
    const count = Math.min(payload.length, out.length);
    for (let i = 0; i < count; i++) out[i] = this.#decoded[payload[i] as number] as number;
    return count;
  }

  encode(pcm: Int16Array, samples: number, out: Uint8Array, offset: number): number {
    for (let i = 0; i < samples; i++) {
      out[offset + i] = this.#encoded[(pcm[i] as number) & 0xffff] as number;
    }
    return samples;
  }
}

export const pcmu: AudioCodec = new G711('PCMU');
export const pcma: AudioCodec = new G711('PCMA');
