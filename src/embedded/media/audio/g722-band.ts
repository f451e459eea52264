/** Saturates to 16 bits, as every adder of ITU-T G.722 does. */
export function saturate(value: number): number {
  return Math.max(-32768, Math.min(32767, value));
}

/** Inverse of the logarithm of the scale factor (G.722 table 17). */
const ILB = new Int32Array([
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
  2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
]);

/**
 * One sub-band's adaptive predictor and quantiser scale (ITU-T G.722 blocks 3 and 4), the same in the
 * encoder and in the decoder. The names are those of the recommendation.
 */
export class G722Band {
  /** The predicted signal. */
  s = 0;
  /** The quantiser's scale factor. */
  det: number;
  #sz = 0;
  #nb = 0;
  readonly #nbMax: number;
  readonly #shift: number;
  readonly #r = new Int32Array(3);
  readonly #p = new Int32Array(3);
  readonly #a = new Int32Array(3);
  readonly #d = new Int32Array(7);
  readonly #b = new Int32Array(7);

  /** The low band starts with det 32, shift 8 and limit 18432; the high band with 8, 10 and 22528. */
  constructor(det: number, shift: number, nbMax: number) {
    this.det = det;
    this.#shift = shift;
    this.#nbMax = nbMax;
  }

  /** Block 3: adapts the scale factor by the logarithmic multiplier `w`. */
  scale(w: number): void {
    const nb = Math.min(Math.max(((this.#nb * 127) >> 7) + w, 0), this.#nbMax);
    this.#nb = nb;
    const mantissa = ILB[(nb >> 6) & 31] as number;
    const exponent = this.#shift - (nb >> 11);
    this.det = (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
  }

  /** Block 4: adapts the predictor by the quantised difference `dq` and predicts the next sample. */
  predict(dq: number): void {
    const reconstructed = saturate(this.s + dq);
    const partial = saturate(this.#sz + dq);
    const [a1, a2] = this.#adaptPoles(partial);
    this.#adaptZeros(dq);
    const a = this.#a;
    const r = this.#r;
    const p = this.#p;
    a[1] = a1;
    a[2] = a2;
    r[2] = r[1] as number;
    r[1] = reconstructed;
    p[2] = p[1] as number;
    p[1] = partial;
    const poles = saturate(
      ((a1 * saturate(2 * reconstructed)) >> 15) + ((a2 * saturate(2 * (r[2] as number))) >> 15),
    );
    this.s = saturate(poles + this.#sz);
  }

  /** UPPOL2 and UPPOL1. */
  #adaptPoles(partial: number): [number, number] {
    const sign0 = partial >> 15;
    const sign1 = (this.#p[1] as number) >> 15;
    const sign2 = (this.#p[2] as number) >> 15;
    const a1Old = this.#a[1] as number;
    const a1Times4 = saturate(a1Old << 2);
    let wd = sign0 === sign1 ? -a1Times4 : a1Times4;
    if (wd > 32767) wd = 32767;
    const a2 =
      (sign0 === sign2 ? 128 : -128) + (wd >> 7) + (((this.#a[2] as number) * 32512) >> 15);
    const a2Limited = Math.min(Math.max(a2, -12288), 12288);
    const a1 = saturate((sign0 === sign1 ? 192 : -192) + ((a1Old * 32640) >> 15));
    const limit = saturate(15360 - a2Limited);
    return [Math.min(Math.max(a1, -limit), limit), a2Limited];
  }

  /** UPZERO, DELAYA and FILTEZ in one pass from the oldest difference to the newest. */
  #adaptZeros(dq: number): void {
    const d = this.#d;
    const b = this.#b;
    const step = dq === 0 ? 0 : 128;
    const sign = dq >> 15;
    d[0] = dq;
    let sum = 0;
    for (let i = 6; i > 0; i--) {
      const old = d[i] as number;
      const adapted = saturate(
        (old >> 15 === sign ? step : -step) + (((b[i] as number) * 32640) >> 15),
      );
      b[i] = adapted;
      const delayed = d[i - 1] as number;
      d[i] = delayed;
      sum += (adapted * saturate(2 * delayed)) >> 15;
    }
    this.#sz = saturate(sum);
  }
}
