import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callId } from '../../../src/model/ids.ts';
import { FakeAgentLeg, type FakeCallerLeg } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const ANA = '+525555550001';
const say = (es: string) => [{ es, en: es }];

const NODES = {
  menu: {
    type: 'menu',
    prompts: say('menu'),
    failed: 'fin',
    choices: [
      { key: 1, next: 'cola' },
      { key: 2, next: 'fuera' },
      { key: 3, next: 'buzon' },
      { key: 4, next: 'devolucion' },
      { key: 5, next: 'tienda' },
      { key: 6, next: 'centralita' },
      { key: 7, next: 'socio' },
      { key: 8, next: 'primera' },
    ],
  },
  cola: {
    type: 'queue',
    queue: 'ventas',
    onKey: { '1': 'devolucion', '2': 'buzon' },
    keyPrompts: say('pulse uno'),
    afterCall: 'encuesta',
  },
  devolucion: { type: 'callback', queue: 'ventas', retries: 0, failed: 'cola' },
  primera: { type: 'callback', queue: 'ventas', retries: 0, failed: 'fin', next: 'segunda' },
  segunda: { type: 'callback', queue: 'ventas', retries: 0, failed: 'fin' },
  encuesta: { type: 'survey', questions: [{ name: 'trato', prompts: say('trato') }] },
  buzon: { type: 'voicemail', queue: 'ventas', review: false },
  fuera: {
    type: 'transfer',
    to: { number: '5512345678' },
    busy: 'fin',
    noAnswer: 'fin',
    failed: 'fin',
  },
  tienda: {
    type: 'transfer',
    to: { extension: '1007' },
    busy: 'fin',
    noAnswer: 'fin',
    failed: 'fin',
  },
  centralita: {
    type: 'transfer',
    to: { number: '5512345679' },
    accept: false,
    busy: 'fin',
    noAnswer: 'fin',
    failed: 'fin',
  },
  socio: {
    type: 'transfer',
    to: { number: '5512345670' },
    busy: 'fin',
    noAnswer: 'fin',
    failed: 'cola',
  },
  fin: { type: 'hangup' },
};

async function open(allowed = ['+52']) {
  const floor = new TestFloor(undefined, {
    outbound: { allowed, callsMax: 5, callsPerHourMax: 100 },
  });
  const { configuration } = floor;
  const document = { name: 'f', languages: ['es-MX', 'es-ES', 'en'], start: 'menu', nodes: NODES };
  floor.configuration = {
    ...configuration,
    flows: configuration.flows.map((flow) => ({ ...flow, document })),
    queues: configuration.queues.map((queue) => ({
      ...queue,
      callbackEnabled: allowed.length > 0,
    })),
  };
  const problems = await floor.center.reload();
  assert.deepEqual(problems, []);
  return floor;
}

async function press(floor: TestFloor, leg: FakeCallerLeg, key: string): Promise<void> {
  floor.center.digit(leg.callId, key);
  await settled();
}

/** The phone that rang last is hung up. */
async function agentHangsUp(floor: TestFloor): Promise<void> {
  const request = floor.telephony.rings.at(-1);
  if (request) floor.center.agentGone(request.offerId);
  await settled();
}

async function answer(floor: TestFloor): Promise<FakeAgentLeg> {
  const request = floor.telephony.rings.at(-1);
  assert.ok(request);
  const leg = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, leg);
  await settled();
  return leg;
}

const noMistakes = (floor: TestFloor) => {
  assert.deepEqual(floor.broken, []);
  assert.deepEqual(floor.center.snapshot().calls, []);
};

test('after the agent has hung up the caller is asked, and the answer joins the one record', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  floor.ready('1001');
  await settled();
  await answer(floor);
  floor.clock.advance(30_000);
  await agentHangsUp(floor);
  assert.ok(!caller.hungUp);
  assert.equal(floor.stateOf('1001'), 'wrapUp', 'the agent is not concerned');
  assert.equal(floor.cdrs.length, 0);
  assert.equal(caller.played.at(-1), 'trato');
  await press(floor, caller, '4');
  await floor.playOut(caller);
  assert.ok(caller.hungUp);
  const [cdr, ...more] = floor.cdrs;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [cdr?.outcome, cdr?.endedBy, cdr?.agentId, cdr?.talkMs, cdr?.survey],
    ['answered', 'agent', '1001', 30_000, { trato: 4 }],
  );
  noMistakes(floor);
});

