import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { offerId } from '../../../src/model/ids.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

/** The agent's phone that rings last picks up. */
function pickUp(floor: TestFloor): FakeAgentLeg {
  const request = floor.telephony.rings.at(-1);
  assert.ok(request, 'a phone rings');
  const leg = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, leg);
  return leg;
}

test('A caller who presses 1 is recognised, waits with music, and speaks with the agent', async () => {
  const floor = await TestFloor.open();
  const caller = await floor.queuedCall('c1', '+525555550001');
  assert.equal(caller.music, 'default');
  assert.equal(floor.stageOf(caller.callId), 'queued');

  floor.ready('1001');
  const ring = floor.telephony.rings[0];
  assert.equal(ring?.extension, '1001');
  assert.match(ring?.displayName ?? '', /VIP.*Ana/i);
  const agent = pickUp(floor);
  assert.deepEqual(floor.telephony.bridges, [[caller, agent]]);
  assert.equal(floor.stateOf('1001'), 'talking');

  floor.clock.advance(30_000);
  floor.center.callerGone(caller.callId, 'hungup');
  const [cdr] = floor.cdrs;
  assert.equal(cdr?.outcome, 'answered');
  assert.equal(cdr?.endedBy, 'caller');
  assert.equal(cdr?.talkMs, 30_000);
  assert.equal(cdr?.status, 'vip');
  assert.equal(cdr?.intent, 'ventas');
  assert.deepEqual(floor.telephony.cancelled, [ring?.offerId], 'the agent is hung up on');
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  floor.clock.advance(10_000);
  assert.equal(floor.stateOf('1001'), 'ready');
  assert.deepEqual(floor.broken, []);
});

test('The history of a call is numbered without a gap and tells every step', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  pickUp(floor);
  floor.center.callerGone(caller.callId, 'hungup');
  const seqs = floor.events.map((event) => event.seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
  );
  const types = floor.typesOf(caller.callId);
  for (const step of [
    'call.arrived',
    'call.answered',
    'call.queued',
    'offer.made',
    'call.connected',
    'agent.answered',
    'call.finished',
  ]) {
    assert.ok(types.includes(step), `${step} is in the history`);
  }
  assert.equal(types.at(-1), 'call.finished');
});

test('An answer that crosses the caller hanging up is hung up, and nobody is bridged', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  floor.clock.advance(6_000);
  floor.center.callerGone(caller.callId, 'hungup');
  const agent = pickUp(floor);
  assert.ok(agent.hungUp);
  assert.deepEqual(floor.telephony.bridges, []);
  assert.equal(floor.cdrs[0]?.outcome, 'abandoned');
  assert.equal(floor.stateOf('1001'), 'ready');
});

test('Leaving the queue within the limit is a short abandon, leaving the menu is neither', async () => {
  const floor = await TestFloor.open();
  const short = await floor.queuedCall('c1');
  floor.clock.advance(4_000);
  floor.center.callerGone(short.callId, 'hungup');
  const early = await floor.call('c2');
  floor.center.callerGone(early.callId, 'hungup');
  floor.center.arrived(inbound('c3'));
  floor.center.callerGone(inbound('c3').callId, 'cancelled');
  assert.deepEqual(
    floor.cdrs.map((cdr) => cdr.outcome),
    ['shortAbandon', 'leftInFlow', 'leftInFlow'],
  );
});

test('A phone that rejects gives the caller to the next agent', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001', '1002');
  const caller = await floor.queuedCall('c1');
  const first = floor.telephony.rings[0];
  assert.ok(first);
  floor.center.agentFailed(first.offerId, 'rejected');
  const second = floor.telephony.rings[1];
  assert.notEqual(second?.agentId, first.agentId);
  pickUp(floor);
  assert.equal(floor.stageOf(caller.callId), 'talking');
});

test('An agent who does not answer stops ringing in time and is not ready', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  await floor.queuedCall('c1');
  const ring = floor.telephony.rings[0];
  floor.clock.advance(20_000);
  assert.deepEqual(floor.telephony.cancelled, [ring?.offerId]);
  const state = floor.engine.agents()[0]?.state;
  assert.equal(state?.kind === 'notReady' && state.reason, 'rna');
});

test('When the agent hangs up the caller is hung up too', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  pickUp(floor);
  await settled();
  floor.center.agentGone(floor.telephony.rings[0]?.offerId ?? offerId('none'));
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
  assert.equal(floor.cdrs[0]?.endedBy, 'agent');
});

test('A media server that dies fails the call, waiting or not', async () => {
  const floor = await TestFloor.open();
  const waiting = await floor.queuedCall('c1');
  floor.center.callerGone(waiting.callId, 'media');
  assert.equal(floor.cdrs[0]?.outcome, 'failed');
  assert.equal(floor.engine.calls().length, 0);
});

test('A number that is not ours, and a feature code without proof, are not found', async () => {
  const floor = await TestFloor.open();
  assert.deepEqual(floor.center.arrived(inbound('c1', undefined, '999')), {
    accept: false,
    status: 404,
  });
  assert.deepEqual(floor.center.arrived(inbound('c2', undefined, '*71')), {
    accept: false,
    status: 404,
  });
  assert.equal(floor.center.callCount, 0);
});

test('A number may be written with a plus', async () => {
  const floor = await TestFloor.open();
  assert.ok(floor.center.arrived(inbound('c1', undefined, '+8005550100')).accept);
});

