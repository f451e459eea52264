import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CalendarConfig, Closure, Holiday } from '../../../src/model/calendar.ts';
import { calendarProblems } from '../../../src/model/calendar.ts';
import { openingAt } from '../../../src/model/opening.ts';
import { calendarOf } from './calendars.ts';

const at = (text: string): number => Date.parse(text);
const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** The state and what comes next, as `closed → 2026-11-23T08:00:00.000Z`. */
function stateAt(calendar: CalendarConfig, text: string): string {
  const opening = openingAt(calendar, at(text));
  const next = opening.state === 'open' ? opening.closesAt : opening.opensAt;
  const name = opening.state === 'holiday' ? ` ${opening.name}` : '';
  return `${opening.state}${name} → ${iso(next) ?? 'nobody knows'}`;
}

describe("a site's opening hours", () => {
  it('several spans a day, and the next opening across the weekend', () => {
    const shop = calendarOf();
    assert.equal(stateAt(shop, '2026-11-20T09:00:00Z'), 'open → 2026-11-20T13:00:00.000Z');
    assert.equal(stateAt(shop, '2026-11-20T13:00:00Z'), 'closed → 2026-11-20T15:00:00.000Z');
    assert.equal(stateAt(shop, '2026-11-21T14:00:00Z'), 'closed → 2026-11-23T08:00:00.000Z');
  });

  it('holidays: closed, or with hours of their own; a date comes before every year', () => {
    const holidays: Holiday[] = [
      { name: 'Navidad', yearly: '12-25' },
      { name: 'Nochebuena', yearly: '12-24', hours: [{ from: '09:00', to: '13:00' }] },
      { name: 'Puente', dates: ['2026-12-07', '2026-12-08'] },
      { name: 'Rebajas', dates: ['2026-12-25'], hours: [{ from: '12:00', to: '15:00' }] },
    ];
    const shop = calendarOf({ holidays });
    assert.equal(
      stateAt(shop, '2026-12-07T10:00:00Z'),
      'holiday Puente → 2026-12-09T08:00:00.000Z',
    );
    assert.equal(stateAt(shop, '2026-12-24T10:00:00Z'), 'open → 2026-12-24T12:00:00.000Z');
    assert.equal(
      stateAt(shop, '2026-12-24T12:00:00Z'),
      'holiday Nochebuena → 2026-12-25T11:00:00.000Z',
    );
    assert.equal(stateAt(shop, '2026-12-25T12:00:00Z'), 'open → 2026-12-25T14:00:00.000Z');
    assert.equal(
      stateAt(shop, '2027-12-25T12:00:00Z'),
      'holiday Navidad → 2027-12-27T08:00:00.000Z',
    );
  });

  it('the 29th of February every year is a holiday in leap years only', () => {
    const shop = calendarOf({ holidays: [{ name: 'Bisiesto', yearly: '02-29' }] });
    assert.match(stateAt(shop, '2028-02-29T10:00:00Z'), /^holiday Bisiesto/);
    assert.match(stateAt(shop, '2027-03-01T10:00:00Z'), /^open/);
    assert.deepEqual(calendarProblems(shop), []);
  });

  it('a night that begins before a holiday goes on into it', () => {
    const bar = calendarOf({
      hours: [{ days: ['thu', 'fri'], from: '22:00', to: '06:00' }],
      holidays: [{ name: 'Navidad', yearly: '12-25' }],
    });
    assert.equal(stateAt(bar, '2026-12-25T04:00:00Z'), 'open → 2026-12-25T05:00:00.000Z');
    assert.equal(
      stateAt(bar, '2026-12-25T21:30:00Z'),
      'holiday Navidad → 2026-12-31T21:00:00.000Z',
    );
  });

  it('always open has no closing, never open no opening', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const always = calendarOf({ hours: [{ days, from: '00:00', to: '24:00' }] });
    assert.equal(stateAt(always, '2026-11-20T09:00:00Z'), 'open → nobody knows');
    const never = calendarOf({ hours: [] });
    assert.equal(stateAt(never, '2026-11-20T09:00:00Z'), 'closed → nobody knows');
  });

  it('an emergency closes at once, and opens by its end and the hours', () => {
    const since = at('2026-11-20T09:00:00Z');
    const closure: Closure = { reason: 'Fuga de agua', since, by: '1007' };
    const noEnd = calendarOf({ closure });
    assert.equal(stateAt(noEnd, '2026-11-20T09:00:00Z'), 'emergency → nobody knows');
    assert.equal(stateAt(noEnd, '2026-11-20T08:59:59Z'), 'emergency → nobody knows');
    const until = at('2026-11-20T14:00:00Z');
    const short = calendarOf({ closure: { ...closure, until } });
    assert.equal(stateAt(short, '2026-11-20T13:59:59Z'), 'emergency → 2026-11-20T15:00:00.000Z');
    assert.equal(stateAt(short, '2026-11-20T14:00:00Z'), 'closed → 2026-11-20T15:00:00.000Z');
    const inHours = calendarOf({ closure: { ...closure, until: at('2026-11-20T10:00:00Z') } });
    assert.equal(stateAt(inHours, '2026-11-20T09:30:00Z'), 'emergency → 2026-11-20T10:00:00.000Z');
  });
});

