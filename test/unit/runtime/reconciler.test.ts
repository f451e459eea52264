import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { callId } from '../../../src/model/ids.ts';
import { CallSession } from '../../../src/runtime/call-session.ts';
import type { AgentLeg, CallerLeg, Repair } from '../../../src/runtime/ports/index.ts';
import { RECONCILE_MS, Reconciler } from '../../../src/runtime/reconciler.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

async function floor() {
  const dead = new Set<CallerLeg | AgentLeg>();
  const legs = new Set<string>();
  const hungUp: string[] = [];
  const repairs: Repair[] = [];
  const house = await TestFloor.open(Engine.create(), {
    legTruth: {
      isAlive: (leg) => !dead.has(leg),
      callerLegs: () => [...legs].map(callId),
      hangupLeg: (id) => hungUp.push(id),
    },
    meters: {
      dialled() {},
      callbackEnded() {},
      voicemail() {},
      repaired: (what) => repairs.push(what),
    },
  });
  const round = async () => {
    house.clock.advance(RECONCILE_MS);
    await settled();
  };
  return { house, dead, legs, hungUp, repairs, round };
}

test('a caller whose leg is over is gone in the second round, with a trace', async () => {
  const { house, dead, repairs, round } = await floor();
  const leg = await house.queuedCall('c1');
  await round();
  dead.add(leg);
  await round();
  assert.equal(house.stageOf(leg.callId), 'queued', 'it may just be ending');
  await round();
  assert.equal(house.stageOf(leg.callId), undefined);
  assert.deepEqual(repairs, ['lostCaller']);
  assert.ok(house.typesOf(leg.callId).includes('call.repaired'));
  assert.equal(house.cdrs.length, 1);
  house.center.stop();
});

test('a leg that no call belongs to is hung up, in the second round', async () => {
  const { house, legs, hungUp, repairs, round } = await floor();
  legs.add('stray');
  await round();
  assert.deepEqual(hungUp, []);
  await round();
  assert.deepEqual(hungUp, ['stray']);
  assert.deepEqual(repairs, ['orphanLeg']);
  house.center.stop();
});

test('a call that only the engine has is ended, and what is well is left alone', async () => {
  const { house, repairs, round } = await floor();
  const leg = await house.queuedCall('c1');
  const [queue] = house.center.snapshot().queues;
  assert.ok(queue);
  house.center.submit({
    type: 'call.enqueue',
    callId: callId('forgotten'),
    queueId: queue.id,
    priority: 5,
    requiredSkills: {},
  } as never);
  for (let index = 0; index < 3; index += 1) await round();
  assert.deepEqual(
    house.engine.calls().map(({ id }) => id),
    [leg.callId],
  );
  assert.deepEqual(repairs, ['forgottenCall']);
  house.center.stop();
});

test('BYE lost in a consultation: the second agent is free, and the first has the caller again', async () => {
  const { house, dead, repairs, round } = await floor();
  house.ready('1001', '1002');
  const caller = await house.queuedCall('c1');
  const answer = async () => {
    const request = house.telephony.rings.at(-1);
    assert.ok(request);
    const leg = new FakeAgentLeg(request);
    house.center.agentAnswered(request.offerId, leg);
    await settled();
    return leg;
  };
  const first = await answer();
  const [asks, asked] = first.agentId === '1001' ? ['1001', '1002'] : ['1002', '1001'];
  assert.equal(house.center.talk.consult(caller.callId, { agent: asked }), undefined);
  await settled();
  dead.add(await answer());
  assert.equal(house.stateOf(asked), 'talking');
  await round();
  await round();
  assert.deepEqual([house.stateOf(asks), repairs], ['talking', ['lostAgent']]);
  assert.notEqual(house.stateOf(asked), 'talking');
  assert.deepEqual(house.telephony.hearing, [caller, first]);
  assert.deepEqual([house.broken, house.engine.brokenInvariants()], [[], []]);
  house.center.stop();
});

test('whoever is left alone in a conversation is hung up on; two, or one whose call goes on, are not', () => {
  const sessionOf = (id: string, facts: Partial<CallSession>) =>
    Object.assign(new CallSession(inbound(id), { status: 'unknown', variables: {} } as never, 0), {
      stage: 'talking',
      ...facts,
    } as Partial<CallSession>);
  const leg = (id: string) => new FakeCallerLeg(callId(id));
  const transfer = { sipCallId: 's', hangup: () => {} };
  const sessions = [
    sessionOf('aCaller', { leg: leg('a') }),
    sessionOf('aTrunk', { transfer }),
    sessionOf('nobody', {}),
    sessionOf('two', { leg: leg('b'), transfer }),
    sessionOf('parked', { leg: leg('c'), stage: 'parked' }),
    sessionOf('waits', { leg: leg('d'), stage: 'queued' }),
  ];
  const ended: string[] = [];
  const nothing = () => {};
  const reconciler = new Reconciler({
    clock: new ManualClock(0),
    log: silentLogger,
    ...{ post: nothing, engineCalls: () => [], hasSession: () => true, isAlive: () => true },
    ...{ callerLegs: () => [], callerGone: nothing, agentGone: nothing, partyGone: nothing },
    ...{ forgetCall: nothing, hangupLeg: nothing, repaired: nothing, looked: nothing },
    sessions: () => sessions,
    alone: ({ id }) => ended.push(id),
  });
  reconciler.compare();
  assert.deepEqual(ended, [], 'it may just be ending');
  reconciler.compare();
  assert.deepEqual(ended, ['aCaller', 'aTrunk', 'nobody']);
});
