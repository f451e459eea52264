import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentId, callId } from '../../../src/model/ids.ts';
import type { RecordingRule } from '../../../src/model/recording.ts';
import type { CallCenterOptions } from '../../../src/runtime/call-center.ts';
import { FakeAgentLeg } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const NOTICE = {
  version: '2026-1',
  message: { es: 'Esta llamada puede ser grabada; si no quiere, pulse nueve.' },
  refuseKey: '9',
};

async function floorWith(
  rule: Partial<RecordingRule>,
  overrides: Partial<CallCenterOptions> = {},
): Promise<TestFloor> {
  const floor = await TestFloor.open(undefined, overrides);
  const recording = { mode: 'all', percent: 100, stereo: true, ...rule } as const;
  const { queues } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    queues: queues.map((queue) => ({ ...queue, recording })),
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.ready('1001');
  return floor;
}

/** Rings the agent, and has them answer. */
async function answered(floor: TestFloor): Promise<FakeAgentLeg> {
  const ring = floor.telephony.rings.at(-1);
  assert.ok(ring, 'nobody is rung');
  const leg = new FakeAgentLeg(ring);
  floor.center.agentAnswered(ring.offerId, leg);
  await settled();
  return leg;
}

const recordingEvents = (floor: TestFloor, id: string) =>
  floor.events.filter((event) => event.callId === id && event.type.startsWith('recording.'));

test('A conversation of the queue is recorded from the bridge to its end, and the record says so', async () => {
  const floor = await floorWith({});
  const caller = await floor.queuedCall('a');
  await answered(floor);
  const [tape] = caller.tapes;
  assert.equal(tape?.file, '/conversations/a.r1.wav');
  assert.equal(tape?.options.sides, 'stereo');
  assert.deepEqual(floor.center.snapshot().calls[0]?.recording, { id: 'a.r1', paused: false });
  floor.clock.advance(5_000);
  floor.center.callerGone(callId('a'), 'hungup');
  await settled();
  assert.deepEqual(
    floor.recordings.map(({ state, end, agentIds, durationMs }) => ({
      state,
      end,
      agentIds,
      durationMs,
    })),
    [
      { state: 'running', end: undefined, agentIds: ['1001'], durationMs: undefined },
      { state: 'kept', end: 'ended', agentIds: ['1001'], durationMs: 5_000 },
    ],
  );
  assert.deepEqual(floor.cdrs[0]?.recordingIds, ['a.r1']);
  assert.deepEqual(floor.finished, ['a.r1']);
  assert.deepEqual(
    recordingEvents(floor, 'a').map(({ type }) => type),
    ['recording.started', 'recording.stopped'],
  );
});

test('The notice comes before the queue; what was said, when and in which language is kept', async () => {
  const floor = await floorWith({ notice: NOTICE });
  const caller = await floor.queuedCall('b');
  assert.equal(floor.stageOf(callId('b')), 'flow', 'the caller is told first');
  assert.ok(caller.played.at(-1)?.includes('puede ser grabada'), caller.played.at(-1));
  floor.clock.advance(4_000);
  await floor.playOut(caller);
  assert.equal(floor.stageOf(callId('b')), 'offered');
  await answered(floor);
  assert.equal(caller.tapes.length, 1);
  const { notice } = floor.recordings[0] ?? {};
  assert.equal(notice?.result, 'heard');
  assert.equal(notice?.version, '2026-1');
  assert.equal(notice?.said, NOTICE.message.es);
  assert.equal((notice?.to ?? 0) - (notice?.from ?? 0), 4_000);
});

test('Who refuses by the key is served, and not recorded, whoever asks for it', async () => {
  const floor = await floorWith({ notice: NOTICE });
  const caller = await floor.queuedCall('c');
  floor.center.digit(callId('c'), '1');
  await settled();
  assert.equal(floor.stageOf(callId('c')), 'flow', 'another key is nobody’s');
  floor.center.digit(callId('c'), '9');
  await settled();
  await answered(floor);
  assert.equal(caller.tapes.length, 0);
  const wish = await floor.center.recordingDesk.steer(callId('c'), 'start', 'key x');
  assert.equal(wish.ok ? '' : wish.error.code, 'RECORDING_REFUSED');
  floor.center.callerGone(callId('c'), 'hungup');
  assert.equal(floor.cdrs[0]?.recordingRefused, true);
  assert.equal(floor.cdrs[0]?.recordingIds, undefined);
});

