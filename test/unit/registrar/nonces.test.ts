import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { createNonces } from '../../../src/registrar/nonces.ts';

const HERE = '192.0.2.1';

function setUp(trackedMax = 10) {
  const clock = new ManualClock(1_000_000);
  return { clock, nonces: createNonces({ clock, ttlMs: 60_000, trackedMax }) };
}

describe('nonces', () => {
  test('fresh for the source that got it, and for nobody else', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue(HERE);
    assert.equal(nonces.isFresh(nonce, HERE, 1), true);
    assert.equal(nonces.isFresh(nonce, '192.0.2.2', 1), false);
  });

  test('stale after its time', () => {
    const { nonces, clock } = setUp();
    const nonce = nonces.issue(HERE);
    clock.advance(59_999);
    assert.equal(nonces.isFresh(nonce, HERE, 1), true);
    clock.advance(1);
    assert.equal(nonces.isFresh(nonce, HERE, 1), false);
  });

  test('a changed one, another spelling of it, and one of an earlier life are stale', () => {
    const { nonces, clock } = setUp();
    const nonce = nonces.issue(HERE);
    const changed = (nonce[0] === 'A' ? 'B' : 'A') + nonce.slice(1);
    for (const other of [
      changed,
      `${nonce}=`,
      nonce.slice(0, -1),
      '',
      createNonces({ clock }).issue(HERE),
    ])
      assert.equal(nonces.isFresh(other, HERE, 1), false);
  });

  test('each count once, upwards only', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue(HERE);
    assert.equal(nonces.spend(nonce, 1), true);
    assert.equal(nonces.spend(nonce, 1), false);
    assert.equal(nonces.isFresh(nonce, HERE, 1), false);
    assert.equal(nonces.isFresh(nonce, HERE, 2), true);
    assert.equal(nonces.spend(nonce, 3), true);
    assert.equal(nonces.spend(nonce, 2), false);
  });

  test('what had to be forgotten cannot be replayed', () => {
    const { nonces, clock } = setUp(2);
    const issued = [1, 2, 3].map(() => {
      clock.advance(1);
      return nonces.issue(HERE);
    });
    for (const nonce of issued) nonces.spend(nonce, 1);
    assert.equal(nonces.isFresh(issued[0] ?? '', HERE, 2), false);
    assert.equal(nonces.isFresh(issued[2] ?? '', HERE, 2), true);
  });
});