test('Feature codes sign in and make ready, are confirmed, and end by themselves', async () => {
  const floor = await TestFloor.open();
  floor.configuration = {
    ...floor.configuration,
    notReadyReasons: [{ id: 'comida', label: { en: 'Lunch' }, code: '01' }],
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.center.phone('1001', true);
  for (const [code, said, state] of [
    ['*71', 'signedIn', 'notReady'],
    ['*73', 'ready', 'ready'],
    ['*74', 'notReady', 'notReady'],
    ['*7401', 'notReady', 'notReady'],
    ['*7499', 'unknownCode', 'notReady'],
    ['*76', 'refused', 'notReady'],
    ['*72', 'signedOut', 'offline'],
    ['*73', 'refused', 'offline'],
  ] as const) {
    const call = { ...inbound(`f${code}${said}`, undefined, code), fromExtension: '1001' };
    assert.ok(floor.center.arrived(call).accept);
    const leg = new FakeCallerLeg(call.callId);
    floor.center.answered(leg);
    await settled();
    assert.deepEqual(leg.played, [said]);
    assert.equal(floor.stateOf('1001'), state);
    await floor.playOut(leg);
    assert.ok(leg.hungUp, `${code} ends`);
  }
  const reasons = floor.agentStates.map(({ reason }) => reason).filter(Boolean);
  assert.deepEqual(reasons, ['signedIn', 'phone', 'comida']);
});

test('Somebody who waits hears their position, and not while a phone rings', async () => {
  const floor = await TestFloor.open();
  const first = await floor.queuedCall('c1');
  const second = await floor.queuedCall('c2');
  floor.clock.advance(10_000);
  await settled();
  assert.equal(first.played.at(-1), 'position 1');
  assert.equal(second.played.at(-1), 'position 2');
  floor.ready('1001');
  const heard = first.played.length;
  floor.clock.advance(19_000);
  await settled();
  assert.equal(first.played.length, heard);
});

test('A configuration that cannot work changes nothing and says why', async () => {
  const floor = await TestFloor.open();
  const [number] = floor.configuration.numbers;
  assert.ok(number);
  const wrong = { ...number, flowId: 'nowhere' as typeof number.flowId };
  floor.configuration = { ...floor.configuration, numbers: [wrong] };
  const problems = await floor.center.reload();
  assert.match(problems.join('\n'), /8005550100.*nowhere/);
  assert.ok(floor.center.arrived(inbound('c1')).accept, 'the old configuration still serves');
});

test('A reload has the flows spoken beforehand, and knows the phones that are registered already', async () => {
  const floor = await TestFloor.open();
  assert.ok(floor.prepared.some(({ text }) => /Bienvenido/.test(text)));
  floor.registered.add('1002');
  await floor.center.reload();
  const reachable = floor.engine.agents().filter((agent) => agent.reachable);
  assert.deepEqual(
    reachable.map((agent) => agent.id),
    ['1002'],
  );
});

test('A phone that is there, or gone, is told at once to whoever looks on: of its agent, and in the queues’ figures', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const seen: (boolean | number)[] = [];
  floor.center.subscribe((change) => {
    if ('agent' in change && change.agent.id === '1001') seen.push(change.agent.reachable);
    if ('queue' in change && change.queue.id === 'ventas') seen.push(change.queue.agentsReady);
  });
  for (const isThere of [false, true]) {
    if (isThere) floor.registered.add('1001');
    else floor.registered.delete('1001');
    floor.center.phone('1001', isThere);
    await settled();
  }
  assert.deepEqual(seen, [false, 0, true, 1]);
});

test('Live changes are numbered without a gap and follow the snapshot', async () => {
  const floor = await TestFloor.open();
  const { seq } = floor.center.snapshot();
  const seqs: number[] = [];
  const stop = floor.center.subscribe((change) => seqs.push(change.seq));
  floor.ready('1001');
  await floor.queuedCall('c1');
  stop();
  assert.ok(seqs.length > 5);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => seq + 1 + index),
  );
  floor.ready('1002');
  assert.equal(seqs.at(-1), seq + seqs.length, 'nothing comes after the end of the subscription');
});

test('Calls of a process that died get their records; agents stay as they were', async () => {
  const before = await TestFloor.open();
  before.ready('1001');
  const talking = await before.queuedCall('c1', '+525555550002');
  pickUp(before);
  await before.queuedCall('c2');
  const notes = before.kept;
  assert.equal(notes.size, 2);

  const after = await TestFloor.open(Engine.restore(before.engine.serialize()));
  after.center.recover(notes, before.clock.now());
  assert.deepEqual(
    after.cdrs.map((cdr) => [cdr.callId, cdr.outcome]),
    [
      [talking.callId, 'lost'],
      ['c2', 'lost'],
    ],
  );
  assert.equal(after.cdrs[0]?.agentId, '1001');
  assert.equal(after.engine.calls().length, 0);
  assert.equal(after.stateOf('1001'), 'wrapUp');
});

test('An operator can end a call at any stage', async () => {
  const floor = await TestFloor.open();
  const caller = await floor.queuedCall('c1');
  assert.ok(floor.center.hangup(caller.callId));
  assert.ok(caller.hungUp);
  assert.ok(!floor.center.hangup(caller.callId));
  assert.equal(floor.center.callCount, 0);
  assert.equal(floor.engine.calls().length, 0);
  assert.deepEqual(
    floor.cdrs.map(({ outcome, endedBy }) => [outcome, endedBy]),
    [['hungUp', 'operator']],
  );
});
