import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import type { Leg, Referral } from '../../../src/runtime/ports/phones.ts';
import {
  FakeAgentLeg,
  FakeCallerLeg,
  type FakeDialling,
  inbound,
} from '../../support/fake-telephony.ts';
import { settled, type TestFloor } from '../../support/floor.ts';
import { answers, hears, lastOffer, over, talking } from '../../support/talking.ts';

/** Whoever has the caller holds by phone, and is back. */
async function holdsWithMusic(floor: TestFloor, caller: FakeCallerLeg, holder: Leg): Promise<void> {
  caller.music = undefined;
  floor.center.held(holder, true);
  await settled();
  hears(floor);
  assert.equal(caller.music, 'default');
  floor.center.held(holder, false);
  await settled();
  hears(floor, caller, holder);
}

const sharesOf = (floor: TestFloor) =>
  floor.cdrs[0]?.agents?.map(({ agentId, talkMs, holdMs }) => [agentId, talkMs, holdMs]);

test('On hold the caller hears music; each second of it is counted', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  floor.clock.advance(5_000);
  assert.equal(talk.hold(id), undefined);
  await settled();
  hears(floor);
  assert.equal(caller.music, 'default');
  floor.clock.advance(3_000);
  talk.retrieve(id);
  await settled();
  hears(floor, caller, agent);
  await over(floor, caller);
  assert.deepEqual(sharesOf(floor), [['1001', 8_000, 3_000]]);
});

test('The phone and the API hold: the caller is back when both have let go', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  floor.center.held(agent, true);
  talk.hold(id);
  floor.center.held(agent, false);
  await settled();
  hears(floor);
  talk.retrieve(id);
  await settled();
  hears(floor, caller, agent);
  await over(floor, caller);
});

test('Blind transfer: the colleague has the caller, the agent has after-call work, each their time', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  floor.clock.advance(10_000);
  assert.equal(talk.transfer(id, { agent: '1002' }), undefined);
  await settled();
  assert.equal(caller.music, 'default');
  assert.equal(floor.stateOf('1002'), 'offered');
  assert.equal(floor.telephony.rings.at(-1)?.headers['X-Centralita-Transferred-By'], '1001');
  floor.clock.advance(4_000);
  const other = await answers(floor);
  hears(floor, caller, other);
  assert.ok(agent.hungUp);
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['wrapUp', 'talking']);
  floor.clock.advance(20_000);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  assert.ok(caller.hungUp);
  assert.deepEqual(sharesOf(floor), [
    ['1001', 14_000, 4_000],
    ['1002', 20_000, 0],
  ]);
  assert.deepEqual([floor.cdrs[0]?.talkMs, floor.cdrs[0]?.agentId], [34_000, '1002']);
  floor.clock.advance(10_000);
  assert.equal(floor.stateOf('1002'), 'notReady', 'back to the break');
  assert.deepEqual(floor.broken, []);
});

test('A colleague who declines: the agent has the caller again, and nothing is held against anybody', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  talk.transfer(id, { agent: '1002' });
  await settled();
  floor.center.agentFailed(lastOffer(floor), 'rejected');
  await settled();
  hears(floor, caller, agent);
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['talking', 'notReady']);
  await over(floor, caller);
});

test('The agent has gone, and the colleague does not answer: the caller waits where they stood', async () => {
  const { floor, caller, talk, id } = await talking();
  const first = floor.telephony.rings[0]?.offerId;
  assert.ok(first);
  talk.transfer(id, { agent: '1002' });
  await settled();
  floor.center.agentGone(first);
  await settled();
  assert.equal(caller.music, 'default');
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  floor.clock.advance(25_000);
  await settled();
  // By then the after-call work is over, and the call is the agent's again, or the queue's.
  assert.equal(floor.stateOf('1001'), 'offered');
  const back = await answers(floor);
  hears(floor, caller, back);
  await over(floor, caller);
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
});

test('Consultation, conference, and leaving it', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  talk.consult(id, { agent: '1002' });
  await settled();
  assert.equal(agent.music?.startsWith('tone_stream'), true, 'the agent hears it ring');
  const other = await answers(floor);
  hears(floor, agent, other);
  assert.equal(caller.music, 'default');
  assert.equal(talk.conference(id), undefined);
  await settled();
  hears(floor, agent, other, caller);
  assert.equal(talk.leave(id), undefined);
  await settled();
  hears(floor, caller, other);
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  await over(floor, caller);
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['wrapUp', 'wrapUp']);
});