test('who hangs up in the survey has answered what they have', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  floor.ready('1001');
  await settled();
  await answer(floor);
  await agentHangsUp(floor);
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.deepEqual([floor.cdrs[0]?.outcome, floor.cdrs[0]?.survey], ['answered', undefined]);
  noMistakes(floor);
});

test('who asks twice to be rung back keeps the promise that was made', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '8');
  await press(floor, caller, '1');
  await floor.playOut(caller);
  await press(floor, caller, '1');
  await floor.playOut(caller);
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs[0]?.callbackId, 'cb-c1');
  floor.ready('1001');
  await settled();
  await answer(floor);
  floor.telephony.dials[0]?.answer();
  await settled();
  floor.telephony.dials[0]?.events.gone();
  await settled();
  assert.deepEqual([floor.cdrs[1]?.outcome, floor.cdrs[1]?.originalCallId], ['answered', 'c1']);
  noMistakes(floor);
});

test('by key from the queue: the call back keeps the place, and the caller hears so before the end', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  floor.clock.advance(60_000);
  await press(floor, caller, '1');
  assert.equal(caller.music, undefined, 'no music while it is talked over');
  assert.equal(floor.stageOf(callId('c1')), 'queued', 'the place is kept meanwhile');
  await press(floor, caller, '1');
  const [ticket] = floor.center.snapshot().callbacks;
  assert.deepEqual([ticket?.number, ticket?.stage, ticket?.position], [ANA, 'waiting', 1]);
  assert.ok(!caller.hungUp);
  await floor.playOut(caller);
  assert.ok(caller.hungUp);
  assert.deepEqual([floor.cdrs[0]?.outcome, floor.cdrs[0]?.callbackId], ['callback', 'cb-c1']);
  floor.ready('1001');
  await settled();
  await answer(floor);
  floor.telephony.dials[0]?.answer();
  await settled();
  floor.telephony.dials[0]?.events.gone();
  await settled();
  const cdr = floor.cdrs.at(-1);
  assert.deepEqual(
    [cdr?.outcome, cdr?.originalCallId, cdr?.callbackId],
    ['answered', 'c1', 'cb-c1'],
  );
  noMistakes(floor);
});

test('an agent who comes while the caller considers a call back is simply connected', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  await press(floor, caller, '1');
  floor.ready('1001');
  await settled();
  const agent = await answer(floor);
  assert.deepEqual(floor.telephony.bridges, [[caller, agent]]);
  await press(floor, caller, '1');
  assert.deepEqual(
    floor.center.snapshot().callbacks,
    [],
    'a key of the conversation promises nothing',
  );
  floor.center.callerGone(caller.callId, 'hungup');
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
  noMistakes(floor);
});

test('no answer to the offer of a call back: back in the queue, with music, in the old place', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  await press(floor, caller, '1');
  await press(floor, caller, '9');
  assert.equal(floor.stageOf(callId('c1')), 'queued');
  assert.equal(caller.music, 'default');
  assert.equal(floor.typesOf(callId('c1')).filter((type) => type === 'call.queued').length, 1);
  floor.center.callerGone(caller.callId, 'hungup');
  noMistakes(floor);
});

test('the announcement tells of the key; elsewhere nothing is announced', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  floor.clock.advance(10_000);
  await settled();
  await settled();
  assert.ok(caller.played.includes('pulse uno'));
  await press(floor, caller, '1');
  const before = caller.played.length;
  floor.clock.advance(6_000);
  await settled();
  assert.equal(caller.played.length, before);
  floor.center.callerGone(caller.callId, 'hungup');
});

test('a message by key from the queue gives up the place, and is kept when the caller hangs up', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '1');
  await press(floor, caller, '2');
  assert.equal(floor.stageOf(callId('c1')), 'queued');
  await floor.playOut(caller);
  assert.equal(floor.engine.call(callId('c1')), undefined, 'who speaks to the tape does not wait');
  floor.center.callerGone(caller.callId, 'hungup');
  caller.finishRecording({ durationMs: 4_000, why: 'gone' });
  await settled();
  const [message] = floor.voicemails;
  assert.deepEqual(
    [message?.callId, message?.durationMs, message?.queueId, message?.ani],
    ['c1', 4_000, 'ventas', ANA],
  );
  assert.equal(floor.cdrs[0]?.outcome, 'voicemail');
  noMistakes(floor);
});