describe('the odd days of the year', () => {
  const daily = (zone: string, from: string, to: string): CalendarConfig =>
    calendarOf({
      zone,
      hours: [{ days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from, to }],
    });

  it('Madrid: an hour that never comes, and one that comes twice', () => {
    const early = daily('Europe/Madrid', '02:30', '04:00');
    // 2026-03-29: from 02:00 straight to 03:00, which is when it opens.
    assert.equal(stateAt(early, '2026-03-29T00:59:59Z'), 'closed → 2026-03-29T01:00:00.000Z');
    assert.equal(stateAt(early, '2026-03-29T01:00:00Z'), 'open → 2026-03-29T02:00:00.000Z');
    // 2026-10-25: 02:30 comes twice, and the first counts; it stays open through the second.
    assert.equal(stateAt(early, '2026-10-25T00:29:00Z'), 'closed → 2026-10-25T00:30:00.000Z');
    assert.equal(stateAt(early, '2026-10-25T01:15:00Z'), 'open → 2026-10-25T03:00:00.000Z');
  });

  it('Mexico City has not changed its clocks since 2022', () => {
    const shop = daily('America/Mexico_City', '09:00', '18:00');
    for (const day of ['2026-04-06', '2026-07-01', '2026-10-26'])
      assert.equal(stateAt(shop, `${day}T14:00:00Z`), `closed → ${day}T15:00:00.000Z`);
    // In the summer of 2022 it still did.
    assert.equal(stateAt(shop, '2022-07-01T13:00:00Z'), 'closed → 2022-07-01T14:00:00.000Z');
  });

  it('Santiago goes over midnight: a day without its first hour, and an evening hour twice', () => {
    const night = daily('America/Santiago', '00:00', '02:00');
    // 2026-09-06 begins at 01:00.
    assert.equal(stateAt(night, '2026-09-06T03:59:59Z'), 'closed → 2026-09-06T04:00:00.000Z');
    assert.equal(stateAt(night, '2026-09-06T04:00:00Z'), 'open → 2026-09-06T05:00:00.000Z');
    const evening = daily('America/Santiago', '20:00', '24:00');
    // 2026-04-04 has 23:00 to 24:00 twice, and the day's end is the second.
    assert.equal(stateAt(evening, '2026-04-05T03:30:00Z'), 'open → 2026-04-05T04:00:00.000Z');
  });
});

describe('calendarProblems', () => {
  it('names what is no zone, no hour and no date', () => {
    const problems = calendarProblems(
      calendarOf({
        zone: '+01:00',
        hours: [{ days: ['mon'], from: '24:00', to: '25:00' }],
        holidays: [
          { name: 'a', yearly: '02-30' },
          { name: 'b', dates: ['2026-02-29', 'ayer'], hours: [{ from: '9', to: '10:00' }] },
        ],
      }),
    );
    assert.deepEqual(problems, [
      'calendar tienda: zone: +01:00 is no time zone',
      'calendar tienda: hours: 24:00 is no time to open.',
      'calendar tienda: hours: 25:00 is no time to close.',
      'calendar tienda: holidays[0]: 02-30 is no date.',
      'calendar tienda: holidays[1]: 2026-02-29 is no date.',
      'calendar tienda: holidays[1]: ayer is no date.',
      'calendar tienda: holidays[1]: 9 is no time to open.',
    ]);
  });
});
