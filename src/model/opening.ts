import { DAY_MS, type EpochMs } from '../lib/clock.ts';
import { type Interval, spansOn, weekdayOf } from '../lib/hours.ts';
import { dateLabel, dateOf, dayOf } from '../lib/zone.ts';
import type { CalendarConfig, Closure, Holiday } from './calendar.ts';

/**
 * Whether a place can be called now, and why not. `opensAt` is when it opens next; absent: nobody knows (an
 * emergency without an end), or not within a year.
 */
export type Opening =
  /** `closesAt` absent: not within two weeks. */
  | { readonly state: 'open'; readonly closesAt?: EpochMs }
  | { readonly state: 'closed'; readonly opensAt?: EpochMs }
  | { readonly state: 'holiday'; readonly name: string; readonly opensAt?: EpochMs }
  | { readonly state: 'emergency'; readonly closure: Closure; readonly opensAt?: EpochMs };

export type OpeningState = Opening['state'];

const OPEN_DAYS_MAX = 14;
const CLOSED_DAYS_MAX = 366;

/** What holds at the moment. A night's hours belong to the day they begin on, also when the next is a holiday. */
export function openingAt(calendar: CalendarConfig, at: EpochMs): Opening {
  const closure = closureAt(calendar, at);
  if (closure) {
    const { until } = closure;
    const opensAt = until === undefined ? undefined : openFrom(calendar, until);
    return { state: 'emergency', closure, ...(opensAt === undefined ? {} : { opensAt }) };
  }
  if (isOpen(calendar, at)) {
    const closesAt = closedFrom(calendar, at);
    return { state: 'open', ...(closesAt === undefined ? {} : { closesAt }) };
  }
  const opensAt = openFrom(calendar, at);
  const opens = opensAt === undefined ? {} : { opensAt };
  const holiday = holidayOn(calendar, dayOf(calendar.zone, at));
  return holiday
    ? { state: 'holiday', name: holiday.name, ...opens }
    : { state: 'closed', ...opens };
}

/** The emergency that holds at the moment. When it began does not matter: it was told to begin at once. */
export const closureAt = ({ closure }: CalendarConfig, at: EpochMs): Closure | undefined =>
  closure && (closure.until === undefined || at < closure.until) ? closure : undefined;

const isOpen = (calendar: CalendarConfig, at: EpochMs): boolean =>
  around(calendar, localDate(calendar, at)).some(({ from, to }) => from <= at && at < to);

/** The first moment from `at` on at which the hours say open. */
function openFrom(calendar: CalendarConfig, at: EpochMs): EpochMs | undefined {
  if (isOpen(calendar, at)) return at;
  const today = localDate(calendar, at);
  for (let n = 0; n <= CLOSED_DAYS_MAX; n++) {
    const starts = spansOf(calendar, today + n * DAY_MS)
      .map(({ from }) => from)
      .filter((from) => from > at);
    if (starts.length > 0) return Math.min(...starts);
  }
  return undefined;
}

/** The first moment after `at`, which is open, at which the hours say closed: spans that touch are one. */
function closedFrom(calendar: CalendarConfig, at: EpochMs): EpochMs | undefined {
  const latest = at + OPEN_DAYS_MAX * DAY_MS;
  for (let open = at; open < latest; ) {
    const now = open;
    const ends = around(calendar, localDate(calendar, now))
      .filter(({ from, to }) => from <= now && now < to)
      .map(({ to }) => to);
    if (ends.length === 0) return open;
    open = Math.max(...ends);
  }
  return undefined;
}

const localDate = ({ zone }: CalendarConfig, at: EpochMs): EpochMs => dateOf(dayOf(zone, at));

/** The spans that begin on the date or on the one before it, which may reach into it. */
const around = (calendar: CalendarConfig, date: EpochMs): readonly Interval[] => [
  ...spansOf(calendar, date - DAY_MS),
  ...spansOf(calendar, date),
];

function spansOf(calendar: CalendarConfig, date: EpochMs): readonly Interval[] {
  const holiday = holidayOn(calendar, dateLabel(date));
  if (holiday) return spansOn(holiday.hours ?? [], calendar.zone, date);
  const weekday = weekdayOf(date);
  const spans = calendar.hours.filter(({ days }) => days.includes(weekday));
  return spansOn(spans, calendar.zone, date);
}

/** `2026-12-25`: by the day itself, otherwise by the day of every year. */
function holidayOn({ holidays }: CalendarConfig, day: string): Holiday | undefined {
  const byDay = indexOf(holidays);
  return byDay.get(day) ?? byDay.get(day.slice(5));
}

/** A list of holidays never changes, and is looked into for every caller. */
const indexes = new WeakMap<readonly Holiday[], ReadonlyMap<string, Holiday>>();

function indexOf(holidays: readonly Holiday[]): ReadonlyMap<string, Holiday> {
  const known = indexes.get(holidays);
  if (known) return known;
  const byDay = new Map<string, Holiday>();
  // Of two for the same day the first counts.
  for (const holiday of holidays.toReversed()) {
    for (const day of 'dates' in holiday ? holiday.dates : [holiday.yearly])
      byDay.set(day, holiday);
  }
  indexes.set(holidays, byDay);
  return byDay;
}
