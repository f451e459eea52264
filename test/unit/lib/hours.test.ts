import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  hoursChangeAfter,
  hoursProblems,
  isOpenAt,
  openBetween,
  WEEKDAYS,
  type WeeklyHours,
} from '../../../src/lib/hours.ts';

const zone = 'Europe/Madrid';
const at = (text: string): number => Date.parse(text);
const WEEK_MS = 7 * 86_400_000;

/** The changes from a moment on, as text. */
function changes(hours: WeeklyHours, from: string, count: number): string[] {
  const found: string[] = [];
  for (let now = at(from); found.length < count; ) {
    const next = hoursChangeAfter(hours, zone, now);
    if (next === undefined) break;
    found.push(
      `${isOpenAt(hours, zone, next) ? 'opens' : 'closes'} ${new Date(next).toISOString()}`,
    );
    now = next;
  }
  return found;
}

describe('weekly hours', () => {
  it('open and close on the clocks of the place, before and after they change', () => {
    const shop: WeeklyHours = [{ days: ['fri', 'mon'], from: '10:00', to: '14:00' }];
    assert.deepEqual(changes(shop, '2026-10-23T00:00:00Z', 4), [
      'opens 2026-10-23T08:00:00.000Z',
      'closes 2026-10-23T12:00:00.000Z',
      'opens 2026-10-26T09:00:00.000Z',
      'closes 2026-10-26T13:00:00.000Z',
    ]);
  });

  it('spans that touch or overlap are one', () => {
    const hours: WeeklyHours = [
      { days: ['mon'], from: '09:00', to: '14:00' },
      { days: ['mon'], from: '14:00', to: '18:00' },
      { days: ['mon'], from: '17:00', to: '19:00' },
    ];
    assert.deepEqual(changes(hours, '2026-11-23T00:00:00Z', 2), [
      'opens 2026-11-23T08:00:00.000Z',
      'closes 2026-11-23T18:00:00.000Z',
    ]);
  });

  it('a night belongs to the day on which it begins', () => {
    const bar: WeeklyHours = [{ days: ['sat'], from: '22:00', to: '06:00' }];
    assert.deepEqual(changes(bar, '2026-10-24T00:00:00Z', 2), [
      'opens 2026-10-24T20:00:00.000Z',
      // The night the clocks go back is an hour longer.
      'closes 2026-10-25T05:00:00.000Z',
    ]);
  });

  it('what the clocks jump over is not there, and comes back a week later', () => {
    const hours: WeeklyHours = [{ days: ['sun'], from: '02:10', to: '02:50' }];
    assert.deepEqual(changes(hours, '2026-03-28T12:00:00Z', 1), ['opens 2026-04-05T00:10:00.000Z']);
    const longer: WeeklyHours = [{ days: ['sun'], from: '02:30', to: '04:00' }];
    assert.deepEqual(changes(longer, '2026-03-28T12:00:00Z', 2), [
      'opens 2026-03-29T01:00:00.000Z',
      'closes 2026-03-29T02:00:00.000Z',
    ]);
  });

  it('always and never have no change', () => {
    const always: WeeklyHours = [{ days: [...WEEKDAYS], from: '00:00', to: '24:00' }];
    assert.equal(isOpenAt(always, zone, at('2026-10-25T01:30:00Z')), true);
    assert.deepEqual(changes(always, '2026-10-20T00:00:00Z', 1), []);
    assert.deepEqual(changes([], '2026-10-20T00:00:00Z', 1), []);
  });

  it('says what is wrong with them', () => {
    const wrong = [
      { days: [], from: '24:00', to: '25:00' },
      { days: ['lun'], from: '9:00', to: '14:00' },
    ] as unknown as WeeklyHours;
    assert.deepEqual(hoursProblems(wrong), [
      'a span has no days.',
      '24:00 is no time to open.',
      '25:00 is no time to close.',
      'day lun is unknown.',
      '9:00 is no time to open.',
    ]);
  });

  it('nothing changes between two changes, and a week’s open time is what the spans say', () => {
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
      .map(
        ([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`,
      );
    const span = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      from: clock,
      to: clock,
    });
    const start = at('2026-03-23T00:00:00Z');
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 3 }), fc.nat(WEEK_MS), (hours, ms) => {
        const now = start + ms;
        const next = hoursChangeAfter(hours, zone, now);
        if (next === undefined) return;
        assert.ok(next > now);
        assert.notEqual(isOpenAt(hours, zone, next), isOpenAt(hours, zone, now));
        for (const part of [0.01, 0.5, 0.99]) {
          const between = Math.floor(now + (next - now) * part);
          assert.equal(isOpenAt(hours, zone, between), isOpenAt(hours, zone, now));
        }
        const open = [...openBetween(hours, zone, now, next + 1)];
        const expected = isOpenAt(hours, zone, now) ? [now, next] : [next, next + 1];
        assert.deepEqual(open, [{ from: expected[0], to: expected[1] }]);
      }),
      { numRuns: 100 },
    );
  });
});
