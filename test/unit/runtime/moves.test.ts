import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callFacts } from '../../../src/facts/call-facts.ts';
import { agentId, type CallId, type FlowId } from '../../../src/model/ids.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';
import { answers, hears, lastOffer, over } from '../../support/talking.ts';

/** A caller waits for sales; whoever is named is ready. */
async function waiting(...ready: string[]) {
  const floor = await TestFloor.open(undefined, {
    outbound: { allowed: ['+52'], callsMax: 5, callsPerHourMax: 100 },
  });
  floor.ready(...ready);
  const caller = await floor.queuedCall('c1', '+525555550001');
  return { floor, caller, id: caller.callId, talk: floor.center.talk };
}

/** What reports count of the call in a queue. */
function factsIn(floor: TestFloor, callId: CallId, queueId: string) {
  const events = floor.events.filter((event) => event.callId === callId);
  const facts = callFacts({ callId, events, wrapUps: [] });
  return facts.find((one) => one.queueId === queueId && !one.agentId)?.facts;
}

const todayOf = (floor: TestFloor, queueId: string) =>
  floor.center.statistics().find(({ id }) => id === queueId)?.today;

test('To another queue: its agent is rung at once; the first has neither an abandon nor an answer', async () => {
  const { floor, caller, talk, id } = await waiting('1003');
  floor.clock.advance(40_000);
  assert.equal(talk.transfer(id, { queue: 'soporte' }), undefined);
  await settled();
  assert.equal(floor.stateOf('1003'), 'offered');
  const agent = await answers(floor);
  hears(floor, caller, agent);
  const left = factsIn(floor, id, 'ventas');
  assert.deepEqual([left?.leftOtherwise, left?.abandoned], [1, undefined]);
  const came = factsIn(floor, id, 'soporte');
  assert.deepEqual([came?.transferredIn, came?.answered], [1, 1]);
  assert.deepEqual(
    [todayOf(floor, 'ventas')?.abandoned, todayOf(floor, 'ventas')?.leftOtherwise],
    [0, 1],
  );
  const cdr = await over(floor, caller);
  assert.deepEqual([cdr?.outcome, cdr?.queueId, cdr?.agentId], ['answered', 'soporte', '1003']);
  assert.equal(cdr?.waitMs, 40_000);
});

test('R16 whom they wait for they wait for in the other queue, too, as long as that queue says', async () => {
  const wanted = agentId('1001');
  const floor = new TestFloor(undefined, {
    memory: { recentCalls: async () => [{ agentId: wanted, at: 0, outcome: 'answered' }] },
  });
  const { queues, agents } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    queues: queues.map((queue) => ({ ...queue, requiredSkills: {}, preferredWaitMs: 60_000 })),
    agents: agents.map((agent) => ({ ...agent, skills: {}, queueIds: queues.map(({ id }) => id) })),
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.ready('1001', '1002');
  floor.center.submit({ type: 'agent.notReady', agentId: wanted, reason: 'pausa' });
  const { callId: id } = await floor.queuedCall('c1', '+525555550001');
  assert.equal(floor.engine.call(id)?.awaitedId, '1001');
  floor.clock.advance(50_000);
  assert.equal(floor.center.talk.transfer(id, { queue: 'soporte' }), undefined);
  await settled();
  assert.equal(floor.stateOf('1002'), 'ready', 'somebody else is free, and not asked');
  floor.clock.advance(59_999);
  await settled();
  assert.equal(floor.engine.call(id)?.awaitedId, '1001');
  floor.clock.advance(1);
  await settled();
  assert.equal(floor.stateOf('1002'), 'offered', 'for a limited time');
  assert.equal(floor.center.talk.transfer(id, { queue: 'ventas' }), undefined);
  await settled();
  assert.equal(floor.engine.call(id)?.awaitedId, undefined, 'they are not waited for any more');
});

