import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { createGuard, GUARD_LIMITS } from '../../../src/lib/guard.ts';

const OFFICE = '192.0.2.1';
const GUESSER = '198.51.100.9';

function setUp(over = {}) {
  const clock = new ManualClock();
  return { clock, guard: createGuard(clock, { ...GUARD_LIMITS, ...over }) };
}

describe('guard', () => {
  test('a source has a burst, and then a rate', () => {
    const { guard, clock } = setUp({ burst: 3, perSecond: 2 });
    const admitted = () => [1, 2, 3, 4, 5].filter(() => guard.admit(GUESSER)).length;
    assert.equal(admitted(), 3);
    assert.equal(guard.admit(OFFICE), true);
    clock.advance(1_000);
    assert.equal(admitted(), 2);
  });

  test('waits double and end', () => {
    const { guard, clock } = setUp({ failuresFree: 2, waitMsFirst: 1_000, waitMsMax: 4_000 });
    guard.failed(GUESSER, '1001');
    assert.equal(guard.mayTry(GUESSER, '1001'), true);
    for (const waitMs of [1_000, 2_000, 4_000, 4_000]) {
      guard.failed(GUESSER, '1001');
      clock.advance(waitMs - 1);
      assert.equal(guard.mayTry(GUESSER, '1001'), false);
      clock.advance(1);
      assert.equal(guard.mayTry(GUESSER, '1001'), true);
    }
    guard.succeeded(GUESSER, '1001');
    guard.failed(GUESSER, '1001');
    assert.equal(guard.mayTry(GUESSER, '1001'), true);
  });

  test('a guesser elsewhere never locks the owner out', () => {
    const { guard } = setUp();
    for (let i = 0; i < 1_000; i++) guard.failed(GUESSER, '1001');
    assert.equal(guard.mayTry(GUESSER, '1001'), false);
    assert.equal(guard.mayTry(OFFICE, '1001'), true);
  });

  test('a guesser behind the same router does not lock out a phone that has proved itself', () => {
    const { guard, clock } = setUp();
    const [phone, other] = [`${OFFICE}:5060`, `${OFFICE}:40001`];
    guard.succeeded(OFFICE, '1001', phone);
    for (let i = 0; i < 100; i++) guard.failed(OFFICE, '1001', other);
    assert.equal(guard.mayTry(OFFICE, '1001', other), false);
    assert.equal(guard.mayTry(OFFICE, '1001', phone), true);
    // Its refreshing helps nobody to guess on.
    guard.succeeded(OFFICE, '1001', phone);
    assert.equal(guard.mayTry(OFFICE, '1001', other), false);
    // Once it is wrong itself it waits as well.
    guard.failed(OFFICE, '1001', phone);
    assert.equal(guard.mayTry(OFFICE, '1001', phone), false);
    clock.advance(60_000);
    assert.equal(guard.mayTry(OFFICE, '1001', phone), true);
  });

  test('a source that tries many extensions is shut, but for phones that have proved themselves', () => {
    const { guard, clock } = setUp({ sourceFailuresMax: 10, sourceWindowMs: 60_000 });
    guard.succeeded(OFFICE, '1001');
    for (let i = 0; i < 10; i++) guard.failed(OFFICE, `20${i}`);
    assert.equal(guard.mayTry(OFFICE, '1002'), false);
    assert.equal(guard.mayTry(OFFICE, '1001'), true);
    clock.advance(60_000);
    assert.equal(guard.mayTry(OFFICE, '1002'), true);
  });

  test('memory is bounded: the oldest is forgotten', () => {
    const { guard } = setUp({ entriesMax: 2, burst: 1, perSecond: 0 });
    for (const source of ['a', 'b', 'c']) guard.admit(source);
    assert.deepEqual(
      ['c', 'b', 'a'].map((source) => guard.admit(source)),
      [false, false, true],
    );
  });
});