test('The caller leaves a conference: the two agents go on until one hangs up', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  talk.conference(id, { agent: '1002' });
  await settled();
  hears(floor, caller, agent);
  const other = await answers(floor);
  hears(floor, caller, agent, other);
  floor.center.callerGone(id, 'hungup');
  await settled();
  hears(floor, agent, other);
  assert.equal(floor.cdrs.length, 0);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
  assert.deepEqual(floor.engine.calls(), []);
});

test('A consultation that is cancelled, or whose phone dies, gives the caller back', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  talk.consult(id, { agent: '1002' });
  await settled();
  await answers(floor);
  talk.cancel(id);
  await settled();
  hears(floor, caller, agent);
  floor.clock.advance(10_000);
  talk.consult(id, { agent: '1002' });
  await settled();
  await answers(floor);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  hears(floor, caller, agent);
  await over(floor, caller);
});

test('To somebody outside: allowed or refused; they press 1, have the caller, and it ends with them', async () => {
  const { floor, caller, talk, id } = await talking();
  assert.equal(talk.transfer(id, { number: '+34600000000' })?.code, 'DESTINATION_FORBIDDEN');
  assert.equal(talk.transfer(id, { sip: 'sip:x@evil.example' })?.code, 'DESTINATION_FORBIDDEN');
  assert.equal(talk.transfer(id, { number: '+525512345678' }), undefined);
  await settled();
  const dialled = floor.telephony.dials.at(-1);
  const outside = dialled?.answer();
  await settled();
  assert.ok(outside);
  assert.equal(dialled?.request.calledNumber, '8005550100', 'a trunk may show it as its own');
  assert.match(outside.played.join(' '), /transfer .*press 1/, 'who sends them, and which key');
  assert.equal(caller.music, 'default');
  hears(floor);
  dialled?.events.digit('1');
  await settled();
  hears(floor, caller, outside);
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  await holdsWithMusic(floor, caller, outside);
  dialled?.events.gone();
  await settled();
  assert.ok(caller.hungUp);
  assert.deepEqual(floor.cdrs[0]?.transferredTo, '+525512345678');
});

for (const [what, act, cause] of [
  ['says nothing', ({ floor }) => floor.clock.advance(20_000), 'noAnswer'],
  ['hangs up without a key', ({ dialled }) => dialled.events.gone(), 'noAnswer'],
  ['presses 2', ({ dialled }) => dialled.events.digit('2'), 'rejected'],
] as readonly [string, (scene: { floor: TestFloor; dialled: FakeDialling }) => void, string][]) {
  test(`A voicemail has no customer: whoever picks up outside and ${what} gets nobody`, async () => {
    const { floor, caller, agent, talk, id } = await talking();
    const told: number[] = [];
    const refers = { ...referral('+525512345678'), notify: (code: number) => void told.push(code) };
    assert.equal(floor.center.referred(agent, refers), 202);
    await settled();
    const dialled = floor.telephony.dials.at(-1);
    assert.ok(dialled);
    const machine = dialled.answer();
    await settled();
    act({ floor, dialled });
    await settled();
    assert.ok(dialled.hungUp || what.startsWith('hangs'));
    assert.deepEqual(told, [cause === 'rejected' ? 603 : 480]);
    hears(floor, caller, agent);
    const failed = floor.events.find(({ type }) => type === 'transfer.failed');
    assert.equal(failed?.data.cause, cause);
    // What comes too late says nothing.
    dialled.events.digit('1');
    await settled();
    assert.ok(!floor.telephony.hearing.includes(machine));
    assert.equal(talk.hold(id), undefined, 'the agent has the caller, as before');
    await over(floor, caller);
  });
}

