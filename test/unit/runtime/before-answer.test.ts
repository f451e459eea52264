import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowId } from '../../../src/model/ids.ts';
import type { RecordingRule } from '../../../src/model/recording.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const QUEUE = { type: 'queue', queue: 'ventas' };
const STRAIGHT_ON = { start: { type: 'identify', next: 'queue' }, queue: QUEUE };

/** A house whose number leads into a flow of these nodes; 1001 is ready. */
async function floorWith(
  nodes: Readonly<Record<string, object>>,
  recording?: RecordingRule,
): Promise<TestFloor> {
  const floor = await TestFloor.open();
  const { numbers, queues } = floor.configuration;
  const document = { name: 'Direct', languages: ['es-MX'], start: 'start', prompts: {}, nodes };
  const id = flowId('direct');
  floor.configuration = {
    ...floor.configuration,
    flows: [...floor.configuration.flows, { id, version: 1, document }],
    numbers: numbers.map((number) => ({ ...number, flowId: id })),
    queues: queues.map((queue) => (recording ? { ...queue, recording } : queue)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.ready('1001');
  return floor;
}

/** A call that is accepted, and that telephony has begun to answer. */
async function coming(floor: TestFloor, id = 'c1'): Promise<FakeCallerLeg> {
  const call = inbound(id);
  assert.ok(floor.center.arrived(call).accept);
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answering(leg);
  await settled();
  return leg;
}

function pickUp(floor: TestFloor): FakeAgentLeg {
  const ring = floor.telephony.rings.at(-1);
  assert.ok(ring, 'a phone rings');
  const leg = new FakeAgentLeg(ring);
  floor.center.agentAnswered(ring.offerId, leg);
  return leg;
}

test('A flow that says nothing before its queue: the agent rings while the caller is being answered', async () => {
  const floor = await floorWith(STRAIGHT_ON);
  const caller = await coming(floor);
  assert.equal(floor.telephony.rings.length, 1);
  assert.equal(floor.stageOf(caller.callId), 'offered');
  assert.equal(caller.music, undefined, 'nobody would hear it');
  floor.center.answered(caller);
  assert.equal(caller.music, 'default');
  assert.equal(floor.stageOf(caller.callId), 'offered');
  const agent = pickUp(floor);
  assert.deepEqual(floor.telephony.bridges, [[caller, agent]]);
  assert.equal(floor.telephony.rings.length, 1, 'once');
  assert.deepEqual(floor.broken, []);
});

test('An agent who is quicker than the answer of the caller waits for it, and is joined then', async () => {
  const floor = await floorWith(STRAIGHT_ON);
  const caller = await coming(floor);
  const agent = pickUp(floor);
  assert.deepEqual(floor.telephony.bridges, []);
  assert.ok(!agent.hungUp);
  floor.center.answered(caller);
  assert.deepEqual(floor.telephony.bridges, [[caller, agent]]);
  assert.equal(floor.stageOf(caller.callId), 'talking');
  await settled();
  floor.center.agentGone(floor.telephony.rings[0]?.offerId as never);
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
  assert.deepEqual(floor.broken, []);
});

test('An agent who is quicker and hangs up at once leaves the caller in the line', async () => {
  const floor = await floorWith(STRAIGHT_ON);
  const caller = await coming(floor);
  pickUp(floor);
  floor.center.agentGone(floor.telephony.rings[0]?.offerId as never);
  floor.center.answered(caller);
  assert.ok(!caller.hungUp);
  assert.equal(floor.stageOf(caller.callId), 'queued');
  assert.equal(caller.music, 'default');
  assert.deepEqual(floor.broken, []);
});

for (const why of ['cancelled', 'media'] as const)
  test(`A caller who is never answered (${why}) frees the agent`, async () => {
    const floor = await floorWith(STRAIGHT_ON);
    const caller = await coming(floor);
    const [ring] = floor.telephony.rings;
    floor.center.callerGone(caller.callId, why);
    assert.deepEqual(floor.telephony.cancelled, [ring?.offerId]);
    assert.equal(floor.stateOf('1001'), 'ready');
    assert.equal(floor.engine.calls().length, 0);
    assert.equal(floor.cdrs[0]?.outcome, why === 'media' ? 'failed' : 'shortAbandon');
    assert.deepEqual(floor.broken, []);
  });

test('What has to be heard waits for the answer, and so does all that follows', async () => {
  const floor = await floorWith({
    start: { type: 'identify', next: 'greeting' },
    greeting: { type: 'play', prompts: [{ es: 'Hola.' }], next: 'queue' },
    queue: QUEUE,
  });
  const caller = await coming(floor);
  assert.equal(floor.telephony.rings.length, 0);
  floor.center.answered(caller);
  await settled();
  assert.deepEqual(caller.played, ['Hola.']);
  assert.equal(floor.telephony.rings.length, 0);
  await floor.playOut(caller);
  assert.equal(floor.telephony.rings.length, 1);
  assert.deepEqual(floor.broken, []);
});

test('Who has to be told of the recording waits in no queue before they have heard it', async () => {
  const notice = { version: '1', message: { es: 'Esta llamada se graba.' } };
  const floor = await floorWith(STRAIGHT_ON, { mode: 'all', percent: 100, stereo: true, notice });
  const caller = await coming(floor);
  assert.equal(floor.telephony.rings.length, 0);
  floor.center.answered(caller);
  await settled();
  assert.deepEqual(caller.played, ['Esta llamada se graba.']);
  assert.equal(floor.telephony.rings.length, 0);
  await floor.playOut(caller);
  assert.equal(floor.telephony.rings.length, 1);
  assert.deepEqual(floor.broken, []);
});

test('A flow that hangs up at once does so when the call is answered', async () => {
  const floor = await floorWith({ start: { type: 'hangup' } });
  const caller = await coming(floor);
  assert.equal(floor.center.callCount, 1);
  floor.center.answered(caller);
  assert.ok(caller.hungUp);
  assert.equal(floor.center.callCount, 0);
});
