import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnconfirmedCalls } from '../../../src/telephony/unconfirmed.ts';

/** As many as are taken of so many. */
const begin = (calls: UnconfirmedCalls, source: string, isStranger: boolean, count: number) =>
  Array.from({ length: count }, () => calls.begin(source, isStranger)).filter((taken) => taken);

test('One source has two hundred at most; what is acknowledged makes room, once', () => {
  const calls = new UnconfirmedCalls();
  const taken = begin(calls, '192.0.2.1', false, 250);
  assert.equal(taken.length, 200);
  assert.equal(calls.refused, 50);
  taken[0]?.();
  taken[0]?.();
  assert.equal(begin(calls, '192.0.2.1', false, 2).length, 1);
});

test('Strangers have three hundred among them, whatever addresses they forge; who is known comes in beside them', () => {
  const calls = new UnconfirmedCalls();
  const taken = Array.from({ length: 400 }, (_, n) => calls.begin(`192.0.2.${n}`, true));
  assert.equal(taken.filter((one) => one).length, 300);
  assert.equal(begin(calls, '198.51.100.1', false, 10).length, 10);
  for (const over of taken) over?.();
  assert.equal(begin(calls, '192.0.2.1', true, 1).length, 1);
});
