import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { performanceC } from '../../../src/planning/erlang.ts';
import { performanceA } from '../../../src/planning/erlang-a.ts';
import {
  performanceSimulated,
  staffingSimulated,
} from '../../../src/planning/simulated-staffing.ts';
import { staffingA } from '../../../src/planning/staffing.ts';

const goal = { answerWithin: 20, shortAbandon: 5, serviceLevel: 0.8 };
const demand = { rate: 120 / 1_800, handleTime: 180 };

const near = (a: number, b: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${what}: ${a} and ${b}`);

describe('simulated staffing', () => {
  it('the engine with callers who hang up does what Erlang A says', () => {
    const options = { patience: 90, calls: 12_000, seed: 1 };
    for (const agents of [10, 13, 15]) {
      const engine = performanceSimulated(demand, agents, goal, options);
      const formula = performanceA(demand, 90, agents, goal);
      near(engine.serviceLevel, formula.serviceLevel, 0.03, `service level, ${agents} agents`);
      near(engine.abandoned, formula.abandoned, 0.02, `abandonment, ${agents} agents`);
      near(engine.answerSpeed, formula.answerSpeed, 2, `ASA, ${agents} agents`);
      near(engine.occupancy, formula.occupancy, 0.02, `occupancy, ${agents} agents`);
    }
  });

  it('the engine with callers who wait for ever does what Erlang C says', () => {
    const options = { patience: Number.POSITIVE_INFINITY, calls: 12_000, seed: 2 };
    const engine = performanceSimulated(demand, 16, goal, options);
    const formula = performanceC(demand, 16, goal);
    near(engine.serviceLevel, formula.serviceLevel, 0.04, 'service level');
    near(engine.occupancy, formula.occupancy, 0.02, 'occupancy');
    assert.equal(engine.abandoned, 0);
  });

  it('a large house is full when it is looked at: no night lies before its day, and none behind it', () => {
    const large = { rate: 300 / 180, handleTime: 180 };
    const options = { patience: 120, calls: 100, seed: 4 };
    const formula = performanceA(large, 120, 280, goal);
    const engine = performanceSimulated(large, 280, goal, options);
    near(engine.serviceLevel, formula.serviceLevel, 0.1, 'service level');
    near(engine.abandoned, formula.abandoned, 0.02, 'abandonment');
    near(engine.occupancy, formula.occupancy, 0.01, 'occupancy');
    const all = { ...options, handleTimes: [180], patience: Number.POSITIVE_INFINITY };
    assert.ok(
      performanceSimulated(large, 290, goal, all).serviceLevel < 0.1,
      'who talk at first count',
    );
    assert.ok(performanceSimulated(large, 330, goal, all).serviceLevel > 0.9);
  });

  it('agrees with the published comparison of Garnett, Mandelbaum and Reiman', () => {
    const options = { patience: 120, calls: 20_000, seed: 5 };
    const engine = performanceSimulated({ rate: 48 / 60, handleTime: 60 }, 50, goal, options);
    near(engine.abandoned, 0.031, 0.008, 'abandoning');
    near(engine.occupancy, 0.93, 0.01, 'occupancy');
  });

  it('without calls there is nobody, and nothing to tell', () => {
    const options = { patience: 90, calls: 100, seed: 1 };
    const { agents, performance } = staffingSimulated(
      { rate: 0, handleTime: 180 },
      goal,
      3,
      options,
    );
    assert.equal(agents, 0);
    assert.ok(Object.values(performance).every(Number.isNaN));
  });

  it('finds about as many agents as the formula, from wherever it starts', () => {
    const options = { patience: 90, calls: 6_000, seed: 3 };
    const { agents } = staffingA(demand, 90, goal);
    const found = [1, agents - 2, agents, agents + 9].map(
      (start) => staffingSimulated(demand, goal, start, options).agents,
    );
    assert.ok(
      found.every((one) => one === found[0]),
      `${found}`,
    );
    near(found[0] ?? 0, agents, 1, 'agents');
  });
});
