import { isZone, localTime } from '../lib/zone.ts';
import { parseDecimal } from './decimals.ts';

/** A day of the Gregorian calendar. The month is 1 to 12, the weekday 0 (Sunday) to 6. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

export interface DayStyle {
  readonly weekday: boolean;
  readonly year: boolean;
}

export interface TimeOfDay {
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

/** A length of time in its own units, the largest first; what is zero is left out by whoever says it. */
export interface Length {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** ISO 8601 as systems write it; the day, the time, or both, and perhaps an offset. */
const MOMENT =
  /^(?:(\d{4})-(\d{2})-(\d{2}))?(?:(?:^|[T ])(\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

interface Moment {
  readonly day?: Day;
  readonly time?: TimeOfDay;
}

/**
 * Reads a day, a time or both. What has an offset is told in `zone` if one is given; otherwise it is told as it
 * is written. Undefined: it is no moment, or one that does not exist, such as the 30th of February.
 */
export function parseMoment(text: string, zone: string | undefined): Moment | undefined {
  const trimmed = text.trim();
  const match = MOMENT.exec(trimmed);
  if (!match) return undefined;
  const [, year, month, date, hour, minute, offset] = match;
  const day = year === undefined ? undefined : dayOf(Number(year), Number(month), Number(date));
  const time = hour === undefined ? undefined : timeOf(Number(hour), Number(minute));
  if ((year !== undefined && !day) || (hour !== undefined && !time)) return undefined;
  if (day && time && offset && zone) return elsewhere(trimmed, zone);
  if (!day && !time) return undefined;
  return { ...(day ? { day } : {}), ...(time ? { time } : {}) };
}

function elsewhere(text: string, zone: string): Moment | undefined {
  const at = Date.parse(text.replace(' ', 'T').replace(',', '.'));
  if (Number.isNaN(at) || !isZone(zone)) return undefined;
  const { year, month, day, hour, minute } = localTime(zone, at);
  const date = dayOf(year, month, day);
  return date && { day: date, time: { hour, minute } };
}

function dayOf(year: number, month: number, day: number): Day | undefined {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return { year, month, day, weekday: date.getUTCDay() };
}

/** 24:00 is the midnight that ends a day. */
function timeOf(hour: number, minute: number): TimeOfDay | undefined {
  if (hour === 24 && minute === 0) return { hour: 0, minute };
  return hour < 24 && minute < 60 ? { hour, minute } : undefined;
}

export const UNIT_SECONDS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
export type Unit = keyof typeof UNIT_SECONDS;

/** Weeks, days, hours, minutes, seconds; months and years have no one length. The last of them may have decimals. */
const ISO_DURATION = new RegExp(
  `^P${['W', 'D'].map(amountOf).join('')}(?:T${['H', 'M', 'S'].map(amountOf).join('')})?$`,
);
const ISO_SECONDS = [7 * 86_400, 86_400, 3_600, 60, 1];
const SECONDS_MAX = 100_000 * UNIT_SECONDS.days;

/** Seconds of "90" (in the unit) or "PT1H30M". Undefined: it is no length of time. */
export function parseSeconds(text: string, unit: Unit): number | undefined {
  const trimmed = text.trim();
  const match = ISO_DURATION.exec(trimmed);
  if (match && /\d/.test(trimmed)) {
    const parts = ISO_SECONDS.map(
      (one, at) => one * Number((match[at + 1] ?? '0').replace(',', '.')),
    );
    return within(Math.round(parts.reduce((sum, part) => sum + part)));
  }
  const value = parseDecimal(trimmed);
  if (!value || value.negative) return undefined;
  return within(Math.round(Number(`${value.whole}.${value.fraction || '0'}`) * UNIT_SECONDS[unit]));
}

function amountOf(letter: string): string {
  return `(?:(\\d{1,6}(?:[.,]\\d{1,6})?)${letter})?`;
}

const within = (seconds: number): number | undefined =>
  seconds <= SECONDS_MAX ? seconds : undefined;

export function lengthOf(seconds: number): Length {
  return {
    days: Math.floor(seconds / UNIT_SECONDS.days),
    hours: Math.floor(seconds / UNIT_SECONDS.hours) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
}

/** Two units are as much as an ear takes in: "dos días y tres horas", not the minutes as well. */
export function largestParts(length: Length): readonly (readonly [Unit, number])[] {
  const units: readonly Unit[] = ['days', 'hours', 'minutes', 'seconds'];
  const first = units.findIndex((unit) => length[unit] > 0);
  if (first < 0) return [['seconds', 0]];
  return units
    .slice(first, first + 2)
    .map((unit) => [unit, length[unit]] as const)
    .filter(([, value]) => value > 0);
}
