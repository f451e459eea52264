import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type DaySpan, WEEKDAYS } from '../../../src/lib/hours.ts';
import { localTime } from '../../../src/lib/zone.ts';
import type { CalendarConfig, Holiday } from '../../../src/model/calendar.ts';
import { openingAt } from '../../../src/model/opening.ts';
import { calendarOf } from './calendars.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days before and after the moment that the slow one looks at. */
const BEFORE = 3;
const AFTER = 4;

/** Moments at which clocks changed, some of them at midnight, one by half an hour; and one where none do. */
const ODD_DAYS = [
  ['Europe/Madrid', '2026-03-29T01:00:00Z'],
  ['Europe/Madrid', '2026-10-25T01:00:00Z'],
  ['America/Santiago', '2026-04-05T03:00:00Z'],
  ['America/Santiago', '2026-09-06T04:00:00Z'],
  ['America/Havana', '2026-03-08T05:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['America/Mexico_City', '2026-10-25T08:00:00Z'],
] as const;

const pad = (value: number): string => String(value).padStart(2, '0');

/** What the clock on the wall shows in every minute around the moment, looked up one by one. */
function wallAround(zone: string, at: number): readonly (readonly [number, string])[] {
  const minutes: [number, string][] = [];
  for (let m = at - BEFORE * DAY_MS; m <= at + AFTER * DAY_MS; m += MINUTE_MS) {
    const { year, month, day, hour, minute } = localTime(zone, m);
    minutes.push([m, `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}`]);
  }
  return minutes;
}
const walls = new Map<string, ReturnType<typeof wallAround>>();

const nextDay = (day: string): string =>
  new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

/**
 * The obvious way: every day's spans by the clock, from the first minute at which it shows the one time (or a later
 * one) to the first at which it shows the other.
 */
function openMinutes(calendar: CalendarConfig, wall: ReturnType<typeof wallAround>): Set<number> {
  const open = new Set<number>();
  const first = (shows: string): number => wall.findIndex(([, text]) => text >= shows);
  for (const day of new Set(wall.map(([, text]) => text.slice(0, 10)))) {
    for (const { from, to } of spansOf(calendar, day)) {
      const start = first(`${day} ${from}`);
      const end = to <= from ? first(`${nextDay(day)} ${to}`) : first(endOf(day, to));
      const last = end < 0 ? wall.length : end;
      for (let at = start < 0 ? wall.length : start; at < last; at++) open.add(wall[at]?.[0] ?? 0);
    }
  }
  return open;
}

const endOf = (day: string, to: string): string =>
  to === '24:00' ? `${nextDay(day)} 00:00` : `${day} ${to}`;

function spansOf({ hours, holidays }: CalendarConfig, day: string): readonly DaySpan[] {
  const dated = holidays.find((holiday) => 'dates' in holiday && holiday.dates.includes(day));
  const yearly = holidays.find(
    (holiday) => 'yearly' in holiday && day.endsWith(`-${holiday.yearly}`),
  );
  const holiday = dated ?? yearly;
  if (holiday) return holiday.hours ?? [];
  const weekday = WEEKDAYS[new Date(day).getUTCDay()] ?? 'sun';
  return hours.filter(({ days }) => days.includes(weekday));
}

const clock = fc
  .tuple(fc.constantFrom(0, 0, 1, 2, 2, 3, 9, 14, 22, 23), fc.constantFrom(0, 0, 15, 30, 59))
  .map(([hour, minute]) => `${pad(hour)}:${pad(minute)}`);
const span = fc.record({ from: clock, to: fc.oneof(clock, fc.constant('24:00')) });
const days = fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 });

/** Holidays near the odd day. */
const holidays = (around: string): fc.Arbitrary<Holiday[]> =>
  fc.array(
    fc
      .record({
        offset: fc.integer({ min: -2, max: 2 }),
        yearly: fc.boolean(),
        hours: fc.option(fc.array(span, { maxLength: 2 }), { nil: undefined }),
      })
      .map(({ offset, yearly, hours }) => {
        const date = new Date(Date.parse(around) + offset * DAY_MS).toISOString().slice(0, 10);
        const own = { name: 'Fiesta', ...(hours ? { hours } : {}) };
        return yearly ? { ...own, yearly: date.slice(5) } : { ...own, dates: [date] };
      }),
    { maxLength: 2 },
  );

const situations = fc.constantFrom(...ODD_DAYS).chain(([zone, odd]) =>
  fc.record({
    zone: fc.constant(zone),
    odd: fc.constant(odd),
    minutes: fc.integer({ min: -1_440, max: 1_440 }),
    hours: fc.array(
      fc.tuple(days, span).map(([on, times]) => ({ days: on, ...times })),
      { maxLength: 4 },
    ),
    holidays: holidays(odd),
  }),
);

it('openings agree with the slow and obvious way, minute by minute, around every odd day', () => {
  fc.assert(
    fc.property(situations, ({ zone, odd, minutes, hours, holidays }) => {
      const calendar = calendarOf({ zone, hours, holidays });
      const centre = Date.parse(odd);
      const key = `${zone} ${odd}`;
      const wall = walls.get(key) ?? wallAround(zone, centre);
      walls.set(key, wall);
      const open = openMinutes(calendar, wall);
      const at = centre + minutes * MINUTE_MS;
      const opening = openingAt(calendar, at);
      assert.equal(opening.state === 'open', open.has(at), 'open now');
      const later = wall.map(([minute]) => minute).filter((minute) => minute > at);
      const change = later.find((minute) => open.has(minute) !== open.has(at));
      const said = opening.state === 'open' ? opening.closesAt : opening.opensAt;
      if (change !== undefined) assert.equal(said, change, 'the next change');
      else assert.ok(said === undefined || said > centre + (AFTER - 1) * DAY_MS, 'no change soon');
    }),
    { numRuns: 150 },
  );
});
