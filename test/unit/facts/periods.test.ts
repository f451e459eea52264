import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTERVALS, type IntervalName, periodsOf } from '../../../src/facts/periods.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const periods = (interval: IntervalName, zone: string, from: string, to: string) => [
  ...periodsOf(interval, zone, utc(from), utc(to)),
];

test('The two odd days of the year in Madrid: 92 and 100 quarters of an hour, none twice, none missing', () => {
  const spring = periods('15m', 'Europe/Madrid', '2026-03-28T23:00', '2026-03-29T22:00');
  assert.equal(spring.length, 92);
  const autumn = periods('15m', 'Europe/Madrid', '2026-10-24T22:00', '2026-10-25T23:00');
  assert.equal(autumn.length, 100);
  assert.equal(periods('1h', 'Europe/Madrid', '2026-10-24T22:00', '2026-10-25T23:00').length, 25);
  for (const day of [spring, autumn])
    for (const [n, period] of day.entries())
      assert.equal(period.from, day[n - 1]?.to ?? period.from);
  const days = periods('1d', 'Europe/Madrid', '2026-10-24T22:00', '2026-10-26T23:00');
  assert.deepEqual(
    days.map(({ from, to }) => (to - from) / 3_600_000),
    [25, 24],
  );
});

test('A month has its local days; a week begins on Monday', () => {
  const [october] = periods('1mo', 'Europe/Madrid', '2026-10-15T00:00', '2026-10-15T01:00');
  assert.deepEqual(october, { from: utc('2026-09-30T22:00'), to: utc('2026-10-31T23:00') });
  const [week] = periods('1w', 'America/Mexico_City', '2026-11-22T05:00', '2026-11-22T05:30');
  assert.deepEqual(week, { from: utc('2026-11-16T06:00'), to: utc('2026-11-23T06:00') });
});

test('Hours of a place three quarters of an hour off, and of one whose clocks change by half an hour', () => {
  const [first] = periods('1h', 'Asia/Kathmandu', '2026-11-22T05:30', '2026-11-22T06:00');
  assert.deepEqual(first, { from: utc('2026-11-22T05:15'), to: utc('2026-11-22T06:15') });
  const odd = periods('1h', 'Australia/Lord_Howe', '2026-10-03T13:30', '2026-10-04T13:00');
  assert.equal(
    odd.reduce((sum, { from, to }) => sum + to - from, 0),
    23.5 * 3_600_000,
  );
});

test('The first and the last interval are whole; the total is of whole quarters of an hour, as the figures are', () => {
  assert.deepEqual(
    periods('30m', 'UTC', '2026-11-22T05:10', '2026-11-22T05:40').map(({ from }) =>
      new Date(from).toISOString().slice(11, 16),
    ),
    ['05:00', '05:30'],
  );
  assert.deepEqual(periods('total', 'UTC', '2026-11-22T05:10', '2026-11-22T05:40'), [
    { from: utc('2026-11-22T05:00'), to: utc('2026-11-22T05:45') },
  ]);
  assert.deepEqual(periods('total', 'UTC', '2026-11-22T05:15', '2026-11-22T05:30'), [
    { from: utc('2026-11-22T05:15'), to: utc('2026-11-22T05:30') },
  ]);
  assert.deepEqual(periods('15m', 'UTC', '2026-11-22T05:10', '2026-11-22T05:10').length, 1);
});

test('Where days cannot be counted any more it is said, and nobody counts for ever', () => {
  const end = Date.UTC(9_999, 11, 31, 23, 59);
  for (const interval of INTERVALS.filter((name) => name !== 'total')) {
    const all = () => [...periodsOf(interval, 'Europe/Madrid', end, end + 60_000)].length;
    try {
      assert.ok(all() < 3);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
  }
});