test('Under a ringing phone: it stops at once, its agent is ready, and a late answer is hung up', async () => {
  const { floor, caller, talk, id } = await waiting('1001');
  const [ring] = floor.telephony.rings;
  assert.ok(ring && floor.stateOf('1001') === 'offered');
  assert.equal(talk.transfer(id, { queue: 'soporte' }), undefined);
  assert.deepEqual(floor.telephony.cancelled, [ring.offerId]);
  assert.equal(floor.stateOf('1001'), 'ready');
  assert.equal(caller.music, 'default', 'in the same turn');
  const late = new FakeAgentLeg(ring);
  floor.center.agentAnswered(ring.offerId, late);
  await settled();
  assert.ok(late.hungUp);
  assert.deepEqual([floor.stageOf(id), floor.engine.position(id)], ['queued', 1]);
  const withdrawn = floor.events.find(({ type }) => type === 'offer.withdrawn');
  assert.equal(withdrawn?.data.why, 'byHouse', 'the caller has not left');
  floor.clock.advance(10_000);
  assert.equal((await over(floor, caller))?.outcome, 'abandoned', 'in the queue that they came to');
});

test('Whoever is moved after a wait and hangs up at once has abandoned the call, and not dialled wrongly', async () => {
  const { floor, caller, talk, id } = await waiting();
  floor.clock.advance(60_000);
  assert.equal(talk.transfer(id, { queue: 'soporte' }), undefined);
  await settled();
  floor.clock.advance(1_000);
  assert.equal((await over(floor, caller))?.outcome, 'abandoned');
  assert.equal(factsIn(floor, id, 'soporte')?.abandoned, 1);
});

test('The place is that of who has waited as long; what the first queue asked for is not asked there', async () => {
  const { floor, caller, talk, id } = await waiting();
  floor.clock.advance(10_000);
  const other = await floor.call('c2', '+525555550002');
  await floor.playOut(other);
  floor.center.digit(other.callId, '2');
  await settled();
  await floor.playOut(other);
  assert.equal(floor.engine.call(other.callId)?.queueId, 'soporte');
  assert.equal(talk.transfer(id, { queue: 'soporte' }), undefined);
  assert.deepEqual([floor.engine.position(id), floor.engine.position(other.callId)], [1, 2]);
  assert.equal(talk.transfer(other.callId, { queue: 'ventas' }), undefined);
  floor.ready('1001');
  assert.equal(floor.stateOf('1001'), 'offered', 'who has no skill for support');
  assert.equal(floor.engine.call(other.callId)?.agentId, '1001');
  assert.equal(talk.transfer(id, { queue: 'soporte' })?.code, 'DESTINATION_SELF');
  assert.equal(talk.transfer(id, { queue: 'nowhere' })?.code, 'DESTINATION_UNKNOWN');
  floor.center.callerGone(other.callId, 'hungup');
  await settled();
  floor.cdrs.length = 0;
  await over(floor, caller);
});

