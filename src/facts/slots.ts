import type { EpochMs } from '../lib/clock.ts';

/** The finest interval there is. Every zone's clocks are whole quarters of an hour from UTC, so slots fit all. */
export const SLOT_MS = 900_000;

/** The beginning of the slot that the moment is in. */
export const slotOf = (at: EpochMs): EpochMs => Math.floor(at / SLOT_MS) * SLOT_MS;
