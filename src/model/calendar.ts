import type { EpochMs } from '../lib/clock.ts';
import { type DaySpan, hoursProblems, spanProblems, type WeeklyHours } from '../lib/hours.ts';
import { isDate, isZone } from '../lib/zone.ts';
import type { CalendarId } from './ids.ts';

/** Days with hours of their own instead of the week's; none: closed all day. */
interface HolidayHours {
  readonly name: string;
  readonly hours?: readonly DaySpan[];
}

/** `yearly`: `12-25`, every year. `dates`: these very days, `2027-03-26`; they come before those of every year. */
export type Holiday = HolidayHours &
  ({ readonly yearly: string } | { readonly dates: readonly string[] });

/** What callers hear: a text per language (`es`, `es-MX`, `en`), or a recording by name. */
export type Message = { readonly audio: string } | Readonly<Record<string, string>>;

/** Closed at once, whatever the hours say, until it is lifted or its time is over. */
export interface Closure {
  /** Why, for people: `Fuga de agua`. */
  readonly reason: string;
  /** Said to callers before the flow goes on to its exit for emergencies. */
  readonly message?: Message;
  readonly since: EpochMs;
  /** Exclusive; absent: until it is lifted. */
  readonly until?: EpochMs;
  /** Who closed: the name of an API key, an extension, a calling number. */
  readonly by: string;
}

/** When a place of the company may be called. */
export interface CalendarConfig {
  readonly id: CalendarId;
  readonly name: string;
  /** The site's time zone: an IANA name. */
  readonly zone: string;
  readonly hours: WeeklyHours;
  readonly holidays: readonly Holiday[];
  /** The registered phones that may close it by dialling *75 and its PIN. */
  readonly phones: readonly string[];
  readonly closure?: Closure;
}

export const HOLIDAYS_MAX = 200;
export const HOLIDAY_DATES_MAX = 100;
/** More spans than this a day are no opening hours. */
export const DAY_SPANS_MAX = 10;

/** What is wrong with a calendar, one line each with its place; empty: nothing. */
export function calendarProblems(calendar: CalendarConfig): readonly string[] {
  const { id, zone, hours, holidays } = calendar;
  return [
    ...(isZone(zone) ? [] : [`zone: ${zone} is no time zone`]),
    ...hoursProblems(hours).map((problem) => `hours: ${problem}`),
    ...holidays.flatMap(holidayProblems),
  ].map((problem) => `calendar ${id}: ${problem}`);
}

function holidayProblems(holiday: Holiday, at: number): readonly string[] {
  const days = 'yearly' in holiday ? [holiday.yearly] : holiday.dates;
  return [
    ...days.filter((day) => !isDate(fullDate(day))).map((day) => `${day} is no date.`),
    ...(holiday.hours ?? []).flatMap(spanProblems),
  ].map((problem) => `holidays[${at}]: ${problem}`);
}

/** A day of every year may be the 29th of February. */
const fullDate = (day: string): string => (/^\d{2}-\d{2}$/.test(day) ? `2028-${day}` : day);
