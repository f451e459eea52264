import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLE_SCOPES } from '../../../src/model/access.ts';
import { agentId, callId } from '../../../src/model/ids.ts';
import type { SupervisionMode } from '../../../src/model/supervision.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const by = { kind: 'key', id: 'k1', name: 'Wallboard' } as const;
const CALL = callId('a');

async function talking() {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const caller = await floor.queuedCall('a');
  const ring = floor.telephony.rings.at(-1);
  assert.ok(ring);
  const agent = new FakeAgentLeg(ring);
  floor.center.agentAnswered(ring.offerId, agent);
  await settled();
  const desk = floor.center.supervisionDesk;
  const begin = (supervisor: string, mode: SupervisionMode = 'listen') =>
    desk.begin({ callId: CALL, supervisor, mode, by });
  return { floor, caller, agent, offerId: ring.offerId, desk, begin };
}

/** The supervisor whose phone rang last answers. */
async function answers(floor: TestFloor): Promise<FakeCallerLeg> {
  const dialling = floor.telephony.dials.at(-1);
  assert.ok(dialling, 'no phone rings');
  const leg = dialling.answer();
  await settled();
  return leg;
}

const shown = (floor: TestFloor) =>
  floor.center.snapshot().calls.find(({ id }) => id === CALL)?.supervisions ?? [];
const codeOf = (result: { ok: boolean; error?: { code: string } }) => result.error?.code;

test('Two may listen, one is heard; keys that are not allowed are taken back', async () => {
  const { floor, begin, desk } = await talking();
  assert.ok(begin('1002').ok);
  const first = await answers(floor);
  assert.ok(begin('1003').ok);
  const second = await answers(floor);
  assert.deepEqual(
    shown(floor).map(({ supervisor, mode, state }) => [supervisor, mode, state]),
    [
      ['1002', 'listen', 'on'],
      ['1003', 'listen', 'on'],
    ],
  );
  assert.ok((await desk.change(CALL, 's1', 'barge', by)).ok);
  assert.equal(codeOf(await desk.change(CALL, 's2', 'whisper', by)), 'SUPERVISION_BUSY');
  floor.telephony.dials.at(-1)?.events.digit('3');
  await settled();
  assert.deepEqual(floor.telephony.overheard.slice(-2), [
    [first, 'barge'],
    [second, 'listen'],
  ]);
  floor.telephony.dials.at(-1)?.events.digit('1');
  await settled();
  assert.deepEqual(floor.telephony.overheard.at(-1), [second, 'listen']);
  assert.equal(codeOf(begin('1002')), 'SUPERVISION_BUSY', 'twice the same');
  assert.equal(codeOf(begin('1001')), 'CALL_STATE', 'oneself');
  assert.deepEqual(
    floor.audited.map(({ action }) => action),
    ['supervision.started', 'supervision.started', 'supervision.changed'],
  );
});

test('Whoever goes, it ends cleanly: the supervisor, the caller, the agent', async () => {
  const one = await talking();
  one.begin('1002');
  const boss = await answers(one.floor);
  one.floor.telephony.dials[0]?.events.gone();
  await settled();
  assert.deepEqual(shown(one.floor), []);
  assert.equal(one.floor.stageOf(CALL), 'talking');

  one.begin('1002');
  await answers(one.floor);
  one.floor.center.callerGone(CALL, 'hungup');
  await settled();
  assert.equal(one.floor.telephony.dials.at(-1)?.hungUp, true);
  assert.equal(boss.hungUp, false, 'who had gone is not hung up again');

  const two = await talking();
  two.begin('1002');
  two.floor.center.agentGone(two.offerId);
  await settled();
  assert.equal(two.floor.telephony.dials.at(-1)?.hungUp, true, 'while it rang');
  assert.deepEqual(two.floor.broken, []);
});

test('Taken over by key 9: the agent has after-call work, the caller the supervisor', async () => {
  const { floor, caller, begin, offerId } = await talking();
  begin('1002', 'whisper');
  const leg = await answers(floor);
  floor.telephony.dials.at(-1)?.events.digit('9');
  await settled();
  assert.deepEqual(floor.telephony.bridges.at(-1), [caller, leg]);
  assert.ok(floor.telephony.cancelled.includes(offerId));
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  assert.equal(floor.stageOf(CALL), 'talking');
  assert.equal(caller.hungUp, false);
  floor.telephony.dials.at(-1)?.events.gone();
  await settled();
  assert.equal(caller.hungUp, true);
  assert.equal(floor.cdrs[0]?.transferredTo, '1002');
  assert.deepEqual(floor.broken, []);
});

