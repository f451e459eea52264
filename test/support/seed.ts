import type { TestContext } from 'node:test';
import { Random } from '../../src/lib/random.ts';

/** Dice whose seed is in the test's output; SEED=… throws the same again. */
export function diceOf(t: TestContext): Random {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`SEED=${seed}`);
  return new Random(seed);
}
