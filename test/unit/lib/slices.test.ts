import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atOnce, breather, type InSteps, inSlices } from '../../../src/lib/slices.ts';

/** So many steps, each of which takes so long. */
function* work(steps: number, stepMs: number): InSteps<number> {
  for (let n = 0; n < steps; n += 1) {
    const until = performance.now() + stepMs;
    while (performance.now() < until);
    yield;
  }
  return steps;
}

/** How many turns others have until it is done. */
async function turnsDuring(task: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  void task.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    turns += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return turns;
}

test('a long computation lets others have their turn between its steps, and comes to the same', async () => {
  assert.equal(atOnce(work(30, 0)), 30);
  assert.equal(await inSlices(work(30, 0)), 30);
  // 20 steps of at least 2 ms, of which ten milliseconds take no more than five.
  const turns = await turnsDuring(inSlices(work(20, 2)));
  assert.ok(turns >= 4, `${turns} turns`);
});

test('what is thrown in a step is thrown by the whole', async () => {
  function* broken(): InSteps<never> {
    yield;
    throw new Error('A step.');
  }
  assert.throws(() => atOnce(broken()), /A step/);
  await assert.rejects(inSlices(broken()), /A step/);
});

test('a loop pauses only when it has taken long enough', async () => {
  assert.equal(breather(60_000)(), undefined);
  const pause = breather(0);
  assert.ok(
    (await turnsDuring(
      (async () => {
        for (let n = 0; n < 10; n += 1) await pause();
      })(),
    )) >= 10,
  );
});
