import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consequence, retryAt } from '../../../src/webhooks/breaker.ts';

const HOUR_MS = 3_600_000;
const persistence = { attemptsMax: 12, giveUpMs: 24 * HOUR_MS, retryMs: 5_000 };

test('pauses double up to an hour, half of each is chance, and there is an end', () => {
  const pauses = (dice: number) =>
    Array.from({ length: 12 }, (_, n) => retryAt(n + 1, persistence, 0, dice));
  assert.deepEqual(pauses(1).slice(0, 4), [5_000, 10_000, 20_000, 40_000]);
  assert.equal(pauses(1)[10], HOUR_MS);
  assert.equal(pauses(0)[0], 2_500);
  assert.equal(pauses(1)[11], undefined);
});

test('an endpoint that asks for more time gets it', () => {
  assert.equal(retryAt(1, persistence, 1_000, 0, 60_000), 61_000);
});

test('five failures in a row are a rest, a day of nothing else is the end, and so is 410', () => {
  assert.deepEqual(consequence({ failures: 3 }, 500, persistence, 0), {});
  assert.deepEqual(consequence({ failures: 4, failingSince: 0 }, 500, persistence, 0), {
    restUntil: 10_000,
  });
  assert.deepEqual(consequence({ failures: 30, failingSince: 0 }, 500, persistence, 0), {
    restUntil: 300_000,
  });
  assert.deepEqual(
    consequence({ failures: 30, failingSince: 0 }, undefined, persistence, 24 * HOUR_MS),
    { disable: 'It has failed for 24 hours.' },
  );
  assert.ok(consequence({ failures: 0 }, 410, persistence, 0).disable);
});
