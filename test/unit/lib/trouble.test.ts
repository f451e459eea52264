import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Trouble } from '../../../src/lib/trouble.ts';

test('a trouble that comes and goes each second is told once, and its end when it has stayed away', () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const trouble = new Trouble({
    clock,
    begins: (error) => told.push(`begins: ${error}`),
    over: () => told.push('over'),
  });
  trouble.worked();
  for (let second = 0; second < 60; second++) {
    trouble.failed(`at ${second}`);
    clock.advance(500);
    trouble.worked();
    clock.advance(500);
  }
  assert.deepEqual(told, ['begins: at 0']);
  clock.advance(10_000);
  assert.deepEqual(told, ['begins: at 0', 'over']);
  assert.equal(trouble.isOn, false);
  trouble.failed('again');
  trouble.worked();
  trouble.close();
  clock.advance(60_000);
  assert.deepEqual(told.slice(2), ['begins: again'], 'nothing more after it is closed');
});
