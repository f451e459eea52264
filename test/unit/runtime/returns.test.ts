import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeAgentLeg } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

/** The agent's phone that rings last picks up. */
function pickUp(floor: TestFloor) {
  const request = floor.telephony.rings.at(-1);
  assert.ok(request, 'a phone rings');
  const leg = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, leg);
  return request.offerId;
}

test('C7 a caller whose bridge failed waits again with music, and speaks with whoever answers next', async () => {
  const floor = await TestFloor.open();
  floor.telephony.bridgeSucceeds = false;
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  caller.music = undefined;
  floor.clock.advance(4_000);
  const first = pickUp(floor);
  await settled();
  assert.ok(floor.telephony.cancelled.includes(first), 'the leg that hears nobody is hung up');
  assert.equal(caller.music, 'default');
  assert.equal(floor.stageOf(caller.callId), 'offered');

  floor.telephony.bridgeSucceeds = true;
  floor.clock.advance(2_000);
  pickUp(floor);
  await settled();
  assert.equal(floor.stageOf(caller.callId), 'talking');
  floor.clock.advance(30_000);
  floor.center.callerGone(caller.callId, 'hungup');
  const [cdr] = floor.cdrs;
  assert.deepEqual([cdr?.outcome, cdr?.waitMs, cdr?.talkMs], ['answered', 6_000, 30_000]);
  assert.ok(floor.typesOf(caller.callId).includes('call.returned'));
  assert.deepEqual(floor.broken, []);
});

test('C7 an agent whose leg dies before the two are joined costs the caller nothing', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001', '1002');
  const caller = await floor.queuedCall('c1');
  floor.center.agentGone(pickUp(floor));
  await settled();
  assert.equal(floor.telephony.rings.at(-1)?.agentId, '1002');
  pickUp(floor);
  await settled();
  assert.equal(floor.stageOf(caller.callId), 'talking');
  assert.ok(!caller.hungUp);
  assert.deepEqual(floor.broken, []);
});

test('C7 a caller who waits again and then gives up has abandoned, and nobody is rung any more', async () => {
  const floor = await TestFloor.open();
  floor.telephony.bridgeSucceeds = false;
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  floor.clock.advance(8_000);
  pickUp(floor);
  await settled();
  floor.center.callerGone(caller.callId, 'hungup');
  assert.equal(floor.cdrs[0]?.outcome, 'abandoned');
  assert.equal(floor.cdrs[0]?.agentId, undefined);
  assert.equal(floor.stateOf('1001'), 'ready');
});

test('C7 after three bridges that failed the call fails, and its agent is free', async () => {
  const floor = await TestFloor.open();
  floor.telephony.bridgeSucceeds = false;
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  for (const _ of [1, 2, 3]) {
    assert.ok(!caller.hungUp);
    pickUp(floor);
    await settled();
  }
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs[0]?.outcome, 'failed');
  assert.equal(floor.stateOf('1001'), 'ready');
  assert.equal(floor.center.callCount, 0);
  assert.deepEqual(floor.broken, []);
});

test('C8 a caller whose line broke rings again and has the old place; the history says so', async () => {
  const floor = await TestFloor.open();
  const { configuration } = floor;
  const queues = configuration.queues.map((queue) => ({ ...queue, regainMs: 60_000 }));
  floor.configuration = { ...configuration, queues };
  assert.deepEqual(await floor.center.reload(), []);
  const first = await floor.queuedCall('c1', '+525555550001');
  floor.clock.advance(1);
  await floor.queuedCall('c2', '+525555550002');
  floor.clock.advance(30_000);
  floor.center.callerGone(first.callId, 'hungup');
  const again = await floor.queuedCall('c3', '+525555550001');
  const queued = floor.events.find(
    ({ callId, type }) => callId === again.callId && type === 'call.queued',
  );
  const { regained, position } = queued?.data ?? {};
  assert.deepEqual({ regained, position }, { regained: true, position: 1 });
});
