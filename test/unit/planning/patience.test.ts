import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from '../../../src/lib/random.ts';
import { Patience } from '../../../src/planning/patience.ts';

const wait = (ms: number, gaveUp: boolean) => ({ ms, gaveUp });

describe('patience (Kaplan and Meier)', () => {
  it('agrees with the estimator worked out by hand', () => {
    // 6 waits: gave up at 3 and 6 and 8; answered at 4, 6 and 9. S = 5/6, × 3/4, × 1/2.
    const patience = new Patience([
      wait(3, true),
      wait(4, false),
      wait(6, true),
      wait(6, false),
      wait(8, true),
      wait(9, false),
    ]);
    assert.equal(patience.stayingAfter(2), 1);
    assert.equal(patience.stayingAfter(3), 5 / 6);
    assert.ok(Math.abs(patience.stayingAfter(7) - (5 / 6) * (3 / 4)) < 1e-12);
    assert.ok(Math.abs(patience.stayingAfter(8) - (5 / 6) * (3 / 4) * (1 / 2)) < 1e-12);
  });

  it('draws beyond what was seen, and beyond the record at its mean rate', () => {
    const patience = new Patience([wait(3, true), wait(6, true), wait(8, true), wait(9, false)]);
    assert.equal(patience.draw(0.1), 3);
    assert.equal(patience.draw(0.1, 3), 6);
    assert.equal(patience.draw(0.6, 3), 8);
    const beyond = patience.draw(0.9, 9);
    assert.ok(beyond > 9 && Number.isFinite(beyond), `${beyond}`);
    assert.ok(patience.draw(0.99, 9) > beyond);
  });

  it('nobody gave up: nobody will', () => {
    assert.equal(new Patience([wait(5, false)]).draw(0.999), Number.POSITIVE_INFINITY);
    assert.equal(new Patience([]).draw(0.5), Number.POSITIVE_INFINITY);
  });

  it('finds the patience behind a record in which most were answered first', () => {
    const random = new Random(1);
    const waits = Array.from({ length: 20_000 }, () => {
      const [patience, offered] = [random.exponential(90), random.exponential(30)];
      return wait(Math.min(patience, offered), patience < offered);
    });
    const patience = new Patience(waits);
    for (const ms of [20, 60, 120]) {
      const found = patience.stayingAfter(ms);
      assert.ok(Math.abs(found - Math.exp(-ms / 90)) < 0.03, `after ${ms}: ${found}`);
    }
  });
});
