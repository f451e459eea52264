import type { AudioCodec } from './codec.ts';
import { G722Band, saturate } from './g722-band.ts';

/* ITU-T G.722 (09/2012) at 64 kbit/s; the tables carry the recommendation's names. */
const QMF = new Int32Array([3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11]);
const WL = new Int32Array([-60, -30, 58, 172, 334, 538, 1198, 3042]);
const RL42 = new Int32Array([0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0]);
const WH = new Int32Array([0, -214, 798]);
const RH2 = new Int32Array([2, 1, 2, 1]);
const QM2 = new Int32Array([-7408, -1616, 7408, 1616]);
const QM4 = new Int32Array([
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200,
  0,
]);
const QM6 = new Int32Array([
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
  -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400,
  -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232,
  9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688,
  1360, 1040, 728, 432, 136, -432, -136,
]);
const Q6 = new Int32Array([
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
  1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
]);
const ILN = new Int32Array([
  0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10,
  9, 8, 7, 6, 5, 4,
]);
const ILP = new Int32Array([
  0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38,
  37, 36, 35, 34, 33, 32,
]);

const lowBand = () => new G722Band(32, 8, 18432);
const highBand = () => new G722Band(8, 10, 22528);

/** The quantiser step of the low band: the magnitude's interval, 1 to 30 (QUANTL). */
function quantiseLow(magnitude: number, det: number): number {
  let interval = 1;
  while (interval < 30 && magnitude >= ((Q6[interval] as number) * det) >> 12) interval++;
  return interval;
}

class G722Encoder {
  readonly #low = lowBand();
  readonly #high = highBand();
  readonly #x = new Int32Array(24);

  /** Two samples at 16 kHz become one octet. */
  octet(first: number, second: number): number {
    const x = this.#x;
    x.copyWithin(0, 2);
    x[22] = first;
    x[23] = second;
    let odd = 0;
    let even = 0;
    for (let i = 0; i < 12; i++) {
      odd += (x[2 * i] as number) * (QMF[i] as number);
      even += (x[2 * i + 1] as number) * (QMF[11 - i] as number);
    }
    return this.#encodeHigh((even - odd) >> 14) | this.#encodeLow((even + odd) >> 14);
  }

  #encodeLow(x: number): number {
    const low = this.#low;
    const error = saturate(x - low.s);
    const interval = quantiseLow(error >= 0 ? error : -(error + 1), low.det);
    const code = (error < 0 ? ILN[interval] : ILP[interval]) as number;
    const coarse = code >> 2;
    const dq = (low.det * (QM4[coarse] as number)) >> 15;
    low.scale(WL[RL42[coarse] as number] as number);
    low.predict(dq);
    return code;
  }

  #encodeHigh(x: number): number {
    const high = this.#high;
    const error = saturate(x - high.s);
    const outer = (error >= 0 ? error : -(error + 1)) >= (564 * high.det) >> 12;
    const code = error < 0 ? (outer ? 0 : 1) : outer ? 2 : 3;
    const dq = (high.det * (QM2[code] as number)) >> 15;
    high.scale(WH[RH2[code] as number] as number);
    high.predict(dq);
    return code << 6;
  }
}

class G722Decoder {
  readonly #low = lowBand();
  readonly #high = highBand();
  readonly #x = new Int32Array(24);

  /** One octet becomes two samples at `out[at]` and `out[at + 1]`. */
  octet(code: number, out: Int16Array, at: number): void {
    const low = this.#decodeLow(code & 0x3f);
    const high = this.#decodeHigh(code >> 6);
    const x = this.#x;
    x.copyWithin(0, 2);
    x[22] = low + high;
    x[23] = low - high;
    let first = 0;
    let second = 0;
    for (let i = 0; i < 12; i++) {
      second += (x[2 * i] as number) * (QMF[i] as number);
      first += (x[2 * i + 1] as number) * (QMF[11 - i] as number);
    }
    out[at] = saturate(first >> 11);
    out[at + 1] = saturate(second >> 11);
  }

  #decodeLow(code: number): number {
    const band = this.#low;
    const fine = band.s + ((band.det * (QM6[code] as number)) >> 15);
    const coarse = code >> 2;
    const dq = (band.det * (QM4[coarse] as number)) >> 15;
    band.scale(WL[RL42[coarse] as number] as number);
    band.predict(dq);
    return Math.min(Math.max(fine, -16384), 16383);
  }

  #decodeHigh(code: number): number {
    const band = this.#high;
    const dq = (band.det * (QM2[code] as number)) >> 15;
    const value = band.s + dq;
    band.scale(WH[RH2[code] as number] as number);
    band.predict(dq);
    return Math.min(Math.max(value, -16384), 16383);
  }
}

/** G.722 at 64 kbit/s: 320 samples at 16 kHz are 160 octets. */
export class G722 implements AudioCodec {
  readonly name = 'G722';
  readonly sampleRate = 16000;
  readonly #encoder = new G722Encoder();
  readonly #decoder = new G722Decoder();

  decode(payload: Uint8Array, out: Int16Array): number {
    const octets = Math.min(payload.length, out.length >> 1);
    for (let i = 0; i < octets; i++) this.#decoder.octet(payload[i] as number, out, 2 * i);
    return 2 * octets;
  }

  encode(pcm: Int16Array, samples: number, out: Uint8Array, offset: number): number {
    const octets = samples >> 1;
    for (let i = 0; i < octets; i++) {
      out[offset + i] = this.#encoder.octet(pcm[2 * i] as number, pcm[2 * i + 1] as number);
    }
    return octets;
  }
}
