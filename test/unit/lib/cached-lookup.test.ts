import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedLookup } from '../../../src/lib/cached-lookup.ts';
import { ManualClock } from '../../../src/lib/clock.ts';

/** A database that answers, fails or hangs, as the test says. */
function setUp(overrides: { sizeMax?: number; inFlightMax?: number } = {}) {
  const clock = new ManualClock();
  const database = { mode: 'answers' as 'answers' | 'fails' | 'hangs', asked: 0, value: 'one' };
  const late: (() => void)[] = [];
  const lookup = new CachedLookup<string>({
    clock,
    sizeMax: 10,
    inFlightMax: 10,
    ...overrides,
    freshMs: 1_000,
    waitMsMax: 800,
    async fetch() {
      database.asked += 1;
      if (database.mode === 'fails') throw new Error('away');
      if (database.mode === 'hangs') await new Promise<void>((resolve) => late.push(resolve));
      return database.value;
    },
  });
  const answerLate = () => {
    for (const go of late.splice(0)) go();
  };
  const get = async (key: string) => {
    const answer = await lookup.get(key);
    return answer.known ? { known: true, value: answer.value } : answer;
  };
  return { clock, database, lookup: { get, expire: () => lookup.expire() }, answerLate };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a fresh answer is given without asking', async () => {
  const { clock, database, lookup } = setUp();
  await lookup.get('k');
  clock.advance(999);
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'one' });
  assert.equal(database.asked, 1);
  clock.advance(1);
  database.value = 'two';
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'two' });
});

test('a stale answer beats none', async () => {
  const { clock, database, lookup } = setUp();
  await lookup.get('k');
  clock.advance(60_000);
  database.mode = 'fails';
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'one' });
  assert.deepEqual(await lookup.get('other'), { known: false });
});

test('nobody waits longer than the limit, and a late answer is remembered', async () => {
  const { clock, database, lookup, answerLate } = setUp();
  database.mode = 'hangs';
  const waiting = lookup.get('k');
  await settle();
  clock.advance(800);
  assert.deepEqual(await waiting, { known: false });
  answerLate();
  await settle();
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'one' });
});

test('many who ask the same ask once, and a flood waits for nothing', async () => {
  const { clock, database, lookup } = setUp({ inFlightMax: 2 });
  database.mode = 'hangs';
  const same = [lookup.get('a'), lookup.get('a'), lookup.get('b')];
  assert.equal(database.asked, 2);
  assert.deepEqual(await lookup.get('c'), { known: false });
  clock.advance(800);
  await Promise.all(same);
});

test('the least used is forgotten first', async () => {
  const { database, lookup } = setUp({ sizeMax: 2 });
  await lookup.get('a');
  await lookup.get('b');
  await lookup.get('a');
  await lookup.get('c');
  database.mode = 'fails';
  assert.equal((await lookup.get('a')).known, true);
  assert.equal((await lookup.get('b')).known, false);
});

test('what has expired is asked for again, and kept for bad times', async () => {
  const { database, lookup } = setUp();
  await lookup.get('k');
  lookup.expire();
  database.value = 'two';
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'two' });
  lookup.expire();
  database.mode = 'fails';
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'two' });
});

test('an answer says since when it is known, and serves no longer than it may', async () => {
  const clock = new ManualClock(5_000);
  let fails = false;
  const lookup = new CachedLookup<string>({
    clock,
    sizeMax: 10,
    inFlightMax: 10,
    freshMs: 1_000,
    staleMsMax: 60_000,
    waitMsMax: 800,
    async fetch() {
      if (fails) throw new Error('away');
      return 'one';
    },
  });
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'one', at: 5_000 });
  fails = true;
  clock.advance(60_000);
  assert.deepEqual(await lookup.get('k'), { known: true, value: 'one', at: 5_000 });
  clock.advance(1);
  assert.deepEqual(await lookup.get('k'), { known: false });
});
