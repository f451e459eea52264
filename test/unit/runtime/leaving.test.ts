import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { TestFloor } from '../../support/floor.ts';

test('A call that an operator ended before it was answered is hung up when it is', async () => {
  const floor = await TestFloor.open();
  const call = inbound('c1');
  floor.center.arrived(call);
  assert.ok(floor.center.hangup(call.callId));
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answered(leg);
  assert.ok(leg.hungUp);
  assert.equal(floor.center.callCount, 0);
});

test('When the house closes, every call ends with its record, and nobody is rung any more', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const talking = await floor.queuedCall('c1');
  const ring = floor.telephony.rings[0];
  assert.ok(ring);
  floor.center.agentAnswered(ring.offerId, new FakeAgentLeg(ring));
  floor.ready('1002');
  const offered = await floor.queuedCall('c2');
  const waiting = await floor.queuedCall('c3');
  const rings = floor.telephony.rings.length;
  assert.equal(floor.stageOf(offered.callId), 'offered');

  floor.center.stop();
  assert.ok(talking.hungUp && offered.hungUp && waiting.hungUp);
  assert.deepEqual(floor.cdrs.map(({ callId, outcome }) => `${callId} ${outcome}`).sort(), [
    'c1 answered',
    'c2 failed',
    'c3 failed',
  ]);
  assert.equal(floor.telephony.rings.length, rings, 'no phone rings for a house that closes');
  assert.equal(floor.engine.calls().length, 0);
  assert.equal(floor.kept.size, 0);
  assert.deepEqual(floor.broken, []);
});