test('a recording whose end nobody tells does not keep the call from ending', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '3');
  await floor.playOut(caller);
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.equal(floor.cdrs.length, 0);
  floor.clock.advance(2_000);
  await settled();
  assert.equal(floor.cdrs[0]?.outcome, 'leftInFlow');
  noMistakes(floor);
});

test('a message that was listened to and left makes the outcome; one of a moment is none', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '3');
  await floor.playOut(caller);
  caller.finishRecording({ durationMs: 6_000, why: 'key', key: '#' });
  await settled();
  await floor.playOut(caller);
  assert.equal(floor.voicemails.length, 1);
  assert.equal(floor.cdrs[0]?.outcome, 'voicemail');
  const other = await floor.call('c2', ANA);
  await press(floor, other, '3');
  await floor.playOut(other);
  floor.center.callerGone(other.callId, 'hungup');
  other.finishRecording({ durationMs: 400, why: 'gone' });
  await settled();
  assert.equal(floor.voicemails.length, 1);
  assert.deepEqual(floor.removed, ['c2-1']);
  noMistakes(floor);
});

async function dialledOutside(key = '2') {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, key);
  const [dialling] = floor.telephony.dials;
  assert.ok(dialling);
  return { floor, caller, dialling };
}

test('a transfer outside: rung through the trunk, joined by key, and in the record', async () => {
  const { floor, caller, dialling } = await dialledOutside();
  assert.deepEqual(dialling.request.to, { kind: 'number', number: '+525512345678' });
  assert.match(caller.music ?? '', /tone_stream/);
  const other = dialling.answer();
  await settled();
  assert.ok(other.played.length > 0, 'they are told what it is about');
  assert.deepEqual(floor.telephony.bridges, []);
  dialling.events.digit('1');
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[caller, other]]);
  floor.center.held(other, true);
  await settled();
  assert.deepEqual([floor.telephony.hearing, caller.music], [[], 'default']);
  floor.center.held(other, false);
  await settled();
  assert.deepEqual(floor.telephony.hearing, [caller, other]);
  floor.clock.advance(20_000);
  dialling.events.gone();
  await settled();
  assert.ok(caller.hungUp);
  const [cdr] = floor.cdrs;
  assert.deepEqual(
    [cdr?.outcome, cdr?.transferredTo, cdr?.talkMs],
    ['transferred', '+525512345678', 20_000],
  );
  noMistakes(floor);
});

/** The caller speaks with whom the flow has called. */
async function connectedOutside() {
  const scene = await dialledOutside('7');
  const { floor, caller, dialling } = scene;
  const other = dialling.answer();
  await settled();
  dialling.events.digit('1');
  await settled();
  await settled();
  const refer = (user: string) =>
    floor.center.referred(other, { user, host: 'localhost', notify: () => {} });
  assert.deepEqual(floor.telephony.hearing, [caller, other]);
  return { ...scene, other, refer };
}

test('whom the flow has connected has a phone that dies: the flow goes on where a transfer that failed leads', async () => {
  const { floor, caller, dialling } = await connectedOutside();
  floor.clock.advance(5_000);
  dialling.events.gone(true);
  await settled();
  assert.ok(!caller.hungUp);
  assert.equal(floor.stageOf(caller.callId), 'queued');
  assert.ok(floor.typesOf(caller.callId).includes('agent.lost'));
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.deepEqual([floor.cdrs[0]?.outcome, floor.cdrs[0]?.talkMs], ['transferred', 5_000]);
  noMistakes(floor);
});

test('whom the flow calls dies as they are joined: nobody is hung up on, and the flow goes on', async () => {
  const { floor, caller, dialling } = await dialledOutside('7');
  dialling.answer();
  await settled();
  const made = floor.telephony.bridgesLate();
  dialling.events.digit('1');
  dialling.events.gone(true);
  made();
  await settled();
  assert.deepEqual([caller.hungUp, floor.stageOf(caller.callId)], [false, 'queued']);
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  noMistakes(floor);
});

