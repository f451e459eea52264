import { saturate } from './g722-band.ts';

/** Adds `pcm` to `sum`, saturating at 16 bits. */
export function mixInto(sum: Int16Array, pcm: Int16Array, samples: number): void {
  for (let i = 0; i < samples; i++) {
    sum[i] = saturate((sum[i] as number) + (pcm[i] as number));
  }
}