test('The agent hears what has picked up: who consults outside is not asked, and a switchboard never is', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  assert.equal(talk.consult(id, { number: '+525512345678' }), undefined);
  await settled();
  const expert = floor.telephony.dials.at(-1)?.answer();
  await settled();
  assert.ok(expert);
  hears(floor, agent, expert);
  talk.cancel(id);
  await settled();
  const dialling = {
    destinations: [
      { to: '+52', allow: true },
      { to: '+5255123', allow: true, accept: false },
    ],
    ...{ callsMax: 5, callsPerHourMax: 100, blocked: false },
  };
  floor.configuration = { ...floor.configuration, dialling };
  assert.deepEqual(await floor.center.reload(), []);
  assert.equal(talk.transfer(id, { number: '+525512345678' }), undefined);
  await settled();
  const switchboard = floor.telephony.dials.at(-1)?.answer();
  await settled();
  assert.ok(switchboard);
  assert.deepEqual(switchboard.played, []);
  hears(floor, caller, switchboard);
  await over(floor, caller);
});

test('A consultation outside that becomes a transfer before anybody answers is asked for the key', async () => {
  const { floor, caller, talk, id } = await talking();
  talk.consult(id, { number: '+525512345678' });
  await settled();
  assert.equal(talk.complete(id), undefined);
  const machine = floor.telephony.dials.at(-1)?.answer();
  await settled();
  assert.ok(machine && machine.played.length > 0);
  hears(floor);
  await over(floor, caller);
  assert.ok(floor.telephony.dials.at(-1)?.hungUp);
});

/** Nobody signs them in: they are called where they are. */
async function withExpert(arrival: object = {}) {
  const scene = await talking();
  const { floor, talk, id } = scene;
  const device = { kind: 'number', number: '+525555550142' } as const;
  const { agents } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    agents: agents.map((one) => (one.id === '1003' ? { ...one, device, arrival } : one)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  const pickUp = async (how: 'transfer' | 'consult' | 'conference') => {
    assert.equal(talk[how](id, { agent: '1003' }), undefined);
    await settled();
    const dialled = floor.telephony.dials.at(-1);
    assert.deepEqual(dialled?.request.to, { kind: 'number', number: device.number });
    const expert = dialled?.answer();
    await settled();
    assert.ok(dialled && expert);
    return { dialled, expert };
  };
  return { ...scene, pickUp };
}

test('An expert outside who is not signed in is dialled where they are, as anybody is there', async () => {
  const { floor, caller, pickUp } = await withExpert();
  const { dialled, expert } = await pickUp('transfer');
  assert.match(expert.played.join(' '), /^transfer/);
  dialled.events.digit('1');
  await settled();
  hears(floor, caller, expert);
  await over(floor, caller);
});

for (const how of ['consult', 'conference'] as const) {
  test(`An expert in a ${how} hears from whom and why before the others, and presses no key`, async () => {
    const { floor, caller, agent, talk, id, pickUp } = await withExpert();
    const { expert } = await pickUp(how);
    assert.match(expert.played.join(' '), /^consultation/);
    assert.ok(!floor.telephony.hearing.includes(expert), 'they are not joined yet');
    expert.finishPlaying();
    await settled();
    if (how === 'consult') hears(floor, agent, expert);
    else hears(floor, caller, agent, expert);
    assert.equal(talk.cancel(id), undefined);
    await settled();
    assert.ok(expert.hungUp);
    await over(floor, caller);
  });
}

test('An expert is told, and the agent lets go meanwhile: the customer waits for the key', async () => {
  const { floor, caller, talk, id, pickUp } = await withExpert();
  const { dialled, expert } = await pickUp('consult');
  assert.equal(talk.complete(id), undefined);
  expert.finishPlaying();
  await settled();
  hears(floor);
  dialled.events.digit('1');
  await settled();
  hears(floor, caller, expert);
  await over(floor, caller);
});

test('An expert who wants neither word nor key has the customer at once', async () => {
  const { floor, caller, pickUp } = await withExpert({ whisper: false, accept: false });
  const { expert } = await pickUp('transfer');
  assert.deepEqual(expert.played, []);
  hears(floor, caller, expert);
  await over(floor, caller);
});

test('To a queue: the caller waits there, with what was learnt; to a flow: it speaks', async () => {
  const { floor, caller, talk, id } = await talking();
  assert.equal(talk.transfer(id, { queue: 'nowhere' })?.code, 'DESTINATION_UNKNOWN');
  assert.equal(talk.transfer(id, { queue: 'soporte' }), undefined);
  await settled();
  assert.equal(floor.stageOf(id), 'queued');
  assert.equal(floor.engine.call(id)?.queueId, 'soporte');
  assert.equal(caller.music, 'default');
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  await over(floor, caller);
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
});

test('Who picked a call up by phone loses the battery: the caller waits where they stood', async () => {
  const { floor, caller, talk, id } = await talking();
  assert.ok(talk.park(id).ok);
  await settled();
  const call = { ...inbound('p1', undefined, '*811001'), fromExtension: '1002' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answered(leg);
  await settled();
  hears(floor, caller, leg);
  assert.equal(floor.stateOf('1002'), 'talking');
  floor.center.callerGone(call.callId, 'lost');
  await settled();
  assert.deepEqual([floor.stageOf(id), caller.hungUp], ['queued', false]);
  await over(floor, caller);
});

test('Parked: music, picked up by whoever comes; and back when nobody does', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  const parked = talk.park(id);
  assert.ok(parked.ok && parked.value === '1001');
  await settled();
  assert.ok(agent.hungUp);
  assert.equal(floor.stageOf(id), 'parked');
  assert.equal(caller.music, 'default');
  assert.equal(talk.pickUp('1001', '1002' as FakeAgentLeg['agentId']), undefined);
  await settled();
  const other = await answers(floor);
  hears(floor, caller, other);
  assert.ok(talk.park(id).ok);
  await settled();
  floor.clock.advance(120_000);
  await settled();
  assert.equal(floor.stateOf('1002'), 'offered', 'it rings at who parked it');
  await answers(floor);
  await over(floor, caller);
});

test('Parked by REFER: the phone is told, and the call waits at its own place', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  const wish = referral('*80');
  assert.equal(floor.center.referred(agent, wish), 202);
  await settled();
  assert.deepEqual(wish.told, [200]);
  assert.equal(floor.stageOf(id), 'parked');
  assert.deepEqual(
    talk.parked().map(({ slot }) => slot),
    ['1001'],
  );
  await over(floor, caller);
});

