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

  it('finds about as many agents as the formula, from wherever it starts', () => {
    const options = { patience: 90, calls: 6_000, seed: 3 };
    const { agents } = staffingA(demand, 90, goal);
    const found = [agents - 2, agents + 2].map(
      (start) => staffingSimulated(demand, goal, start, options).agents,
    );
    assert.equal(found[0], found[1]);
    near(found[0] ?? 0, agents, 1, 'agents');
  });
});
