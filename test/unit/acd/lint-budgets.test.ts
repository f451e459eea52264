import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lint } from '../../../src/acd/lint.ts';
import { type Capacity, shortages } from '../../../src/acd/lint-shares.ts';
import { atOnce } from '../../../src/lib/slices.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../src/model/queue.ts';
import { agent, queue } from './desk.ts';

const casual = (id: string, queues: readonly string[], monthlyCap = 30): AgentConfig => ({
  ...agent(id, queues),
  casual: { monthlyCap },
});

/** What is said of budgets, each with its place. */
const short = (
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  callsPerMonth?: Readonly<Record<string, number>>,
): readonly string[] =>
  lint(queues, agents, callsPerMonth ? { callsPerMonth } : {})
    .filter(({ code }) => code === 'CASUAL_BUDGET_SHORT')
    .map(({ place, message }) => `${place}: ${message}`);

const queues = [queue('v'), queue('w'), queue('x')];
/** What an agent by trade takes in a month, of calls as long as the default says. */
const FULL_TIME = (160 * 3_600_000 * 0.85) / QUEUE_DEFAULTS.handleTimeMs;

describe('budgets against the month', () => {
  it('L4 a casual agent of several queues has one budget for all of them', () => {
    assert.deepEqual(short(queues.slice(0, 1), [casual('1', ['v'])]), []);
    assert.deepEqual(short(queues.slice(0, 2), [casual('1', ['v', 'w'])]), [
      'queues/v: Queues v, w: 1 casual agents may take 30 calls a month of all of them, less than a call a day of each.',
    ]);
    assert.deepEqual(short(queues.slice(0, 2), [casual('1', ['v', 'w'], 60)]), []);
  });

  it('L4 what one queue leaves is for another, by way of a third', () => {
    // 1 has to leave all of w to 2, and 2 all of x to 3.
    const agents = [
      casual('1', ['v', 'w'], 10),
      casual('2', ['w', 'x'], 10),
      casual('3', ['x'], 10),
    ];
    assert.deepEqual(short(queues, agents, { v: 10, w: 10, x: 10 }), []);
    assert.deepEqual(short(queues, agents, { v: 8, w: 4, x: 18 }), []);
    const [alone] = short(queues, agents, { v: 12, w: 0, x: 2 });
    assert.match(
      alone ?? '',
      /^queues\/v: Queue v: 1 .* take 10 calls a month, for about 12 .* 25 days/,
    );
    const [one, other] = short(queues, agents, { v: 8, w: 6, x: 17 });
    assert.match(one ?? '', /Queues v, w, x: 3 casual agents may take 30 .* about 31 .* 29 days/);
    assert.equal(other, undefined);
  });

  it('L4 agents by trade have one working day for all of their queues', () => {
    const agents = [agent('1', ['v', 'w']), casual('2', ['v']), casual('3', ['w'])];
    assert.deepEqual(short(queues.slice(0, 2), agents, { v: FULL_TIME, w: 60 }), []);
    const [found] = short(queues.slice(0, 2), agents, { v: FULL_TIME, w: 90 });
    assert.match(found ?? '', /Queues v, w: 2 .* 60 calls .* about 90 .* some 20 days/);
  });

  it('L4 queues that share nobody are short each for itself, and one that is not is not named', () => {
    const agents = [casual('1', ['v'], 5), casual('2', ['w'], 5), casual('3', ['x'], 50)];
    assert.deepEqual(
      short(queues, agents, { v: 6, w: 7, x: 50 }).map((line) => line.split(':')[0]),
      ['queues/v', 'queues/w'],
    );
  });

  it('L4 a limit of calls a day is a limit of the month, and no agent by trade is a casual one', () => {
    const limited = { ...agent('1', ['v']), dailyCallsMax: 1 };
    assert.deepEqual(short([queue('v')], [limited], { v: 500 }), [], 'another matter');
    const [found] = short([queue('v')], [{ ...casual('1', ['v'], 900), dailyCallsMax: 2 }], {
      v: 61,
    });
    assert.match(found ?? '', /1 casual agents may take 60 calls a month, for about 61/);
    const beside = [limited, casual('2', ['v'])];
    assert.deepEqual(short([queue('v')], beside, { v: 60 }), []);
    const [over] = short([queue('v')], beside, { v: 61 });
    assert.match(over ?? '', /30 calls a month, for about 31 that are left for them: .* 29 days/);
  });

  it('L4 a hundred shops and a thousand agents are weighed at once', () => {
    const many = Array.from({ length: 60 }, (_, n) => queue(`q${n}`));
    const people = Array.from({ length: 3_000 }, (_, n) =>
      casual(
        `${n}`,
        [`q${n % 60}`, `q${(n * 7) % 60}`, `q${(n * 31 + 5) % 60}`],
        1 + (Math.floor(n / 60) % 5),
      ),
    );
    const calls = Object.fromEntries(many.map(({ id }) => [id, 100]));
    assert.equal(short(many, people, calls).length, 0);
    calls.q7 = 9_000;
    assert.equal(short(many, people, calls).length, 1);
  });
});

/** Queues by number, each with a bit; by Hall's condition every set of them is looked at. */
function byHall(demands: readonly number[], capacities: readonly Capacity<number>[]): boolean {
  for (let set = 1; set < 1 << demands.length; set++) {
    const within = (queue: number) => ((set >> queue) & 1) === 1;
    const asked = demands.reduce((sum, amount, n) => sum + (within(n) ? amount : 0), 0);
    const able = capacities
      .filter((capacity) => capacity.queues.some(within))
      .reduce((sum, { amount }) => sum + amount, 0);
    if (asked > able) return true;
  }
  return false;
}

describe('sharing work out', () => {
  it('L4 finds queues that are short exactly where some set of queues asks for too much, and only such sets', () => {
    const figures = fc.tuple(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
      fc.array(
        fc.record({
          queues: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 4 }),
          amount: fc.nat(20),
        }),
        { maxLength: 7 },
      ),
    );
    fc.assert(
      fc.property(figures, ([demands, capacities]) => {
        const found = atOnce(
          shortages(new Map(demands.map((amount, n) => [n, amount])), capacities),
        );
        assert.equal(found.length > 0, byHall(demands, capacities));
        for (const short of found) {
          const asked = short.queues.reduce((sum, n) => sum + (demands[n] ?? 0), 0);
          const who = capacities.filter((one) => one.queues.some((n) => short.queues.includes(n)));
          assert.deepEqual(new Set(short.capacities), new Set(who));
          assert.ok(asked > who.reduce((sum, { amount }) => sum + amount, 0));
        }
      }),
    );
  });
});