test('So many transfers and no more; nobody is connected with themselves', async () => {
  const { floor, caller, talk, id } = await talking();
  assert.equal(talk.transfer(id, { agent: '1001' })?.code, 'DESTINATION_SELF');
  for (let times = 0; times < 12; times++) {
    assert.equal(talk.consult(id, { agent: '1002' }), undefined, `consultation ${times}`);
    talk.cancel(id);
    await settled();
  }
  assert.equal(talk.transfer(id, { agent: '1002' })?.code, 'TRANSFERS_MAX');
  await over(floor, caller);
});

const referral = (user: string, more: Partial<Referral> = {}) => {
  const told: number[] = [];
  return { told, user, host: 'localhost', notify: (code: number) => told.push(code), ...more };
};

test('REFER: 202 and what came of it; nowhere, oneself, forbidden and the call of another are refused', async () => {
  const { floor, caller, agent } = await talking();
  const refer = (wish: Referral) => floor.center.referred(agent, wish);
  assert.equal(refer(referral('1001')), 603, '482 would end the dialog (RFC 5057)');
  assert.equal(refer(referral('nobody')), 603);
  assert.equal(refer(referral('+34600000000')), 403);
  assert.equal(refer(referral('1002', { host: 'evil.example' })), 403);
  const replaces = { sipCallId: 'another', localTag: 'l', remoteTag: 'r' };
  assert.equal(refer(referral('1002', { replaces })), 403);
  assert.equal(floor.center.referred(caller, referral('1002')), 603, 'callers transfer nothing');
  const wish = referral('1002');
  assert.equal(refer(wish), 202);
  await settled();
  const other = await answers(floor);
  assert.deepEqual(wish.told, [200]);
  hears(floor, caller, other);
  await over(floor, caller);
});

