import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { departure, plus, quantileOf } from '../../../src/acd/departures.ts';

const exponential = (mean: number) => ({ mean, variance: mean * mean });

describe('departures', () => {
  it('EW1 one memoryless agent: the sum of ahead + 1 handle times', () => {
    const handle = exponential(100);
    const line = { staff: 1, ahead: 3, handle, first: handle, doubt: 0, giveUpRate: 0 };
    assert.deepEqual(departure(line), { mean: 400, variance: 40_000 });
  });

  it('EW1 ten agents are ten times as fast, and a part of a call counts for a part', () => {
    const handle = exponential(100);
    const line = { staff: 10, ahead: 4.5, handle, first: exponential(10), doubt: 0, giveUpRate: 0 };
    assert.equal(departure(line).mean, 55);
  });

  it('EW1 callers who give up shorten the wait of who stays, as QL_m says', () => {
    const handle = exponential(100);
    const giveUpRate = 0.002;
    const line = { staff: 4, ahead: 30, handle, first: exponential(25), doubt: 0, giveUpRate };
    let exact = 0;
    for (let i = 0; i <= 30; i++) exact += 1 / (0.04 + i * giveUpRate);
    assert.ok(Math.abs(departure(line).mean / exact - 1) < 0.01);
  });

  it('EW1 the range is a gamma range: a fifth of an exponential time below and above', () => {
    const wait = exponential(1000);
    assert.ok(Math.abs(quantileOf(wait, -0.8416) / (1000 * -Math.log(0.8)) - 1) < 0.01);
    assert.ok(Math.abs(quantileOf(wait, 0.8416) / (1000 * -Math.log(0.2)) - 1) < 0.01);
    assert.equal(quantileOf(plus(wait, { mean: 500, variance: 0 }), 0) > quantileOf(wait, 0), true);
  });
});