test('whom the flow has connected passes the caller on by REFER; a phone that dies then leads back to the flow', async () => {
  const { floor, caller, dialling, refer } = await connectedOutside();
  floor.ready('1001');
  assert.equal(refer('1001'), 202);
  await settled();
  const ring = floor.telephony.rings.at(-1);
  assert.ok(ring);
  const agent = new FakeAgentLeg(ring);
  floor.center.agentAnswered(ring.offerId, agent);
  await settled();
  assert.deepEqual(floor.telephony.hearing, [caller, agent]);
  assert.ok(dialling.hungUp);
  assert.equal(floor.stateOf('1001'), 'talking');
  floor.center.agentGone(ring.offerId, true);
  await settled();
  assert.equal(floor.stageOf(caller.callId), 'queued');
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.equal(floor.cdrs[0]?.outcome, 'answered');
  noMistakes(floor);
});

for (const [what, act] of [
  ['says nothing', ({ floor }) => floor.clock.advance(20_000)],
  ['hangs up without a key', ({ dialling }) => dialling.events.gone()],
  ['presses 2', ({ dialling }) => dialling.events.digit('2')],
] as readonly [string, (scene: Awaited<ReturnType<typeof dialledOutside>>) => void][]) {
  test(`a flow’s transfer to who ${what} outside has nobody: the flow goes on`, async () => {
    const scene = await dialledOutside();
    const { floor, caller, dialling } = scene;
    dialling.answer();
    await settled();
    act(scene);
    await settled();
    assert.ok(dialling.hungUp || what.startsWith('hangs'));
    assert.deepEqual(floor.telephony.bridges, []);
    // What comes too late says nothing.
    dialling.events.digit('1');
    await settled();
    assert.deepEqual(floor.telephony.bridges, []);
    assert.ok(caller.hungUp, 'its flow hangs up where nobody answers');
    assert.equal(floor.cdrs[0]?.transferredTo, undefined);
    noMistakes(floor);
  });
}

test('a switchboard presses no keys: where the flow says so it has the caller at once', async () => {
  const { floor, caller, dialling } = await dialledOutside('6');
  const other = dialling.answer();
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[caller, other]]);
  caller.hangup();
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  noMistakes(floor);
});

test('the caller hangs up while a machine outside is asked: it is hung up, and asked no more', async () => {
  const { floor, caller, dialling } = await dialledOutside();
  const machine = dialling.answer();
  await settled();
  const said = machine.played.length;
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.ok(dialling.hungUp);
  floor.clock.advance(30_000);
  await settled();
  assert.equal(machine.played.length, said);
  noMistakes(floor);
});

test('the caller hangs up while the other is rung: CANCEL at once', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '5');
  assert.deepEqual(floor.telephony.dials[0]?.request.to, { kind: 'extension', extension: '1007' });
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.ok(floor.telephony.dials[0]?.hungUp);
  assert.equal(floor.cdrs[0]?.outcome, 'leftInFlow');
  noMistakes(floor);
});

test('nobody is connected with whom the house may not call', async () => {
  const floor = await open(['+34']);
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '2');
  assert.deepEqual(floor.telephony.dials, []);
  assert.ok(floor.typesOf(callId('c1')).includes('transfer.refused'));
  assert.ok(caller.hungUp);
  noMistakes(floor);
});

test('a call back outside of the queue stands where somebody stands who comes then', async () => {
  const floor = await open();
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '4');
  await press(floor, caller, '1');
  const [ticket] = floor.center.snapshot().callbacks;
  assert.deepEqual([ticket?.number, ticket?.queueId], [ANA, 'ventas']);
  await floor.playOut(caller);
  assert.equal(floor.cdrs[0]?.outcome, 'callback');
  noMistakes(floor);
});

test('a house that may call nobody asks for no other number', async () => {
  const floor = await open([]);
  const caller = await floor.call('c1', ANA);
  await press(floor, caller, '4');
  await press(floor, caller, '1');
  assert.equal(floor.center.snapshot().calls[0]?.stage, 'queued', 'where `failed` leads');
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  noMistakes(floor);
});
