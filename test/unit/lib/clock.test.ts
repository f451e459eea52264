import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SteadyClock } from '../../../src/lib/clock.ts';

const HOUR_MS = 3_600_000;

/** A machine whose clock on the wall can be set, and whose time passes all the same. */
function machine() {
  let wall = 1_000_000_000_000;
  let elapsed = 5;
  const clock = new SteadyClock(
    () => Math.floor(wall),
    () => elapsed,
  );
  return {
    clock,
    get wall() {
      return wall;
    },
    set(byMs: number) {
      wall += byMs;
    },
    pass(ms: number) {
      wall += ms;
      elapsed += ms;
    },
  };
}

describe('the clock of the house', () => {
  it('is the one on the wall, in whole milliseconds', () => {
    const { clock, pass } = machine();
    const start = clock.now();
    for (let n = 0; n < 1_000; n++) {
      pass(0.3);
      assert.ok(Number.isInteger(clock.now()));
    }
    assert.equal(clock.now() - start, 300);
  });

  it('T1 P1 goes on where the machine is set back, a little slower, until the two agree', () => {
    const there = machine();
    const before = there.clock.now();
    there.set(-HOUR_MS);
    assert.equal(there.clock.now(), before);
    there.pass(20_000);
    assert.equal(there.clock.now() - before, 18_000, 'a phone rings out');
    for (let n = 0; n < 10; n++) {
      there.pass(HOUR_MS);
      there.clock.now();
    }
    assert.equal(there.clock.now(), there.wall);
  });

  it('follows at once where the machine is set forward', () => {
    const there = machine();
    there.set(HOUR_MS);
    assert.equal(there.clock.now(), there.wall);
  });

  it('tells once by how much it was set, and nothing of what is corrected all the time', () => {
    const there = machine();
    const told: number[] = [];
    there.clock.onSet((byMs) => told.push(byMs));
    const set = (byMs: number) => {
      there.set(byMs);
      for (let n = 0; n < 50; n++) {
        there.pass(100);
        there.clock.now();
      }
    };
    for (const byMs of [900, HOUR_MS, -900]) set(byMs);
    assert.deepEqual(told, [HOUR_MS]);
    there.pass(HOUR_MS);
    there.clock.now();
    set(-2 * HOUR_MS);
    assert.deepEqual(told, [HOUR_MS, -2 * HOUR_MS]);
    // Set right again while ours is still ahead: it is where it should be.
    set(2 * HOUR_MS);
    set(-5_000);
    assert.deepEqual(told.slice(0, 2), [HOUR_MS, -2 * HOUR_MS]);
    assert.equal(told.length, 3);
  });

  it('tells of a process before this one whose clock was ahead', () => {
    const there = machine();
    const told: number[] = [];
    there.clock.onSet((byMs) => told.push(byMs));
    there.clock.goOnFrom(there.wall + HOUR_MS);
    there.clock.now();
    assert.deepEqual(told, [-HOUR_MS]);
  });

  it('T1 J6 goes on from where the process before it was', () => {
    const there = machine();
    const before = there.wall + HOUR_MS;
    assert.equal(there.clock.goOnFrom(before), HOUR_MS);
    there.pass(10_000);
    assert.equal(there.clock.now() - before, 9_000);
    assert.equal(machine().clock.goOnFrom(0), 0);
  });
});
