import type { EpochMs } from '../lib/clock.ts';
import { DAY_MS } from '../lib/clock.ts';
import {
  dateLabel,
  dateOf,
  dayAfter,
  dayOf,
  instantOf,
  monthAfter,
  monthOf,
  monthStart,
} from '../lib/zone.ts';

import { SLOT_MS, slotOf } from './slots.ts';

export const INTERVALS = ['15m', '30m', '1h', '1d', '1w', '1mo', 'total'] as const;
export type IntervalName = (typeof INTERVALS)[number];

/** `to` is outside it. */
export interface Period {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const WITHIN_DAY: Partial<Record<IntervalName, number>> = {
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
};

const dayStart = (zone: string, day: string): EpochMs => instantOf(zone, dateOf(day));

/**
 * The intervals of a place's clock that cover `from` to `to`, the first and the last whole. The day on which the clocks
 * go forward has 92 quarters of an hour, the one on which they go back 100; none is there twice, none is missing.
 */
export function* periodsOf(
  interval: IntervalName,
  zone: string,
  from: EpochMs,
  to: EpochMs,
): IterableIterator<Period> {
  if (interval === 'total') {
    yield { from: slotOf(from), to: slotOf(to + SLOT_MS - 1) };
    return;
  }
  const step = WITHIN_DAY[interval];
  for (let at = startOf(interval, zone, from); at < to; ) {
    const next = after(interval, zone, at);
    if (!(next > at)) throw new RangeError(`No ${interval} comes after ${at} in ${zone}.`);
    if (step === undefined) yield { from: at, to: next };
    else yield* pieces(Math.max(at, startWithin(at, from, step)), Math.min(next, to), next, step);
    at = next;
  }
}

/** The first step of the day that reaches `from`. */
const startWithin = (day: EpochMs, from: EpochMs, step: number): EpochMs =>
  day + Math.floor((from - day) / step) * step;

/** A step never goes over the day's end: where clocks change by half an hour, one hour of that day is half. */
function* pieces(
  from: EpochMs,
  before: EpochMs,
  dayEnds: EpochMs,
  step: number,
): IterableIterator<Period> {
  for (let at = from; at < before; at += step) yield { from: at, to: Math.min(at + step, dayEnds) };
}

/** Of the month, the week or the day. */
function startOf(interval: IntervalName, zone: string, at: EpochMs): EpochMs {
  if (interval === '1mo') return monthStart(zone, monthOf(zone, at));
  const day = dayOf(zone, at);
  return dayStart(zone, interval === '1w' ? mondayOf(day) : day);
}

function after(interval: IntervalName, zone: string, at: EpochMs): EpochMs {
  if (interval === '1mo') return monthStart(zone, monthAfter(monthOf(zone, at)));
  const day = dayOf(zone, at);
  if (interval === '1w') return dayStart(zone, dateLabel(dateOf(day) + 7 * DAY_MS));
  return dayStart(zone, dayAfter(day));
}

/** Weeks begin on Monday (ISO 8601). */
function mondayOf(day: string): string {
  const date = dateOf(day);
  const sinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return dateLabel(date - sinceMonday * DAY_MS);
}