test('A queue without room refuses beforehand: the place is kept', async () => {
  const { floor, talk, id } = await waiting();
  const { queues } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    queues: queues.map((queue) => (queue.id === 'soporte' ? { ...queue, lengthMax: 1 } : queue)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  const other = await floor.queuedCall('c2', '+525555550002');
  assert.equal(talk.transfer(other.callId, { queue: 'soporte' }), undefined);
  const steps = floor.events.length;
  assert.equal(talk.transfer(id, { queue: 'soporte' })?.code, 'QUEUE_FULL');
  assert.equal(floor.events.length, steps);
  assert.deepEqual([floor.stageOf(id), floor.engine.position(id)], ['queued', 1]);
});

test('To an agent: their phone rings while the caller hears music, and they have the conversation', async () => {
  const { floor, caller, talk, id } = await waiting();
  floor.center.submit({ type: 'agent.reachable', agentId: agent('1002'), reachable: true });
  floor.center.submit({ type: 'agent.signIn', agentId: agent('1002') });
  floor.clock.advance(30_000);
  assert.equal(talk.transfer(id, { agent: '1002' }), undefined);
  await settled();
  assert.deepEqual([floor.stageOf(id), floor.stateOf('1002')], ['talking', 'offered']);
  assert.equal(caller.music, 'default');
  assert.equal(floor.telephony.rings.at(-1)?.headers['X-Centralita-Transferred-By'], 'operator');
  const leg = await answers(floor);
  hears(floor, caller, leg);
  floor.clock.advance(20_000);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  assert.ok(caller.hungUp);
  const [cdr] = floor.cdrs;
  assert.deepEqual(
    [cdr?.outcome, cdr?.agentId, cdr?.talkMs, cdr?.waitMs],
    ['answered', '1002', 20_000, 30_000],
  );
  assert.equal(factsIn(floor, id, 'ventas')?.leftOtherwise, 1);
  assert.deepEqual(floor.broken, []);
});

test('Nobody who cannot be rung costs a caller their place', async () => {
  const { floor, talk, id: first } = await waiting('1001');
  const { callId: id } = await floor.queuedCall('c2', '+525555550002');
  assert.equal(floor.engine.call(first)?.agentId, '1001');
  const steps = floor.events.length;
  assert.equal(talk.transfer(id, { agent: '1001' })?.code, 'AGENT_STATE');
  assert.equal(
    talk.transfer(first, { agent: '1001' })?.code,
    'AGENT_STATE',
    'theirs rings already',
  );
  assert.equal(talk.transfer(id, { number: '+14155550100' })?.code, 'DESTINATION_FORBIDDEN');
  assert.deepEqual([floor.stageOf(id), floor.engine.position(id)], ['queued', 1]);
  assert.equal(floor.events.length, steps);
});

for (const how of ['declines', 'hangs up while they are told who it is']) {
  test(`An agent who ${how}: the caller is back in the line, with music`, async () => {
    const { floor, caller, talk, id } = await waiting();
    floor.registered.add('1003');
    const { agents } = floor.configuration;
    const whisper = { arrival: { whisper: true } };
    floor.configuration = {
      ...floor.configuration,
      agents: agents.map((one) => (one.id === '1003' ? { ...one, ...whisper } : one)),
    };
    assert.deepEqual(await floor.center.reload(), []);
    floor.clock.advance(5_000);
    const later = await floor.queuedCall('c2', '+525555550002');
    floor.center.submit({ type: 'agent.signIn', agentId: agent('1003') });
    assert.equal(talk.transfer(id, { agent: '1003' }), undefined);
    await settled();
    const request = floor.telephony.rings.at(-1);
    assert.ok(request);
    if (how === 'declines') floor.center.agentFailed(request.offerId, 'rejected');
    else {
      const leg = new FakeAgentLeg(request);
      leg.play = () => new Promise(() => {});
      floor.center.agentAnswered(request.offerId, leg);
      await settled();
      assert.equal(floor.stateOf('1003'), 'talking');
      floor.center.agentGone(request.offerId);
    }
    await settled();
    assert.deepEqual([floor.stageOf(id), floor.engine.position(id)], ['queued', 1]);
    assert.equal(caller.music, 'default');
    floor.center.callerGone(later.callId, 'hungup');
    await settled();
    floor.cdrs.length = 0;
    await over(floor, caller);
  });
}

test('A caller who hangs up while the agent is rung: the phone stops, and they gave up', async () => {
  const { floor, caller, talk, id } = await waiting();
  floor.center.submit({ type: 'agent.reachable', agentId: agent('1003'), reachable: true });
  floor.center.submit({ type: 'agent.signIn', agentId: agent('1003') });
  talk.transfer(id, { agent: '1003' });
  await settled();
  const offer = lastOffer(floor);
  assert.equal((await over(floor, caller))?.outcome, 'abandoned');
  assert.ok(floor.telephony.cancelled.includes(offer));
  assert.equal(floor.stateOf('1003'), 'notReady');
});

test('Outside: whoever is dialled has the caller', async () => {
  const { floor, caller, talk, id } = await waiting();
  assert.equal(talk.transfer(id, { number: '+525555559999' }), undefined);
  await settled();
  assert.equal(caller.music, 'default');
  const [dialling] = floor.telephony.dials;
  assert.ok(dialling);
  dialling.events.failed('busy');
  await settled();
  assert.deepEqual([floor.stageOf(id), floor.engine.position(id)], ['queued', 1]);
  await over(floor, caller);
});

test('To a flow, or a node of it: it speaks; whoever hangs up there has not abandoned a queue', async () => {
  const { floor, caller, talk, id } = await waiting('1001');
  const flow = floor.configuration.numbers[0]?.flowId as FlowId;
  assert.equal(talk.transfer(id, { flow, node: 'nowhere' })?.code, 'DESTINATION_UNKNOWN');
  const before = caller.played.length;
  assert.equal(talk.transfer(id, { flow }), undefined);
  await settled();
  assert.deepEqual([floor.stageOf(id), floor.stateOf('1001')], ['flow', 'ready']);
  assert.ok(caller.played.length > before, 'it is spoken to');
  assert.equal((await over(floor, caller))?.outcome, 'leftInFlow');
  assert.equal(factsIn(floor, id, 'ventas')?.leftOtherwise, 1);
});

test('Before the caller is answered they can be sent to a queue, and nobody is rung for who hears nothing', async () => {
  const floor = await TestFloor.open();
  floor.registered.add('1001');
  floor.ready('1001');
  const call = inbound('c1');
  const { flows } = floor.configuration;
  const [number] = floor.configuration.numbers;
  const document = { name: 'x', languages: ['es-MX'], start: 'cola', nodes: QUEUE_ONLY };
  floor.configuration = {
    ...floor.configuration,
    flows: flows.map((flow) => (flow.id === number?.flowId ? { ...flow, document } : flow)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.center.arrived(call);
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answering(leg);
  await settled();
  assert.equal(floor.stageOf(call.callId), 'offered');
  const { talk } = floor.center;
  assert.equal(talk.transfer(call.callId, { agent: '1003' })?.code, 'CALL_STATE');
  assert.equal(talk.transfer(call.callId, { queue: 'soporte' }), undefined);
  floor.center.answered(leg);
  await settled();
  assert.deepEqual([floor.stageOf(call.callId), leg.music], ['queued', 'default']);
  await over(floor, leg);
});

test('Answered in the same moment it is a conversation, not joined yet; gone in the same moment there is no call', async () => {
  const { floor, caller, talk, id } = await waiting('1001');
  const made = floor.telephony.bridgesLate();
  const agentLeg = await answers(floor);
  assert.equal(talk.transfer(id, { queue: 'soporte' })?.code, 'CALL_STATE');
  assert.equal(talk.prioritise(id, 9)?.code, 'CALL_STATE');
  made();
  await settled();
  hears(floor, caller, agentLeg);
  await over(floor, caller);
  assert.equal(talk.transfer(id, { queue: 'soporte' })?.code, 'CALL_UNKNOWN');
  assert.equal(talk.prioritise(id, 9)?.code, 'CALL_UNKNOWN');
});

test('Nobody can be consulted for a caller who waits, and nobody sends a caller round for ever', async () => {
  const { talk, id } = await waiting();
  assert.equal(talk.consult(id, { agent: '1003' })?.code, 'CALL_STATE');
  for (let n = 0; n < 12; n++) {
    const queue = n % 2 === 0 ? 'soporte' : 'ventas';
    assert.equal(talk.transfer(id, { queue }), undefined, `${n}`);
  }
  assert.equal(talk.transfer(id, { queue: 'soporte' })?.code, 'TRANSFERS_MAX');
});

test('Another priority: the place, the view, the history and the next queue have it', async () => {
  const { floor, caller, talk, id } = await waiting();
  const first = await floor.queuedCall('c2', '+525555550002');
  assert.equal(talk.prioritise(first.callId, 10), undefined);
  const view = floor.center.call(first.callId);
  assert.deepEqual([view?.priority, view?.position], [10, 1]);
  const step = floor.events.findLast(({ type }) => type === 'call.prioritised');
  assert.deepEqual(step?.data, { queueId: 'ventas', priority: 10, position: 1 });
  assert.equal(talk.transfer(first.callId, { queue: 'soporte' }), undefined);
  assert.equal(floor.engine.call(first.callId)?.priority, 10);
  assert.equal(talk.prioritise(id, 11)?.code, 'PRIORITY_RANGE');
  floor.center.callerGone(first.callId, 'hungup');
  await settled();
  floor.cdrs.length = 0;
  await over(floor, caller);
});

const QUEUE_ONLY = { cola: { type: 'queue', queue: 'ventas' } };
const agent = (id: string) => id as FakeAgentLeg['agentId'];
