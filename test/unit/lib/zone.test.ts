import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  dayEnd,
  dayOf,
  instantOf,
  isZone,
  localTime,
  monthEnd,
  monthOf,
} from '../../../src/lib/zone.ts';

const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString();
const wall = (text: string): number => Date.parse(`${text}:00Z`);

describe('zones', () => {
  it('knows the names of the database, and nothing else', () => {
    for (const name of ['Europe/Madrid', 'America/Mexico_City', 'UTC']) assert.ok(isZone(name));
    for (const name of ['', 'Madrid', '+01:00', 'Europe/Atlantis'])
      assert.equal(isZone(name), false);
  });

  it('a month is the place’s own, not UTC’s', () => {
    const midnight = at('2026-10-31T23:30:00Z');
    assert.equal(monthOf('Europe/Madrid', midnight), '2026-11');
    assert.equal(monthOf('America/Mexico_City', midnight), '2026-10');
    assert.equal(iso(monthEnd('Europe/Madrid', '2026-11')), '2026-11-30T23:00:00.000Z');
    assert.equal(iso(monthEnd('America/Mexico_City', '2026-12')), '2027-01-01T06:00:00.000Z');
    assert.equal(iso(monthEnd('Asia/Kathmandu', '2026-12')), '2026-12-31T18:15:00.000Z');
  });

  it('the day is the one that the clocks show, also where they change, and at midnight', () => {
    const zones = ['Europe/Madrid', 'America/Santiago', 'Australia/Lord_Howe', 'Pacific/Apia'];
    const changes = ['2026-09-06T04:00Z', '2026-04-05T03:00Z', '2011-12-30T10:00Z'].map(at);
    const moments = fc.oneof(
      fc.integer({ min: at('2011-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }),
      fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -7_200_000, max: 7_200_000 }))
        .map(([change, by]) => change + by),
    );
    fc.assert(
      fc.property(fc.constantFrom(...zones), moments, (zone, moment) => {
        const { year, month, day } = localTime(zone, moment);
        assert.equal(dayOf(zone, moment), iso(Date.UTC(year, month - 1, day)).slice(0, 10));
      }),
    );
  });

  it('the month in which the clocks change is as long as it is', () => {
    const hours = (month: string, before: string): number =>
      (monthEnd('Europe/Madrid', month) - monthEnd('Europe/Madrid', before)) / 3_600_000;
    assert.equal(hours('2026-03', '2026-02'), 31 * 24 - 1);
    assert.equal(hours('2026-10', '2026-09'), 31 * 24 + 1);
  });

  it('an hour that comes twice counts the first time, one that never comes when the clocks jump', () => {
    const madrid = (text: string): string => iso(instantOf('Europe/Madrid', wall(text)));
    assert.equal(madrid('2026-10-25T02:30'), '2026-10-25T00:30:00.000Z');
    assert.equal(madrid('2026-10-25T03:00'), '2026-10-25T02:00:00.000Z');
    assert.equal(madrid('2026-03-29T02:30'), '2026-03-29T01:00:00.000Z');
    const newYork = (text: string): string => iso(instantOf('America/New_York', wall(text)));
    assert.equal(newYork('2026-11-01T01:30'), '2026-11-01T05:30:00.000Z');
    assert.equal(newYork('2026-03-08T02:30'), '2026-03-08T07:00:00.000Z');
  });

  it('a day may begin at one o’clock, be half an hour short, or not be at all', () => {
    // In Chile the clocks jump at midnight: the day has no 00:00.
    assert.equal(iso(dayEnd('America/Santiago', '2026-09-05')), '2026-09-06T04:00:00.000Z');
    assert.equal(localTime('America/Santiago', at('2026-09-06T04:00:00Z')).hour, 1);
    // Lord Howe moves by half an hour.
    const lordHowe = dayEnd('Australia/Lord_Howe', '2026-10-04');
    assert.equal(lordHowe - dayEnd('Australia/Lord_Howe', '2026-10-03'), 23.5 * 3_600_000);
    // Samoa went from the 29th to the 31st of December 2011.
    const gone = dayEnd('Pacific/Apia', '2011-12-29');
    assert.equal(iso(gone), '2011-12-30T10:00:00.000Z');
    assert.equal(dayOf('Pacific/Apia', gone), '2011-12-31');
  });

  it('a month that begins twice begins the first time', () => {
    // In 2009 Newfoundland’s clocks went from 00:01 of the 1st of November back to 23:01 of the 31st of October.
    const first = monthEnd('America/St_Johns', '2009-10');
    assert.equal(iso(first), '2009-11-01T02:30:00.000Z');
    assert.equal(monthOf('America/St_Johns', first), '2009-11');
    assert.equal(monthOf('America/St_Johns', first + 120_000), '2009-10');
  });

  it('the end of a month is later than all of it, and in the next', () => {
    const zones = [
      'Europe/Madrid',
      'America/Mexico_City',
      'America/Santiago',
      'Asia/Tehran',
      'UTC',
    ];
    const instant = fc.integer({
      min: at('1990-01-01T00:00:00Z'),
      max: at('2037-12-31T00:00:00Z'),
    });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, now) => {
        const end = monthEnd(zone, monthOf(zone, now));
        assert.ok(end > now);
        assert.notEqual(monthOf(zone, end), monthOf(zone, now));
        assert.equal(monthOf(zone, end - 1), monthOf(zone, now));
        assert.ok(dayEnd(zone, dayOf(zone, now)) > now);
      }),
      { numRuns: 200 },
    );
  });
});
