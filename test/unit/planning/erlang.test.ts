import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { erlangB, erlangC, performanceC } from '../../../src/planning/erlang.ts';
import { performanceA } from '../../../src/planning/erlang-a.ts';
import { scheduled, staffingA, staffingC } from '../../../src/planning/staffing.ts';

const close = (actual: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, not ${expected}`);

/**
 * Offered load in erlangs that a group carries at a blocking probability: the table printed in every traffic
 * handbook (ITU-D, "Teletraffic Engineering Handbook"; https://erlang.com/calculatormanual for 15 lines).
 */
const ERLANG_B_TABLE = [
  [1, 0.01, 0.0101],
  [2, 0.01, 0.1526],
  [5, 0.01, 1.3608],
  [10, 0.01, 4.4612],
  [15, 0.01, 8.108],
  [20, 0.01, 12.031],
  [50, 0.01, 37.901],
  [100, 0.01, 84.064],
  [10, 0.05, 6.2157],
  [20, 0.02, 13.182],
] as const;

const SL_80_20 = { answerWithin: 20, shortAbandon: 0, serviceLevel: 0.8 };

/** The chain itself: births λ, deaths min(j, n)μ + (j − n)⁺θ, summed from its mode; nothing in common with the formula. */
function birthDeath(rate: number, handleTime: number, patience: number, agents: number) {
  const states = agents + Math.ceil(rate * patience * 4) + 400;
  const weights = [0];
  for (let j = 1; j <= states; j++) {
    const death = Math.min(j, agents) / handleTime + Math.max(0, j - agents) / patience;
    weights.push((weights[j - 1] ?? 0) + Math.log(rate / death));
  }
  const top = weights.reduce((a, b) => Math.max(a, b));
  const chances = weights.map((weight) => Math.exp(weight - top));
  const sum = chances.reduce((a, b) => a + b);
  const expect = (f: (j: number) => number): number =>
    chances.reduce((total, chance, j) => total + (chance / sum) * f(j), 0);
  const queue = expect((j) => Math.max(0, j - agents));
  return {
    waiting: expect((j) => (j >= agents ? 1 : 0)),
    abandoned: queue / patience / rate,
    queue,
  };
}

describe('Erlang B and C', () => {
  it('agrees with the published tables of Erlang B', () => {
    for (const [lines, blocked, load] of ERLANG_B_TABLE) {
      close(erlangB(load, lines), blocked, blocked * 0.002, `${lines} lines, ${load} E`);
    }
  });

  it('agrees with what can be worked out by hand', () => {
    close(erlangB(1, 1), 1 / 2, 1e-12, 'B(1, 1)');
    close(erlangB(2, 2), 2 / 5, 1e-12, 'B(2, 2)');
    // M/M/1 waits with probability ρ; M/M/2 with 2ρ² / (1 + ρ).
    close(erlangC(0.7, 1), 0.7, 1e-12, 'C(0.7, 1)');
    close(erlangC(1.5, 2), (2 * 0.75 ** 2) / 1.75, 1e-12, 'C(1.5, 2)');
  });

  it('100 calls in half an hour of 180 s, 14 agents: the worked example of the trade', () => {
    const { waiting, serviceLevel, answerSpeed, occupancy } = performanceC(
      { rate: 100 / 1_800, handleTime: 180 },
      14,
      SL_80_20,
    );
    close(waiting, 0.1741, 0.0001, 'must wait');
    close(serviceLevel, 0.8883, 0.0002, 'service level');
    close(answerSpeed, 7.8, 0.05, 'ASA');
    close(occupancy, 0.714, 0.001, 'occupancy');
    // The fewest for 80/20 are 14: 13 give less.
    assert.equal(staffingC({ rate: 100 / 1_800, handleTime: 180 }, SL_80_20).agents, 14);
  });

  it('has no steady state when the load is too much', () => {
    const { serviceLevel, answerSpeed } = performanceC({ rate: 1, handleTime: 10 }, 10, SL_80_20);
    assert.equal(serviceLevel, 0);
    assert.equal(answerSpeed, Number.POSITIVE_INFINITY);
  });

  it('holds for thousands of agents', () => {
    const load = 5_000;
    const { agents, performance } = staffingC({ rate: load / 300, handleTime: 300 }, SL_80_20);
    // Halfin–Whitt: a little over a square root of the load above it.
    assert.ok(agents > load && agents < load + 1.5 * Math.sqrt(load), `${agents}`);
    assert.ok(performance.serviceLevel >= 0.8 && performance.serviceLevel < 0.83);
    assert.ok(erlangB(50_000, 50_000) > 0 && erlangC(49_900, 50_000) < 1);
  });
});

describe('Erlang A', () => {
  /** Garnett, Mandelbaum & Reiman 2002, table 1: 50 agents, 48 calls a minute of a minute, patience 2 minutes. */
  it('agrees with the published comparison of Garnett, Mandelbaum and Reiman', () => {
    const demand = { rate: 48 / 60, handleTime: 60 };
    const patient = performanceC(demand, 50, SL_80_20);
    const impatient = performanceA(demand, 120, 50, SL_80_20);
    close(patient.waitMean, 20.8, 0.1, 'mean wait without abandonment');
    close(patient.occupancy, 0.96, 0.001, 'occupancy without abandonment');
    close(impatient.abandoned, 0.031, 0.0005, 'abandoning');
    close(impatient.waitMean, 3.7, 0.05, 'mean wait');
    close(impatient.occupancy, 0.93, 0.001, 'occupancy');
  });

  it('agrees with the birth and death chain, from two agents to two thousand, under and over load', () => {
    for (const agents of [2, 14, 200, 2_000]) {
      for (const use of [0.5, 0.9, 1, 1.1, 1.6]) {
        for (const patience of [30, 300]) {
          const demand = { rate: (agents * use) / 180, handleTime: 180 };
          const exact = birthDeath(demand.rate, 180, patience, agents);
          const found = performanceA(demand, patience, agents, SL_80_20);
          const where = `${agents} agents, load ${use}, patience ${patience}`;
          close(found.waiting, exact.waiting, 1e-6, `waiting, ${where}`);
          close(found.abandoned, exact.abandoned, 1e-6, `abandoned, ${where}`);
        }
      }
    }
  });

  it('with endless patience it is Erlang C', () => {
    const demand = { rate: 100 / 1_800, handleTime: 180 };
    const c = performanceC(demand, 14, SL_80_20);
    const a = performanceA(demand, 1e7, 14, SL_80_20);
    close(a.serviceLevel, c.serviceLevel, 1e-3, 'service level');
    close(a.answerSpeed, c.answerSpeed, 0.02, 'ASA');
  });

  it('needs fewer agents than Erlang C, and never loses by more of them', () => {
    const demand = { rate: 120 / 1_800, handleTime: 180 };
    const { agents } = staffingA(demand, 90, SL_80_20);
    assert.ok(agents <= staffingC(demand, SL_80_20).agents);
    const levels = Array.from(
      { length: 30 },
      (_, n) => performanceA(demand, 90, n, SL_80_20).serviceLevel,
    );
    assert.ok(
      levels.every((level, n) => n === 0 || level >= (levels[n - 1] ?? 0)),
      `${levels}`,
    );
  });

  it('who hangs up before the limit for short abandons does not count', () => {
    const demand = { rate: 0.1, handleTime: 180 };
    const all = performanceA(demand, 60, 12, { answerWithin: 20, shortAbandon: 0 });
    const without = performanceA(demand, 60, 12, { answerWithin: 20, shortAbandon: 5 });
    assert.ok(without.serviceLevel > all.serviceLevel);
    assert.equal(without.abandoned, all.abandoned);
  });

  it('nobody calls, nobody works', () => {
    const none = { rate: 0, handleTime: 180 };
    assert.equal(staffingA(none, 90, SL_80_20).agents, 0);
    assert.equal(staffingC(none, SL_80_20).agents, 0);
    for (const { performance } of [staffingA(none, 90, SL_80_20), staffingC(none, SL_80_20)]) {
      assert.ok(Object.values(performance).every(Number.isNaN), 'no share of nothing');
    }
    for (const agents of [0, 1, 5]) {
      assert.deepEqual(
        performanceC(none, agents, SL_80_20),
        performanceA(none, 90, agents, SL_80_20),
      );
      assert.equal(performanceC(none, agents, SL_80_20).serviceLevel, 1);
    }
    assert.equal(performanceA({ rate: 1, handleTime: 10 }, 90, 0, SL_80_20).abandoned, 1);
  });

  it('shrinkage is added on top, and a third of it does not round up by itself', () => {
    assert.equal(scheduled(14, 0.3), 20);
    assert.equal(scheduled(7, 0.3), 10);
    assert.equal(scheduled(14, 0), 14);
  });
});
