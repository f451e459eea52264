import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { settled, TestFloor } from '../../support/floor.ts';

/** The example company, whose queue for sales has these settings. */
async function open(sales: Partial<QueueConfig>, others: Partial<QueueConfig> = {}) {
  const floor = await TestFloor.open();
  const { configuration } = floor;
  const queues = configuration.queues.map((queue) => ({
    ...queue,
    ...(queue.id === 'ventas' ? sales : others),
    overflow: queue.id === 'ventas' ? (sales.overflow ?? []) : [],
  }));
  floor.configuration = { ...configuration, queues };
  assert.deepEqual(await floor.center.reload(), []);
  return floor;
}

test('V1 a caller who is sent to another queue hears its music, and the history tells the way', async () => {
  const to = { queue: queueId('soporte') };
  const floor = await open({ overflow: [{ when: 'maxWait', ms: 30_000, to }] }, { music: 'piano' });
  const caller = await floor.queuedCall('c1');
  floor.clock.advance(29_999);
  const seen: string[] = [];
  floor.center.subscribe((change) => {
    if (change.topic === 'queues' && 'queue' in change) {
      seen.push(`${change.queue.id} ${change.queue.waiting}`);
    }
  });
  floor.clock.advance(1);
  assert.equal(caller.music, 'piano');
  assert.deepEqual(seen.sort(), ['soporte 1', 'ventas 0']);
  const [call] = floor.center.snapshot().calls;
  assert.deepEqual([call?.stage, call?.queueId, call?.position], ['queued', 'soporte', 1]);
  floor.center.callerGone(caller.callId, 'hungup');
  const [cdr] = floor.cdrs;
  assert.deepEqual([cdr?.outcome, cdr?.queueId, cdr?.waitMs], ['abandoned', 'soporte', 30_000]);
  assert.ok(floor.typesOf(caller.callId).includes('call.overflowed'));
  assert.deepEqual(floor.broken, []);
});

test('V2 a caller who is sent to an exit goes on in the flow, and is lost to the queue if it says goodbye', async () => {
  const overflow = [{ when: 'maxWait', ms: 30_000, to: { exit: 'voicemail' } }] as const;
  const floor = await open({ overflow });
  const caller = await floor.queuedCall('c1');
  floor.clock.advance(30_000);
  await settled();
  assert.equal(caller.music, undefined);
  await floor.playOut(caller);
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs[0]?.outcome, 'overflow');
  const left = floor.events.find(({ type }) => type === 'flow.queueLeft');
  assert.deepEqual([left?.data.why, left?.data.exit], ['overflow', 'voicemail']);
});
