/** Generation `g`: a snapshot of the state, and the segment of the records that came after it. */
export const segmentName = (generation: number): string => `${padded(generation)}.log`;
export const snapshotName = (generation: number): string => `${padded(generation)}.snapshot`;
export const unfinished = (name: string): string => `${name}.part`;

export interface Generations {
  /** Ascending, as all of them. */
  readonly snapshots: readonly number[];
  readonly segments: readonly number[];
  /** 0: the folder is empty. */
  readonly highest: number;
}

/** What the folder holds; names of others are left alone. */
export function generations(names: readonly string[]): Generations {
  const snapshots = numbersOf(names, /^(\d{10})\.snapshot$/);
  const segments = numbersOf(names, /^(\d{10})\.log$/);
  return { snapshots, segments, highest: Math.max(0, ...snapshots, ...segments) };
}

/** The names of everything before the generation, and what was never finished. */
export const olderThan = (names: readonly string[], generation: number): readonly string[] =>
  names.filter((name) => {
    const number = /^(\d{10})\.(snapshot|log|snapshot\.part)$/.exec(name)?.[1];
    return number !== undefined && Number(number) < generation;
  });

const padded = (generation: number): string => String(generation).padStart(10, '0');

const numbersOf = (names: readonly string[], pattern: RegExp): readonly number[] =>
  names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
