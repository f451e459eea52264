/** Adds `pcm` to `sum`, saturating at 16 bits. */
export function mixInto(sum: Int16Array, pcm: Int16Array, samples: number): void {
  for (let i = 0; i < samples; i++) {
    const value = (sum[i] as number) + (pcm[i] as number);
    sum[i] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
  }
}
