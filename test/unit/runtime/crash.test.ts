import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId } from '../../../src/model/ids.ts';
import { RECONCILE_MS } from '../../../src/runtime/reconciler.ts';
import { FakeAgentLeg } from '../../support/fake-telephony.ts';
import { exampleConfiguration, settled, TestFloor } from '../../support/floor.ts';

/** The queues keep the place of whoever rings again within a minute. */
async function configured(floor: TestFloor): Promise<TestFloor> {
  const configuration = exampleConfiguration();
  const queues = configuration.queues.map((queue) => ({ ...queue, regainMs: 60_000 }));
  floor.configuration = { ...configuration, queues };
  assert.deepEqual(await floor.center.reload(), []);
  return floor;
}

/** The process dies; the next one has what the journal gives back: the engine's bytes, and the notes. */
function afterACrash(before: TestFloor, awayMs = 2_000, lastAt?: number): Promise<TestFloor> {
  const floor = new TestFloor(Engine.restore(before.engine.serialize()));
  floor.clock.advance(before.clock.now() - floor.clock.now() + awayMs);
  floor.center.recover(structuredClone(before.kept), lastAt ?? before.clock.now());
  return configured(floor);
}

test('J10 who was cut off by a crash and rings again has the old place, before those who came later', async () => {
  const before = await configured(new TestFloor());
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
  const before = await configured(new TestFloor());
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

test('Calls that a crash has ended end when the process was last known to live: waits, talks and histories are whole', async () => {
  const legTruth = { isAlive: () => true, callerLegs: () => [], hangupLeg: () => {} };
  const before = await configured(new TestFloor(undefined, { legTruth }));
  before.ready('1001');
  const talking = await before.queuedCall('talks', '+525555550002');
  const ring = before.telephony.rings.at(-1);
  assert.ok(ring);
  before.center.agentAnswered(ring.offerId, new FakeAgentLeg(ring));
  await settled();
  const connectedAt = before.clock.now();
  const waiting = await before.queuedCall('waits', '+525555550003');
  before.clock.advance(4 * RECONCILE_MS);
  await settled();
  const aliveAt = before.clock.now();
  before.center.keysFlooded(talking.callId);
  before.clock.advance(RECONCILE_MS - 1);
  const floor = await afterACrash(before, 3_600_000, connectedAt);
  before.center.stop();

  const cdrs = new Map(floor.cdrs.map((cdr) => [cdr.callId, cdr]));
  const talked = cdrs.get(talking.callId);
  assert.equal(talked?.endedAt, aliveAt);
  const talkMs = aliveAt - connectedAt;
  assert.equal(talked?.talkMs, talkMs);
  assert.deepEqual(talked?.agents, [{ agentId: '1001', talkMs, holdMs: 0 }]);
  assert.equal(cdrs.get(waiting.callId)?.waitMs, aliveAt - connectedAt);

  for (const [{ callId: id }, ends] of [
    [talking, ['call.ended', 'call.finished']],
    [waiting, ['call.left', 'call.finished']],
  ] as const) {
    assert.deepEqual(floor.typesOf(id), ends);
    const [last] = floor.events.filter((event) => event.callId === id).slice(-1);
    assert.deepEqual(last?.data, { outcome: 'lost', endedBy: 'system' });
    const known = before.events.filter((event) => event.callId === id).map(({ seq }) => seq);
    assert.ok(last && last.seq > Math.max(...known), 'after all that was written before');
  }
});