test('Attended: a second call of the phone, and REFER with Replaces joins the two others', async () => {
  const { floor, caller, agent } = await talking();
  floor.center.held(agent, true);
  const call = { ...inbound('side', undefined, '1002'), fromExtension: '1001' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const { FakeCallerLeg } = await import('../../support/fake-telephony.ts');
  const side = new FakeCallerLeg(call.callId);
  floor.center.answered(side);
  await settled();
  assert.equal(side.music?.startsWith('tone_stream'), true);
  const other = await answers(floor);
  hears(floor, side, other);
  assert.equal(caller.music, 'default');
  const { sipCallId, localTag, remoteTag } = side.identity;
  const wish = referral('1002', { replaces: { sipCallId, localTag, remoteTag } });
  assert.equal(floor.center.referred(agent, wish), 202);
  await settled();
  hears(floor, caller, other);
  assert.deepEqual(wish.told, [200]);
  assert.ok(side.hungUp && agent.hungUp);
  floor.center.callerGone(call.callId, 'hungup');
  await over(floor, caller);
});

test('The phone reboots in a consultation: whoever was asked has the caller', async () => {
  const { floor, caller, talk, id } = await talking();
  const first = floor.telephony.rings[0]?.offerId;
  assert.ok(first);
  talk.consult(id, { agent: '1002' });
  await settled();
  const other = await answers(floor);
  floor.center.agentGone(first);
  await settled();
  hears(floor, caller, other);
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  await over(floor, caller);
});

test('A phone that hangs up because its transfer has failed: the caller waits where they stood', async () => {
  const { floor, caller, agent } = await talking();
  const first = floor.telephony.rings[0]?.offerId;
  assert.ok(first);
  const wish = referral('1002');
  assert.equal(floor.center.referred(agent, wish), 202);
  await settled();
  const joined = floor.telephony.bridgesLate();
  floor.center.agentFailed(lastOffer(floor), 'busy');
  await settled();
  assert.deepEqual(wish.told, [], 'they are still being joined');
  joined();
  await settled();
  hears(floor, caller, agent);
  assert.deepEqual(wish.told, [486]);
  floor.center.agentGone(first);
  await settled();
  assert.ok(!caller.hungUp);
  assert.equal(floor.stageOf(caller.callId), 'queued');
  assert.equal(caller.music, 'default');
  await over(floor, caller);
});

test('To a flow: it speaks from its beginning, with what was learnt; and may lead to a queue again', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  const before = caller.played.length;
  assert.equal(talk.transfer(id, { flow: 'nowhere' })?.code, 'DESTINATION_UNKNOWN');
  const flow = floor.configuration.numbers[0]?.flowId ?? '';
  assert.equal(talk.consult(id, { flow })?.code, 'DESTINATION_UNKNOWN', 'nobody speaks there');
  assert.equal(talk.transfer(id, { flow }), undefined);
  await settled();
  assert.deepEqual([floor.stageOf(id), floor.stateOf('1001')], ['flow', 'wrapUp']);
  assert.ok(agent.hungUp && caller.played.length > before, 'it is spoken to');
  await floor.playOut(caller);
  floor.center.digit(id, '1');
  await settled();
  await floor.playOut(caller);
  assert.equal(floor.stageOf(id), 'queued');
  await over(floor, caller);
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
});

for (const keepsWait of [true, false]) {
  test(`To a queue that ${keepsWait ? 'counts' : 'does not count'} the wait so far: the place is ${keepsWait ? 'the first' : 'the last'}`, async () => {
    const { floor, talk, id } = await talking();
    const { queues } = floor.configuration;
    floor.configuration = {
      ...floor.configuration,
      queues: queues.map((queue) => (queue.id === 'soporte' ? { ...queue, keepsWait } : queue)),
    };
    assert.deepEqual(await floor.center.reload(), []);
    floor.clock.advance(30_000);
    // Nobody of support is there: whoever came later waits already.
    const other = await floor.call('c2', '+525555550001');
    await floor.playOut(other);
    floor.center.digit(other.callId, '2');
    await settled();
    await floor.playOut(other);
    assert.equal(floor.engine.call(other.callId)?.queueId, 'soporte');
    floor.clock.advance(10_000);
    assert.equal(talk.transfer(id, { queue: 'soporte' }), undefined);
    await settled();
    assert.equal(floor.engine.position(id), keepsWait ? 1 : 2);
    assert.deepEqual(floor.broken, []);
  });
}

test('To a node of a flow: it goes on there; a node that the flow has not is refused', async () => {
  const { floor, caller, talk, id } = await talking();
  const flow = floor.configuration.numbers[0]?.flowId ?? '';
  assert.equal(talk.transfer(id, { flow, node: 'nowhere' })?.code, 'DESTINATION_UNKNOWN');
  assert.equal(talk.transfer(id, { flow, node: 'cola-ventas' }), undefined);
  await settled();
  assert.equal(floor.stageOf(id), 'queued', 'nothing was asked on the way');
  await over(floor, caller);
});

