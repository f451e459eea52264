import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulate } from './simulate.ts';

/** A few days each; a long campaign is `node --import tsx test/sim/main.ts --events 1000000`. */
const EVENTS = 2_500;

function holds(seed: number, events = EVENTS): void {
  const result = simulate({ seed, events });
  assert.deepEqual(result.violations, [], `seed ${seed}: ${JSON.stringify(result)}`);
  assert.ok((result.figures.connected ?? 0) > 0, `seed ${seed}: nobody was answered`);
}

describe('simulated days', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`every rule holds, seed ${seed}`, () => holds(seed));
  }

  // Days on which something was found once: most-skilled after a relaxation, restored estimates, two overflows at once.
  for (const [seed, events] of [
    [9000, 5_100],
    [23, 6_000],
    [25, 6_000],
    [54, 4_000],
    [9012, 1_000],
    [9021, 1_700],
    [770_000, 2_600],
    [880_005, 200],
  ] as const) {
    it(`every rule holds, seed ${seed}, where it once did not`, () => holds(seed, events));
  }

  const fresh = process.env.SIM_SEED ? Number(process.env.SIM_SEED) : Date.now() % 1_000_000_000;
  for (const seed of [fresh, fresh + 1]) {
    it(`every rule holds, fresh seed ${seed}`, () => holds(seed));
  }

  it('the same seed gives the same day', () => {
    const once = simulate({ seed: 7, events: 1_000 });
    const again = simulate({ seed: 7, events: 1_000 });
    assert.deepEqual(once, again);
  });
});