test('A caller who hangs up during the notice leaves; nobody is rung for them', async () => {
  const floor = await floorWith({ notice: NOTICE });
  const caller = await floor.queuedCall('d');
  floor.center.callerGone(callId('d'), 'hungup');
  caller.finishPlaying('stopped');
  await settled();
  assert.equal(floor.telephony.rings.length, 0);
  assert.equal(floor.cdrs.length, 1);
  assert.deepEqual(floor.broken, []);
});

test('On demand: started, paused for a card number, resumed and stopped by the API', async () => {
  const floor = await floorWith({ mode: 'onDemand' });
  const caller = await floor.queuedCall('e');
  const desk = floor.center.recordingDesk;
  const early = await desk.steer(callId('e'), 'start', 'key x');
  assert.equal(early.ok ? '' : early.error.code, 'CALL_STATE');
  await answered(floor);
  assert.equal(caller.tapes.length, 0);
  const started = await desk.steer(callId('e'), 'start', 'key x');
  assert.ok(started.ok && started.value.why === 'onDemand');
  assert.ok((await desk.steer(callId('e'), 'pause', 'key x')).ok);
  assert.equal(caller.tapes[0]?.paused, true);
  assert.equal(floor.center.snapshot().calls[0]?.recording?.paused, true);
  floor.clock.advance(1_000);
  assert.ok((await desk.steer(callId('e'), 'resume', 'key x')).ok);
  assert.equal(caller.tapes[0]?.paused, false);
  const stopped = await desk.steer(callId('e'), 'stop', 'key x');
  assert.ok(stopped.ok && stopped.value.state === 'kept');
  await settled();
  assert.deepEqual(floor.recordings.at(-1)?.pauses, [
    { why: 'request', from: floor.clock.now() - 1_000, to: floor.clock.now() },
  ]);
  assert.equal(floor.center.snapshot().calls[0]?.recording, undefined);
  const again = await desk.steer(callId('e'), 'pause', 'key x');
  assert.equal(again.ok ? '' : again.error.code, 'CALL_STATE');
});

const CARD_FLOW = {
  name: 'x',
  languages: ['es-MX'],
  start: 'cola',
  nodes: {
    cola: { type: 'queue', queue: 'ventas', onKey: { 5: 'tarjeta' } },
    tarjeta: {
      ...{ type: 'collect', variable: 'tarjeta', secret: true, maxDigits: 4 },
      ...{ prompts: [{ es: 'Su tarjeta.' }], next: 'cola', failed: 'cola' },
    },
  },
};