test('To a queue that is full: refused beforehand, and the agent has the customer', async () => {
  const { floor, talk, id } = await talking();
  const queueId = floor.engine.call(id)?.queueId;
  assert.ok(queueId);
  await queueWith(floor, id, { lengthMax: 1 });
  const other = await floor.queuedCall('c2', '+525555550001');
  assert.equal(talk.transfer(id, { queue: queueId })?.code, 'QUEUE_FULL');
  assert.equal(floor.stageOf(id), 'talking');
  floor.center.callerGone(other.callId, 'hungup');
  assert.equal(talk.transfer(id, { queue: queueId }), undefined);
  await settled();
  assert.equal(floor.stageOf(id), 'queued');
});

test('Whoever is transferred to or asked is told in the ear from whom, and the customer hears music until then', async () => {
  const { floor, caller, talk, id } = await talking();
  floor.registered.add('1001').add('1002');
  const { agents } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    agents: agents.map((one) => (one.id === '1002' ? { ...one, arrival: { whisper: true } } : one)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  for (const [how, kind] of [
    ['consult', 'consultation'],
    ['transfer', 'transfer'],
  ] as const) {
    assert.equal(talk[how](id, { agent: '1002' }), undefined);
    await settled();
    const request = floor.telephony.rings.at(-1);
    assert.ok(request);
    const leg = new FakeAgentLeg(request);
    let told = (): void => {};
    leg.play = (files) => {
      leg.played.push(...files);
      return new Promise((resolve) => {
        told = () => resolve('played');
      });
    };
    floor.center.agentAnswered(request.offerId, leg);
    await settled();
    assert.match(leg.played.join(' '), new RegExp(`^${kind}`));
    assert.equal(caller.music, 'default');
    assert.ok(!floor.telephony.hearing.includes(leg), 'they are not joined yet');
    told();
    await settled();
    assert.ok(floor.telephony.hearing.includes(leg));
    if (how === 'consult') talk.cancel(id);
    await settled();
    floor.clock.advance(10_000);
  }
  await over(floor, caller);
});

test('The agent’s phone dies in a conversation: the caller waits where they stood, and nobody else before them', async () => {
  const { floor, caller, talk, id } = await talking();
  const later = await floor.queuedCall('c2', '+525555550002');
  floor.clock.advance(60_000);
  floor.center.agentGone(lastOffer(floor), true);
  await settled();
  assert.ok(!caller.hungUp);
  assert.equal(floor.stageOf(id), 'queued');
  assert.equal(caller.music, 'default');
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  assert.ok(floor.typesOf(id).includes('agent.lost'));
  assert.equal(talk.hold(id)?.code, 'CALL_STATE');
  floor.clock.advance(10_000);
  await settled();
  await answers(floor);
  assert.equal(floor.stageOf(id), 'talking', 'they are the first again');
  floor.center.callerGone(later.callId, 'hungup');
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.deepEqual(floor.engine.brokenInvariants(), []);
});

/** The queue of that call, with other settings. */
async function queueWith(floor: TestFloor, id: CallId, settings: Partial<QueueConfig>) {
  const queueId = floor.engine.call(id)?.queueId;
  const queues = floor.configuration.queues.map((queue) =>
    queue.id === queueId ? { ...queue, ...settings } : queue,
  );
  floor.configuration = { ...floor.configuration, queues };
  assert.deepEqual(await floor.center.reload(), []);
}

for (const [what, lose] of [
  [
    'the agent’s phone dies',
    async ({ floor }) => floor.center.agentGone(floor.telephony.rings[0]?.offerId as never, true),
  ],
  [
    'nobody picks the parked call up, and who parked it is not there any more',
    async ({ floor, talk, id }) => {
      assert.ok(talk.park(id).ok);
      await settled();
      floor.center.submit({ type: 'agent.signOut', agentId: '1001' as FakeAgentLeg['agentId'] });
      floor.clock.advance(120_000);
    },
  ],
] as readonly [string, (scene: Awaited<ReturnType<typeof talking>>) => Promise<void>][]) {
  test(`The line is full when ${what}: whoever was in the house already is not hung up on`, async () => {
    const scene = await talking();
    const { floor, caller, id } = scene;
    await queueWith(floor, id, { lengthMax: 1 });
    const waiting = await floor.queuedCall('c2', '+525555550002');
    await lose(scene);
    await settled();
    assert.ok(!caller.hungUp);
    assert.deepEqual([floor.stageOf(id), caller.music], ['queued', 'default']);
    assert.equal(floor.engine.position(id), 1, 'where they stood');
    assert.equal(floor.engine.position(waiting.callId), 2);
    assert.deepEqual([floor.broken, floor.engine.brokenInvariants()], [[], []]);
  });
}

test('The agent’s phone reboots in a conference: the two others go on; then the second’s: it is over', async () => {
  const { floor, caller, talk, id } = await talking();
  const first = floor.telephony.rings[0]?.offerId;
  assert.ok(first);
  talk.conference(id, { agent: '1002' });
  await settled();
  const other = await answers(floor);
  floor.center.agentGone(first);
  await settled();
  hears(floor, caller, other);
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['wrapUp', 'talking']);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  assert.ok(caller.hungUp);
  assert.deepEqual(floor.engine.calls(), []);
  assert.deepEqual([floor.broken, floor.cdrs.length], [[], 1]);
});

