import { DAY_MS, type EpochMs } from './clock.ts';
import { dateOf, dayOf, instantOf } from './zone.ts';

/** From Sunday, as JavaScript counts. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * From one time of the clock to another, `HH:MM`; `24:00` is the day's end. A `to` that is not after `from` is the
 * next day's: from 22:00 to 06:00.
 */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** Open on these days. */
export interface HoursSpan extends DaySpan {
  readonly days: readonly Weekday[];
}

/** A week's opening hours; spans may touch and overlap. */
export type WeeklyHours = readonly HoursSpan[];

/** `to` is outside it. */
export interface Interval {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const MINUTE_MS = 60_000;
/** A week, and one more for a span that the clocks swallow once. */
const HORIZON_DAYS = 15;

/** What is wrong with the hours, as sentences; empty: nothing. */
export function hoursProblems(hours: WeeklyHours): readonly string[] {
  return hours.flatMap(({ days, from, to }) => [
    ...(days.length === 0 ? ['a span has no days.'] : []),
    ...days.filter((day) => !WEEKDAYS.includes(day)).map((day) => `day ${day} is unknown.`),
    ...spanProblems({ from, to }),
  ]);
}

export const spanProblems = ({ from, to }: DaySpan): readonly string[] => [
  ...(isClock(from) && from !== '24:00' ? [] : [`${from} is no time to open.`]),
  ...(isClock(to) ? [] : [`${to} is no time to close.`]),
];

/** Whether they are open at the moment. The end of a span is outside it. */
export const isOpenAt = (hours: WeeklyHours, zone: string, at: EpochMs): boolean =>
  aroundDay(hours, zone, dateOf(dayOf(zone, at))).some(({ from, to }) => from <= at && at < to);

/** When they next open or close; undefined: not within two weeks, which is never. */
export function hoursChangeAfter(
  hours: WeeklyHours,
  zone: string,
  at: EpochMs,
): EpochMs | undefined {
  const isOpen = isOpenAt(hours, zone, at);
  const today = dateOf(dayOf(zone, at));
  for (let n = 0; n < HORIZON_DAYS; n++) {
    const edges = aroundDay(hours, zone, today + n * DAY_MS).flatMap(({ from, to }) => [from, to]);
    const later = edges.filter((edge) => edge > at).sort((a, b) => a - b);
    const change = later.find((edge) => isOpenAt(hours, zone, edge) !== isOpen);
    if (change !== undefined) return change;
  }
  return undefined;
}

/** The spans that begin on the day or on the one before it, which may reach into it. */
const aroundDay = (hours: WeeklyHours, zone: string, date: EpochMs): readonly Interval[] =>
  [date - DAY_MS, date].flatMap((day) => intervalsOf(hours, zone, day));

function intervalsOf(hours: WeeklyHours, zone: string, date: EpochMs): readonly Interval[] {
  const weekday = weekdayOf(date);
  return spansOn(
    hours.filter(({ days }) => days.includes(weekday)),
    zone,
    date,
  );
}

/** Of a date as `dateOf` has it. */
export const weekdayOf = (date: EpochMs): Weekday =>
  WEEKDAYS[new Date(date).getUTCDay()] as Weekday;

/** When the spans of a date begin and end; one that the clocks swallow is not there. */
export const spansOn = (
  spans: readonly DaySpan[],
  zone: string,
  date: EpochMs,
): readonly Interval[] =>
  spans
    .map(({ from, to }) => ({
      from: instantOf(zone, date + clockMs(from)),
      to: instantOf(zone, date + clockMs(to) + (clockMs(to) <= clockMs(from) ? DAY_MS : 0)),
    }))
    .filter(({ from, to }) => from < to);

const isClock = (text: string): boolean => /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);

function clockMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}

/** Open time between the two, piece by piece; of hours that are absent, all of it. */
export function* openBetween(
  hours: WeeklyHours | undefined,
  zone: string,
  from: EpochMs,
  to: EpochMs,
): IterableIterator<{ readonly from: EpochMs; readonly to: EpochMs }> {
  for (let at = from; at < to; ) {
    const change = (hours && hoursChangeAfter(hours, zone, at)) ?? to;
    const until = Math.min(change, to);
    if (hours === undefined || isOpenAt(hours, zone, at)) yield { from: at, to: until };
    at = until;
  }
}
