import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MUTANTS } from './mutants.ts';
import { namedTest, performNamed } from './named-test.ts';
import { shrink } from './shrink.ts';
import { scriptOf, simulate } from './simulate.ts';

/** A mistake may need a certain kind of day to show: so many are looked at, their mornings first. */
const SEEDS = [59, 45, 69, 4, 2, 31, 25, 28, 13, 12, 15, 7, 9, 30, 115, 211];
const EVENTS = 1_500;
const DAYS = [500, EVENTS].flatMap((events) => SEEDS.map((seed) => ({ seed, events })));

describe('engines with a mistake are caught by the audit', () => {
  for (const { name, rules, promise, maker } of MUTANTS) {
    it(`${promise ? `${promise} ` : ''}${rules.join(' or ')}: ${name}`, () => {
      const others: string[] = [];
      for (const { seed, events } of DAYS) {
        const [violation] = simulate({ seed, events, engine: maker }).violations;
        if (violation === undefined) continue;
        if (rules.includes(/^event \d+: (\S+)/.exec(violation)?.[1] ?? '')) return;
        others.push(violation);
      }
      assert.fail(others.length === 0 ? 'nobody noticed' : `noticed as: ${others.join(', ')}`);
    });
  }

  it('a failing day shrinks to the few commands that it takes', () => {
    const mutant = MUTANTS.find(({ name }) => name.startsWith('one miss more'));
    assert.ok(mutant);
    const script = scriptOf({ seed: 1, events: EVENTS, engine: mutant.maker });
    const { script: small, violation } = shrink(script, mutant.maker);
    assert.match(violation, /F1/);
    assert.ok(small.length <= 8, `${small.length} of ${script.length} steps are left`);
    const steps = namedTest(1, violation, small).matchAll(/^ {6}(\{.*\}),$/gm);
    const again = [...steps].map(([, json = '']) => JSON.parse(json) as unknown);
    assert.equal(performNamed(again, mutant.maker), violation, 'the printed test is another');
  });
});