test('The second’s phone reboots in a conference: the agent has the caller', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  talk.conference(id, { agent: '1002' });
  await settled();
  const other = await answers(floor);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  assert.deepEqual(
    floor.telephony.hearing.filter((leg) => leg !== other),
    [caller, agent],
  );
  assert.equal(floor.stateOf('1001'), 'talking');
  await over(floor, caller);
});

test('Both hold in a consultation: everybody hears music or nothing, and each is back when they let go', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  talk.consult(id, { agent: '1002' });
  await settled();
  const other = await answers(floor);
  floor.center.held(agent, true);
  floor.center.held(other, true);
  await settled();
  hears(floor);
  assert.equal(caller.music, 'default');
  floor.center.held(agent, false);
  await settled();
  hears(floor);
  floor.center.held(other, false);
  await settled();
  hears(floor, agent, other);
  talk.cancel(id);
  await over(floor, caller);
});

test('In a talk the phone still speaks with the system: not ready, from the end of the call on', async () => {
  const { floor, caller } = await talking();
  const call = { ...inbound('code', undefined, '*74'), fromExtension: '1001' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const { FakeCallerLeg } = await import('../../support/fake-telephony.ts');
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answered(leg);
  await settled();
  assert.deepEqual(leg.played, ['notReady']);
  assert.equal(floor.stateOf('1001'), 'talking');
  await floor.playOut(leg);
  floor.center.callerGone(caller.callId, 'hungup');
  floor.clock.advance(10_000);
  assert.equal(floor.stateOf('1001'), 'notReady');
});

test('The queue of a parked call is gone: its caller goes where a full one would have sent them', async () => {
  const { floor, caller, talk, id } = await talking();
  const queueId = floor.engine.call(id)?.queueId;
  assert.ok(talk.park(id).ok);
  await settled();
  const before = caller.played.length;
  const { configuration } = floor;
  const { flows, queues, agents } = configuration;
  const without = <T extends object>(one: T): T =>
    JSON.parse(JSON.stringify(one).replaceAll(`"${queueId}"`, '"soporte"'));
  floor.configuration = {
    ...configuration,
    queues: queues.filter((queue) => queue.id !== queueId).map(without),
    flows: flows.map(without),
    agents: agents.map((one) => ({
      ...one,
      queueIds: one.queueIds.filter((each) => each !== queueId),
    })),
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.center.submit({ type: 'agent.signOut', agentId: '1001' as FakeAgentLeg['agentId'] });
  floor.clock.advance(120_000);
  await settled();
  assert.equal(floor.stageOf(id), 'flow');
  assert.ok(!caller.hungUp && caller.played.length > before, 'they are told');
  assert.deepEqual(floor.broken, []);
});

test('A code that cannot be obeyed now is answered in the ear of who pressed it; what is none of ours is not', async () => {
  const { floor, caller, agent, talk, id } = await talking();
  const press = async (keys: string) => {
    for (const key of keys) floor.center.keyed(agent, key);
    await settled();
  };
  for (const code of ['*2', '*3', '*4']) await press(code);
  assert.deepEqual(agent.played, ['refused', 'refused', 'refused']);
  await press('*7');
  talk.consult(id, { agent: '1002' });
  await settled();
  await press('*3');
  assert.equal(agent.played.length, 4, 'nobody has answered yet');
  await press('*2');
  assert.equal(agent.played.length, 4);
  hears(floor, caller, agent);
  await over(floor, caller);
});