test('From a phone, by code: only for a user who may, and only agents of their teams', async () => {
  const { floor } = await talking();
  const dial = async (id: string) => {
    const call = { ...inbound(id, undefined, '*781001'), fromExtension: '1002' };
    assert.deepEqual(floor.center.arrived(call), { accept: true });
    const leg = new FakeCallerLeg(call.callId);
    floor.center.answered(leg);
    await settled();
    await settled();
    return leg;
  };
  const stranger = await dial('x');
  assert.deepEqual(stranger.played, ['refused'], stranger.played.join());
  assert.deepEqual(shown(floor), []);
  floor.users.set('1002', {
    kind: 'user',
    id: 'jefa',
    name: 'Jefa',
    scopes: ROLE_SCOPES.supervisor,
    teams: ['otro'],
  });
  await dial('y');
  assert.deepEqual(shown(floor), [], 'not of their team');
  floor.users.set('1002', {
    kind: 'user',
    id: 'jefa',
    name: 'Jefa',
    scopes: ROLE_SCOPES.supervisor,
  });
  const leg = await dial('z');
  assert.deepEqual(
    shown(floor).map(({ supervisor, state }) => [supervisor, state]),
    [['1002', 'on']],
  );
  floor.center.digit(leg.callId, '2');
  await settled();
  assert.equal(shown(floor)[0]?.mode, 'whisper');
  floor.center.callerGone(leg.callId, 'hungup');
  await settled();
  assert.deepEqual(shown(floor), []);
  assert.deepEqual(floor.broken, []);
});

/** 1006 is an agent as well, ready, and listens. */
async function agentListens() {
  const scene = await talking();
  const { floor, begin } = scene;
  floor.ready('1006');
  assert.ok(begin('1006').ok);
  const states = () => floor.engine.agent(agentId('1006'))?.state;
  const reason = () => {
    const state = states();
    return state?.kind === 'notReady' ? state.reason : state?.kind;
  };
  assert.equal(reason(), 'supervision', 'while the phone rings for it, too');
  const leg = await answers(floor);
  const rung = floor.telephony.rings.length;
  const noCall = () => assert.equal(floor.telephony.rings.length, rung);
  const hangsUp = async () => {
    floor.telephony.dials.at(-1)?.events.gone();
    await settled();
  };
  return { ...scene, leg, reason, noCall, hangsUp };
}

test('An agent who supervises gets no calls, whatever they say of themselves; then they are what they were', async () => {
  const { floor, reason, noCall, hangsUp } = await agentListens();
  const waits = await floor.queuedCall('b');
  assert.equal(floor.stageOf(waits.callId), 'queued');
  assert.ok(floor.center.submit({ type: 'agent.ready', agentId: agentId('1006') }).ok);
  assert.equal(reason(), 'supervision');
  noCall();
  await hangsUp();
  assert.equal(reason(), 'offered', 'whoever waits');
  assert.deepEqual(floor.broken, []);
});

for (const [said, then] of [
  [{ type: 'agent.notReady', agentId: agentId('1006'), reason: 'comida' }, 'comida'],
  [{ type: 'agent.signOut', agentId: agentId('1006') }, 'offline'],
] as const)
  test(`${said.type}, said while they supervise, holds afterwards`, async () => {
    const { floor, reason, hangsUp } = await agentListens();
    assert.ok(floor.center.submit(said).ok);
    assert.equal(reason(), then);
    await hangsUp();
    assert.equal(reason(), then);
  });

test('Who was on a break is on the same break after supervising, and ready if they have said so', async () => {
  const { floor, begin } = await talking();
  floor.ready('1006');
  const id = agentId('1006');
  floor.center.submit({ type: 'agent.notReady', agentId: id, reason: 'comida' });
  const since = floor.engine.agent(id)?.state;
  begin('1006');
  await answers(floor);
  assert.deepEqual(floor.engine.agent(id)?.state, since);
  floor.center.submit({ type: 'agent.ready', agentId: id });
  await floor.queuedCall('b');
  assert.equal(floor.stateOf('1006'), 'notReady');
  floor.telephony.dials.at(-1)?.events.gone();
  await settled();
  assert.equal(floor.stateOf('1006'), 'offered');
});

test('Who takes over is ready after the conversation and its after-call work, as before', async () => {
  const { floor, reason, caller, desk } = await agentListens();
  assert.ok((await desk.takeOver(CALL, 's1', by)).ok);
  await settled();
  assert.equal(reason(), 'talking');
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.equal(reason(), 'wrapUp');
  floor.clock.advance(60_000);
  assert.equal(reason(), 'ready');
});

test('After a crash nobody supervises, and nobody is kept from calls by it', async () => {
  const { floor } = await agentListens();
  const again = await TestFloor.open(floor.engine);
  again.center.recover(new Map(), 0);
  await settled();
  assert.equal(again.stateOf('1006'), 'ready');
});
