import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLE_SCOPES } from '../../../src/model/access.ts';
import { callId } from '../../../src/model/ids.ts';
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
