import type { EpochMs } from '../lib/clock.ts';

/** Why a caller is told a longer wait than before (rule EW4). */
export type LongerBecause = 'staffing' | 'priority' | 'handleTime';

/** What a caller is told of the wait to come. */
export interface Ewt {
  readonly lowMs: number;
  readonly highMs: number;
  /** Set when the wait has become longer than what the caller was told before. */
  readonly reason?: LongerBecause;
}

/** A range of waits, counted from the moment it was told. */
export interface Telling {
  readonly at: EpochMs;
  readonly lowMs: number;
  readonly highMs: number;
}

/** What a caller has been told, and what it was founded on. Part of the saved state. */
export interface Told {
  readonly first: Telling;
  readonly last: Telling;
  readonly staff: number;
  readonly handleMs: number;
}
