import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedCounts } from '../../../src/lib/shared-counts.ts';

const MINUTE_MS = 60_000;

test('two who count in one memory count as one; a minute after the first it begins anew', () => {
  const memory = SharedCounts.memory();
  const [one, other] = [new SharedCounts(memory, MINUTE_MS), new SharedCounts(memory, MINUTE_MS)];
  const counts = [one, other, one].map((each) => each.add('key a', MINUTE_MS + 1_000));
  assert.deepEqual(counts, [
    { count: 1, endsInMs: 60_000 },
    { count: 2, endsInMs: 60_000 },
    { count: 3, endsInMs: 60_000 },
  ]);
  assert.equal(other.add('key b', MINUTE_MS + 1_000).count, 1);
  assert.deepEqual(other.add('key a', 2 * MINUTE_MS), { count: 4, endsInMs: 1_000 });
  assert.deepEqual(other.add('key a', 2 * MINUTE_MS + 1_000), { count: 1, endsInMs: MINUTE_MS });
});

test('ten thousand who ask are told apart; a flood of strangers takes no more memory', () => {
  const memory = SharedCounts.memory();
  const counts = new SharedCounts(memory, MINUTE_MS);
  const ask = (n: number) => counts.add(`address ${n}`, MINUTE_MS).count;
  for (const round of [1, 2])
    for (let n = 0; n < 10_000; n += 1) assert.equal(ask(n), round, String(n));
  for (let n = 0; n < 20_000; n += 1) ask(n);
  assert.equal(memory.byteLength, 524_288);
});
