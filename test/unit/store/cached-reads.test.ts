import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ok } from '../../../src/lib/result.ts';
import { agentId } from '../../../src/model/ids.ts';
import { cachedCdrs } from '../../../src/store/cached-reads.ts';

test('many who look at the newest records at once are one question; whoever may see others is another', async () => {
  const clock = new ManualClock();
  const asked: unknown[] = [];
  let fails = false;
  const cdrs = cachedCdrs(
    {
      async list(filter, request) {
        asked.push([filter, request]);
        if (fails) throw new Error('away');
        return ok({ items: [] });
      },
      get: async () => undefined,
      events: async () => ok({ items: [] }),
      lastAgent: async () => undefined,
    },
    clock,
  );
  const request = { limit: 20 };
  await Promise.all([cdrs.list({}, request), cdrs.list({}, request)]);
  assert.equal(asked.length, 1);
  await cdrs.list({ within: [agentId('1001')] }, request);
  assert.equal(asked.length, 2);
  await cdrs.list({}, request);
  assert.equal(
    asked.length,
    3,
    'what was answered before another question may be older than its answer',
  );
  clock.advance(250);
  await cdrs.list({}, request);
  assert.equal(asked.length, 4, 'a quarter of a second later it is asked anew');
  clock.advance(250);
  fails = true;
  await assert.rejects(cdrs.list({}, request));
  fails = false;
  await cdrs.list({}, request);
  assert.equal(asked.length, 6, 'what failed is not remembered');
});

test('what is half as old as it may be is asked anew, and nobody waits for that', async () => {
  const clock = new ManualClock();
  const waiting: ((page: ReturnType<typeof pageOf>) => void)[] = [];
  const cdrs = cachedCdrs(
    {
      list: () => new Promise((resolve) => waiting.push(resolve)),
      get: async () => undefined,
      events: async () => ok({ items: [] }),
      lastAgent: async () => undefined,
    },
    clock,
  );
  const ask = () => cdrs.list({}, { limit: 20 });
  const first = ask();
  waiting[0]?.(pageOf('first'));
  assert.deepEqual(await first, pageOf('first'));
  clock.advance(125);
  assert.deepEqual(await ask(), pageOf('first'), 'the one that is there');
  assert.deepEqual(await ask(), pageOf('first'));
  assert.equal(waiting.length, 2, 'once for all who ask meanwhile');
  waiting[1]?.(pageOf('second'));
  await Promise.resolve();
  assert.deepEqual(await ask(), pageOf('second'), 'the new one as soon as it is there');
  clock.advance(125);
  const beforeIt = ask();
  assert.equal(waiting.length, 3, 'its age counts from when it was asked');
  clock.advance(125);
  const late = ask();
  assert.equal(waiting.length, 4, 'none is older than a quarter of a second');
  waiting[3]?.(pageOf('fourth'));
  assert.deepEqual([await beforeIt, await late], [pageOf('second'), pageOf('fourth')]);
  waiting[2]?.(pageOf('third'));
  await Promise.resolve();
  assert.deepEqual(await ask(), pageOf('fourth'), 'what was asked before stays behind');
});

const pageOf = (nextCursor: string) => ok({ items: [], nextCursor });
