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
