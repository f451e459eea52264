import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulate } from './simulate.ts';

/** A few days each; a long campaign is `npm run simulate -- --campaign 1000 --seed 1`. */
const EVENTS = 2_000;

function holds(seed: number, events = EVENTS): void {
  const result = simulate({ seed, events });
  assert.deepEqual(result.violations, [], `seed ${seed}: ${JSON.stringify(result)}`);
  assert.ok((result.figures.connected ?? 0) > 0, `seed ${seed}: nobody was answered`);
}

/** What days once found is in `found.test.ts`: a seed's day is another one as soon as the world has a new part. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 23, 54, 9_000, 9_021, 770_000];

describe('simulated days', () => {
  for (const seed of SEEDS)
    it(`S1 S2 every rule holds, and every call has an end, seed ${seed}`, () => holds(seed));

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