/** The caller's flow lets them type a card number in secret: in the queue by key 5, or where an agent sends them. */
async function floorWithCards() {
  const floor = await floorWith({});
  const [number] = floor.configuration.numbers;
  assert.ok(number);
  const { flows } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    flows: flows.map((one) => (one.id === number.flowId ? { ...one, document: CARD_FLOW } : one)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  floor.ready('1001');
  const caller = await floor.call('a');
  const type = async (keys: string) => {
    for (const key of keys) floor.center.digit(callId('a'), key);
    await settled();
  };
  return { floor, caller, flow: number.flowId, type };
}

test('A card number is typed in the flow that the agent has sent them to: silence, written down, and sound again', async () => {
  const { floor, caller, flow, type } = await floorWithCards();
  await settled();
  await answered(floor);
  assert.equal(floor.center.talk.transfer(callId('a'), { flow, node: 'tarjeta' }), undefined);
  await settled();
  floor.clock.advance(3_000);
  const from = floor.clock.now() - 3_000;
  await type('4111');
  assert.deepEqual(caller.secrets, [true, false]);
  floor.ready('1001');
  await settled();
  await answered(floor);
  floor.center.callerGone(callId('a'), 'hungup');
  await settled();
  assert.deepEqual(floor.recordings.at(-1)?.pauses, [
    { why: 'secret', from, to: floor.clock.now() },
  ]);
  assert.equal(caller.tapes.length, 1, 'one file');
  assert.deepEqual(
    recordingEvents(floor, 'a').map(({ type: what }) => what),
    ['recording.started', 'recording.paused', 'recording.resumed', 'recording.stopped'],
  );
});

for (const how of ['an agent answers', 'an operator sends them on'])
  test(`They type a secret as they wait, and ${how}: what is said then is recorded`, async () => {
    const { floor, caller, flow, type } = await floorWithCards();
    await settled();
    await type('54');
    assert.deepEqual(caller.secrets, [true]);
    if (how === 'an agent answers') await answered(floor);
    else assert.equal(floor.center.talk.transfer(callId('a'), { flow }), undefined);
    await settled();
    assert.deepEqual(caller.secrets, [true, false]);
  });

test('Whoever has the caller outside is not recorded; back in the house it goes on as it was, in another file', async () => {
  const floor = await floorWith(
    {},
    { outbound: { allowed: ['+52'], callsMax: 5, callsPerHourMax: 100 } },
  );
  const caller = await floor.queuedCall('a');
  await answered(floor);
  const desk = floor.center.recordingDesk;
  await desk.steer(callId('a'), 'pause', 'key x');
  const colleague = '1002' as AgentId;
  floor.center.submit({ type: 'agent.reachable', agentId: colleague, reachable: true });
  floor.center.submit({ type: 'agent.signIn', agentId: colleague });
  const to = { number: '+525512345678' };
  assert.equal(floor.center.talk.transfer(callId('a'), to), undefined);
  await settled();
  const dialled = floor.telephony.dials.at(-1);
  const outside = dialled?.answer();
  await settled();
  dialled?.events.digit('1');
  await settled();
  assert.ok(outside);
  assert.deepEqual(
    floor.recordings.map(({ state }) => state),
    ['running', 'kept'],
  );
  assert.equal(floor.center.snapshot().calls[0]?.recording, undefined);
  const wish = await desk.steer(callId('a'), 'start', 'key x');
  assert.equal(wish.ok ? '' : wish.error.code, 'CALL_STATE');
  const refer = { user: '1002', host: 'localhost', notify: () => {} };
  assert.equal(floor.center.referred(outside, refer), 202);
  await settled();
  await answered(floor);
  const { recording } = floor.center.snapshot().calls[0] ?? {};
  assert.deepEqual(recording, { id: 'a.r2', paused: true }, 'who had it paused has not ended that');
  assert.deepEqual(floor.recordings.at(-1)?.agentIds, ['1002']);
  assert.equal(caller.tapes.length, 2);
});

test('A disk that takes nothing: the call goes on, and the loss is an event and a row', async () => {
  const floor = await floorWith({});
  const caller = await floor.queuedCall('f');
  caller.tapeStarts = false;
  await answered(floor);
  await settled();
  assert.equal(floor.stageOf(callId('f')), 'talking');
  assert.deepEqual(
    recordingEvents(floor, 'f').map(({ type }) => type),
    ['recording.lost'],
  );
  assert.equal(floor.recordings[0]?.state, 'lost');
  assert.match(floor.recordings[0]?.loss ?? '', /disk/);
});

test('A queue that is off records nothing, not even on demand', async () => {
  const floor = await floorWith({ mode: 'off' });
  const caller = await floor.queuedCall('g');
  await answered(floor);
  const wish = await floor.center.recordingDesk.steer(callId('g'), 'start', 'key x');
  assert.equal(wish.ok ? '' : wish.error.code, 'RECORDING_REFUSED');
  assert.equal(caller.tapes.length, 0);
});

test('The agent records by key: it begins, pauses and goes on; where nothing may be recorded, nothing is', async () => {
  const floor = await floorWith({ mode: 'onDemand' });
  const caller = await floor.queuedCall('a');
  const agent = await answered(floor);
  const press = async (keys: string) => {
    for (const key of keys) floor.center.keyed(agent, key);
    await settled();
  };
  await press('5');
  assert.equal(caller.tapes.length, 0, 'without the star it is the customer’s');
  await press('*5');
  const [tape] = caller.tapes;
  assert.ok(tape);
  for (const paused of [true, false]) {
    await press('*5');
    assert.equal(tape.paused, paused);
  }
  assert.deepEqual(
    recordingEvents(floor, 'a').map(({ type, data }) => [type, data['by'] ?? data['why']]),
    [
      ['recording.started', 'agent 1001'],
      ['recording.paused', 'agent 1001'],
      ['recording.resumed', 'agent 1001'],
    ],
  );
  assert.deepEqual(agent.played, ['recording', 'recordingPaused', 'recording'], 'each time told');
  const off = await floorWith({ mode: 'off' });
  const other = await off.queuedCall('b');
  const leg = await answered(off);
  for (const key of '*5') off.center.keyed(leg, key);
  await settled();
  assert.equal(other.tapes.length, 0);
  assert.deepEqual(
    recordingEvents(off, 'b').map(({ type, data }) => [type, data['why']]),
    [['recording.notStarted', 'RECORDING_REFUSED']],
  );
  assert.deepEqual(leg.played, ['refused']);
});

/** 1002 is at their desk too. */
async function withColleague(rule: Partial<RecordingRule>) {
  const floor = await floorWith(rule);
  const caller = await floor.queuedCall('a');
  const agent = await answered(floor);
  const colleague = '1002' as FakeAgentLeg['agentId'];
  floor.center.submit({ type: 'agent.reachable', agentId: colleague, reachable: true });
  floor.center.submit({ type: 'agent.signIn', agentId: colleague });
  return { floor, caller, agent, talk: floor.center.talk, id: callId('a') };
}

const speakersIn = (floor: TestFloor) => floor.recordings.map(({ agentIds }) => agentIds.join());

for (const how of ['transfer', 'conference', 'consult', 'pick-up'] as const) {
  const speaks = how !== 'consult';
  test(`Who comes by ${how} is ${speaks ? '' : 'not '}in the recording${speaks ? ', and its row says so at once' : ' before they have the caller'}`, async () => {
    const { floor, talk, id } = await withColleague({});
    assert.deepEqual(speakersIn(floor), ['1001']);
    if (how === 'pick-up') {
      assert.ok(talk.park(id).ok);
      await settled();
      talk.pickUp('1001', '1002' as FakeAgentLeg['agentId']);
    } else talk[how](id, { agent: '1002' });
    await settled();
    await answered(floor);
    await settled();
    assert.deepEqual(speakersIn(floor), speaks ? ['1001', '1001,1002'] : ['1001']);
    if (how === 'conference') {
      talk.leave(id);
      await settled();
      assert.equal(floor.recordings.length, 2, 'they are in it already');
    }
    if (how === 'consult') {
      talk.complete(id);
      await settled();
    }
    floor.center.callerGone(id, 'hungup');
    await settled();
    assert.equal(speakersIn(floor).at(-1), '1001,1002');
    assert.equal(floor.recordings.at(-1)?.state, 'kept');
  });
}

test('A pause outlives a transfer: whoever has the caller now is told, and goes on by key', async () => {
  const { floor, caller, talk, id } = await withColleague({});
  await floor.center.recordingDesk.steer(id, 'pause', 'agent 1001');
  talk.transfer(id, { agent: '1002' });
  await settled();
  const other = await answered(floor);
  await settled();
  const [tape] = caller.tapes;
  assert.equal(tape?.paused, true, 'the card number may be said to them');
  assert.deepEqual(other.played, ['recordingPaused']);
  assert.equal(floor.center.snapshot().calls[0]?.recording?.paused, true);
  for (const key of '*5') floor.center.keyed(other, key);
  await settled();
  assert.equal(tape.paused, false);
  assert.deepEqual(other.played, ['recordingPaused', 'recording']);
});
