/** What is reported of a measured quantity. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What may be too small as well as too large. */
export interface Spread extends Distribution {
  readonly min: number;
  readonly p1: number;
}

/** Nearest ranks, to a hundredth. */
export function distribution(values: readonly number[]): Distribution {
  const { min: _min, p1: _p1, ...upper } = spread(values);
  return upper;
}

export function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) =>
    round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  const [min, p1, p50, p99, max] = [at(0), at(0.01), at(0.5), at(0.99), at(1)];
  return { count: sorted.length, min, p1, p50, p99, max };
}

export const round = (value: number): number => Math.round(value * 100) / 100;
