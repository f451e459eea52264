import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId } from '../../../src/model/ids.ts';
import { exampleConfiguration, TestFloor } from '../../support/floor.ts';

/** The queues keep the place of whoever rings again within a minute. */
async function floorOf(engine?: Engine): Promise<TestFloor> {
  const floor = new TestFloor(engine);
  const configuration = exampleConfiguration();
  const queues = configuration.queues.map((queue) => ({ ...queue, regainMs: 60_000 }));
  floor.configuration = { ...configuration, queues };
  assert.deepEqual(await floor.center.reload(), []);
  return floor;
}

/** The process dies; the next one has what the journal gives back: the engine's bytes, and the notes. */
async function afterACrash(before: TestFloor): Promise<TestFloor> {
  const notes = structuredClone(before.kept);
  const floor = await floorOf(Engine.restore(before.engine.serialize()));
  floor.clock.advance(before.clock.now() - floor.clock.now() + 2_000);
  floor.center.recover(notes);
  return floor;
}

test('J10 who was cut off by a crash and rings again has the old place, before those who came later', async () => {
  const before = await floorOf();
  for (const [id, ani] of [
    ['c1', '+525555550001'],
    ['c2', '+525555550002'],
    ['c3', '+525555550003'],
  ] as const) {
    await before.queuedCall(id, ani);
    before.clock.advance(5_000);
  }
  const floor = await afterACrash(before);
  assert.equal(floor.engine.calls().length, 0, 'nobody held their legs');
  assert.deepEqual(
    floor.cdrs.map(({ outcome }) => outcome),
    ['lost', 'lost', 'lost'],
  );
  await floor.queuedCall('new', '+525555550009');
  floor.clock.advance(10_000);
  const again = await floor.queuedCall('again', '+525555550002');
  assert.equal(floor.engine.position(again.callId), 1);
  assert.equal(floor.engine.position(callId('new')), 2);
  assert.deepEqual(floor.broken, []);
});

test('J10 agents are after a crash what they were, and nobody keeps an offer of a call that is gone', async () => {
  const before = await floorOf();
  before.ready('1001', '1002', '1003');
  before.center.submit({ type: 'agent.notReady', agentId: '1003' as never, reason: 'pausa' });
  await before.queuedCall('ringing');
  const ring = before.telephony.rings.at(-1);
  assert.ok(ring);
  assert.equal(before.stateOf(ring.agentId), 'offered');
  // Their phones are registered still: the registrar's bindings are of the database.
  const floor = await afterACrash(before);
  assert.equal(floor.stateOf('1003'), 'notReady');
  assert.notEqual(floor.stateOf(ring.agentId), 'offered');
  assert.deepEqual(floor.engine.brokenInvariants(), []);
  const twice = await afterACrash(floor);
  assert.deepEqual(twice.cdrs, [], 'a second crash finds nothing to lose again');
  assert.equal(twice.stateOf('1003'), 'notReady');
  assert.deepEqual(twice.engine.agents(), floor.engine.agents());
});
