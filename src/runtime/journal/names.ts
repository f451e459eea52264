/** Generation `g`: a segment of records, and a snapshot of the state before the first of them. */
export const segmentName = (generation: number): string => `${padded(generation)}.log`;
export const snapshotName = (generation: number): string => `${padded(generation)}.snapshot`;
export const unfinished = (name: string): string => `${name}.part`;

export interface Generations {
  /** Ascending, as all of them. A segment may be there long before its snapshot. */
  readonly snapshots: readonly number[];
  readonly segments: readonly number[];
  readonly all: readonly number[];
  /** 0: the folder is empty. */
  readonly highest: number;
}

/** What the folder holds; names of others are left alone. */
export function generations(names: readonly string[]): Generations {
  const snapshots = numbersOf(names, /^(\d{10})\.snapshot$/);
  const segments = numbersOf(names, /^(\d{10})\.log$/);
  const all = [...new Set(numbersOf(names, FILE))];
  return { snapshots, segments, all, highest: all.at(-1) ?? 0 };
}

/** Everything of one generation, also what was never finished. */
export const filesOf = (names: readonly string[], generation: number): readonly string[] =>
  names.filter((name) => Number(FILE.exec(name)?.[1]) === generation);

const FILE = /^(\d{10})\.(?:snapshot|log|snapshot\.part)$/;

const padded = (generation: number): string => String(generation).padStart(10, '0');

const numbersOf = (names: readonly string[], pattern: RegExp): readonly number[] =>
  names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
