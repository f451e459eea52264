import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, type EpochMs } from '../../../src/lib/clock.ts';
import {
  type HoursSpan,
  hoursChangeAfter,
  isOpenAt,
  WEEKDAYS,
  type WeeklyHours,
} from '../../../src/lib/hours.ts';
import { openingAt } from '../../../src/model/opening.ts';
import { diceOf } from '../../support/seed.ts';
import { calendarOf } from '../model/calendars.ts';

// V7: opening hours on the days on which clocks change, held against the clocks themselves, minute by minute.

const MINUTE_MS = 60_000;
const CLOCKS = [0, 1, 2, 3, 4, 22, 23].flatMap((hour) =>
  ['00', '01', '30', '59'].map((minute) => `${String(hour).padStart(2, '0')}:${minute}`),
);

/** Places whose clocks change in the night, at midnight, by half an hour, for a month, or once for all. */
const NIGHTS: readonly (readonly [zone: string, day: string])[] = [
  ['Europe/Madrid', '2026-03-29'],
  ['Europe/Madrid', '2026-10-25'],
  ['Atlantic/Canary', '2026-10-25'],
  ['Atlantic/Azores', '2026-03-29'],
  ['Atlantic/Azores', '2026-10-25'],
  ['America/Santiago', '2026-04-05'],
  ['America/Santiago', '2026-09-06'],
  ['America/Asuncion', '2024-03-24'],
  ['America/Asuncion', '2023-10-01'],
  ['America/Havana', '2026-03-08'],
  ['America/Havana', '2026-11-01'],
  ['America/Mexico_City', '2022-04-03'],
  ['America/Mexico_City', '2022-10-30'],
  ['America/Mexico_City', '2026-10-25'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/Sao_Paulo', '2019-02-17'],
  ['Africa/Cairo', '2026-04-24'],
  ['Africa/Cairo', '2026-10-30'],
  ['Asia/Beirut', '2026-03-29'],
  ['Africa/Casablanca', '2026-02-15'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Pacific/Apia', '2011-12-31'],
];

interface Wall {
  readonly from: EpochMs;
  /** `2026-10-25 02:30`, a minute after the other. */
  readonly shown: readonly string[];
}

/** What the clocks on the wall show at each minute from two days before the day to two after it. */
function wallOf(zone: string, day: string): Wall {
  const from = Date.parse(`${day}T00:00:00Z`) - 2.5 * DAY_MS;
  const clocks = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const shown = Array.from({ length: 5 * 1_440 }, (_, n) => clocks.format(from + n * MINUTE_MS));
  return { from, shown };
}

/** The same without the code that is tested: of a time that comes twice the first, of one that never comes the next. */
function openOnTheWall(hours: WeeklyHours, shown: readonly string[]): readonly boolean[] {
  const open = shown.map(() => false);
  const first = (time: string): number => {
    const found = shown.findIndex((one) => one >= time);
    return found < 0 ? shown.length : found;
  };
  const days = shown.map((one) => one.slice(0, 10));
  for (const date of new Set(days.flatMap((day) => [addDays(day, -1), day])))
    for (const { from, to } of hours.filter(({ days }) => days.includes(weekday(date)))) {
      const next = addDays(date, 1);
      const ends = to === '24:00' ? `${next} 00:00` : `${to > from ? date : next} ${to}`;
      open.fill(true, first(`${date} ${from}`), first(ends));
    }
  return open;
}

const addDays = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
const weekday = (day: string) =>
  WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] as (typeof WEEKDAYS)[number];

/** What is said at the minute, and what should be; the edges of what is looked at are left out, because spans reach over them. */
function compare(hours: WeeklyHours, zone: string, { from, shown }: Wall): void {
  const open = openOnTheWall(hours, shown);
  const calendar = calendarOf({ zone, hours, holidays: [] });
  const changes = shown.flatMap((_, n) => (n > 0 && open[n] !== open[n - 1] ? [n] : []));
  const looked = [
    ...changes,
    ...changes.map((n) => n - 1),
    ...shown.map((_, n) => n).filter((n) => n % 97 === 0),
  ];
  for (const n of looked.filter((n) => n >= 1_440 && n < 4 * 1_440)) {
    const now = from + n * MINUTE_MS;
    const said = `${zone} ${shown[n]} (${new Date(now).toISOString()}) ${JSON.stringify(hours)}`;
    const next = changes.find((later) => later > n);
    const change = next === undefined ? undefined : from + next * MINUTE_MS;
    assert.equal(isOpenAt(hours, zone, now), open[n], said);
    const opening = openingAt(calendar, now);
    assert.equal(opening.state, open[n] ? 'open' : 'closed', said);
    if (change === undefined) continue;
    assert.equal(hoursChangeAfter(hours, zone, now), change, said);
    const told =
      opening.state === 'open' ? opening.closesAt : (opening as { opensAt?: EpochMs }).opensAt;
    assert.equal(told, change, said);
  }
}

describe('V7 opening hours on days on which clocks change', () => {
  it('are what the clocks on the wall say, whatever they are', (t) => {
    const dice = diceOf(t);
    for (const [zone, day] of NIGHTS) {
      const wall = wallOf(zone, day);
      for (let n = 0; n < 4; n += 1) {
        const hours: HoursSpan[] = Array.from({ length: dice.between(1, 3) }, () => ({
          days: WEEKDAYS.filter(() => dice.chance(0.8)),
          from: dice.pick(CLOCKS),
          to: dice.pick([...CLOCKS, '24:00']),
        }));
        compare(hours, zone, wall);
      }
    }
  });

  it('of somebody who is always open have no gap, and of a day no second', () => {
    const always: WeeklyHours = [{ days: [...WEEKDAYS], from: '00:00', to: '24:00' }];
    for (const [zone, day] of NIGHTS) {
      const { from, shown } = wallOf(zone, day);
      for (let n = 0; n < shown.length; n += 15)
        assert.ok(isOpenAt(always, zone, from + n * MINUTE_MS), `${zone} ${shown[n]}`);
      assert.equal(hoursChangeAfter(always, zone, from), undefined);
    }
  });
});
