import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLE_SCOPES } from '../../../src/model/access.ts';
import { agentId, callId } from '../../../src/model/ids.ts';
import type { Leg } from '../../../src/runtime/ports/phones.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const by = { kind: 'key', id: 'k1', name: 'Wallboard' } as const;
const CALL = callId('a');

/** A caller talks with 1001, 1002 is on a break, and the supervisor at 1006 listens by a phone that was rung. */
async function overheard({ present = true }: { present?: boolean | 'busy' } = {}) {
  const floor = await TestFloor.open();
  if (present === 'busy') {
    floor.ready('1006');
    await floor.queuedCall('own');
    await answers(floor);
  }
  floor.ready('1001');
  const caller = await floor.queuedCall('a');
  const agent = await answers(floor);
  for (const id of ['1002', '1006'].map(agentId))
    floor.center.submit({ type: 'agent.reachable', agentId: id, reachable: true });
  floor.center.submit({ type: 'agent.signIn', agentId: agentId('1002') });
  if (present === true) floor.ready('1006');
  const desk = floor.center.supervisionDesk;
  assert.ok(desk.begin({ callId: CALL, supervisor: '1006', mode: 'listen', by }).ok);
  const dialling = floor.telephony.dials.at(-1);
  assert.ok(dialling);
  const boss = dialling.answer();
  await settled();
  const takesOver = async () => {
    const done = await desk.takeOver(CALL, 's1', by);
    await settled();
    return done;
  };
  const { talk } = floor.center;
  return { floor, caller, agent, desk, dialling, boss, takesOver, talk };
}

async function answers(floor: TestFloor): Promise<FakeAgentLeg> {
  const request = floor.telephony.rings.at(-1);
  assert.ok(request, 'a phone rings');
  const leg = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, leg);
  await settled();
  return leg;
}

const hears = (floor: TestFloor, ...legs: Leg[]) =>
  assert.deepEqual(new Set(floor.telephony.hearing), new Set(legs));

const statesOf = (floor: TestFloor, ...ids: string[]) => ids.map((id) => floor.stateOf(id));

function nothingLeft(floor: TestFloor): void {
  assert.deepEqual(floor.center.snapshot().calls, []);
  assert.deepEqual(floor.engine.calls(), []);
  assert.deepEqual(floor.engine.brokenInvariants(), []);
  assert.deepEqual(floor.broken, []);
}

const sharesOf = (floor: TestFloor) =>
  floor.cdrs.at(-1)?.agents?.map(({ agentId: id, talkMs, holdMs }) => [id, talkMs, holdMs]);

test('Whoever takes over has the call as an agent has: no other comes, it can be held, parked, passed on; their time is theirs', async () => {
  const { floor, caller, boss, agent, takesOver, talk } = await overheard();
  floor.clock.advance(5_000);
  assert.ok((await takesOver()).ok);
  hears(floor, caller, boss);
  assert.ok(agent.hungUp);
  assert.deepEqual(statesOf(floor, '1001', '1006'), ['wrapUp', 'talking']);
  const rung = floor.telephony.rings.length;
  const second = await floor.queuedCall('b');
  assert.equal(floor.telephony.rings.length, rung, 'nobody is free');
  floor.center.callerGone(second.callId, 'hungup');
  floor.clock.advance(2_000);
  assert.equal(talk.hold(CALL), undefined);
  await settled();
  hears(floor);
  assert.equal(caller.music, 'default');
  floor.clock.advance(1_000);
  talk.retrieve(CALL);
  await settled();
  hears(floor, caller, boss);
  assert.deepEqual(talk.park(CALL), { ok: true, value: '1006' });
  await settled();
  assert.ok(boss.hungUp);
  assert.equal(floor.stateOf('1006'), 'wrapUp');
  assert.equal(talk.pickUp('1006', agentId('1002')), undefined);
  await settled();
  const picked = await answers(floor);
  hears(floor, caller, picked);
  floor.center.callerGone(CALL, 'hungup');
  await settled();
  assert.deepEqual(sharesOf(floor), [
    ['1001', 5_000, 0],
    ['1006', 3_000, 1_000],
    ['1002', 0, 0],
  ]);
  assert.equal(floor.cdrs.at(-1)?.transferredTo, undefined);
  assert.deepEqual(
    floor.typesOf(CALL).filter((type) => /tookOver|transferred/.test(type)),
    ['supervision.tookOver', 'call.transferred'],
    'who was taken over has passed nobody on: the second is the one who picks up',
  );
  nothingLeft(floor);
});

test('The supervisor hangs up: the customer is hung up on, and the supervisor has after-call work', async () => {
  const { floor, caller, dialling, takesOver } = await overheard();
  await takesOver();
  dialling.events.gone();
  await settled();
  assert.ok(caller.hungUp);
  assert.equal(floor.stateOf('1006'), 'wrapUp');
  nothingLeft(floor);
});

for (const present of [true, false])
  test(`A supervisor who took over passes on by REFER, and a phone that dies takes nobody along (signed in: ${present})`, async () => {
    const { floor, caller, boss, dialling, takesOver } = await overheard({ present });
    // Otherwise the house has no place for them.
    if (!present)
      floor.center.submit({
        ...{ type: 'agent.reachable', agentId: agentId('1006'), reachable: false },
      });
    await takesOver();
    hears(floor, caller, boss);
    const told: number[] = [];
    const wish = { user: '1002', host: 'localhost', notify: (code: number) => told.push(code) };
    assert.equal(
      floor.center.referred(boss, { ...wish, notify: (code) => void told.push(code) }),
      202,
    );
    await settled();
    const request = floor.telephony.rings.at(-1);
    assert.ok(request);
    floor.center.agentFailed(request.offerId, 'rejected');
    await settled();
    assert.deepEqual(told, [603]);
    hears(floor, caller, boss);
    floor.clock.advance(5_000);
    dialling.events.gone(true);
    await settled();
    assert.ok(!caller.hungUp);
    assert.equal(floor.stageOf(CALL), 'queued');
    assert.ok(floor.typesOf(CALL).includes('agent.lost'));
    floor.center.callerGone(CALL, 'hungup');
    await settled();
    nothingLeft(floor);
  });

test('The keys of a conversation work on the phone that has taken it over', async () => {
  const { floor, caller, boss, dialling, takesOver, talk } = await overheard();
  await takesOver();
  assert.equal(talk.consult(CALL, { agent: '1002' }), undefined);
  await settled();
  const asked = await answers(floor);
  hears(floor, boss, asked);
  for (const key of ['*', '4']) dialling.events.digit(key);
  await settled();
  hears(floor, caller, asked);
  assert.deepEqual(statesOf(floor, '1002', '1006'), ['talking', 'wrapUp']);
  floor.center.callerGone(CALL, 'hungup');
  await settled();
  nothingLeft(floor);
});

test('Who is not signed in is so for this conversation and its after-call work', async () => {
  const { floor, dialling, takesOver } = await overheard({ present: false });
  assert.equal(floor.stateOf('1006'), 'offline');
  await takesOver();
  assert.equal(floor.stateOf('1006'), 'talking');
  floor.clock.advance(4_000);
  dialling.events.gone();
  await settled();
  assert.equal(floor.stateOf('1006'), 'wrapUp');
  assert.deepEqual(sharesOf(floor)?.at(-1), ['1006', 4_000, 0]);
  floor.clock.advance(60_000);
  assert.equal(floor.stateOf('1006'), 'offline');
  nothingLeft(floor);
});

test('Who has a call of their own, or work after one, takes none over: they hear so, and go on listening', async () => {
  const { floor, caller, agent, boss, dialling, takesOver } = await overheard({ present: 'busy' });
  assert.equal(floor.stateOf('1006'), 'talking');
  const refused = await takesOver();
  assert.equal(refused.ok ? undefined : refused.error.code, 'AGENT_STATE');
  hears(floor, caller, agent);
  assert.ok(!floor.telephony.overheard.some(([, how]) => how === 'stopped'));
  dialling.events.digit('9');
  await settled();
  assert.deepEqual(boss.played, ['refused']);
  boss.finishPlaying();
  await settled();
  assert.deepEqual(floor.telephony.overheard.slice(-2), [
    [boss, 'stopped'],
    [boss, 'listen'],
  ]);
});

for (const [how, rings] of [
  ['transfer', 'the customer hears music'],
  ['consult', 'the agent asks somebody'],
  ['conference', 'a third is rung'],
] as const) {
  test(`Taken over while a phone rings (${rings}): it stops, and nobody takes the customer away`, async () => {
    const { floor, caller, boss, takesOver, talk } = await overheard();
    assert.equal(talk[how](CALL, { agent: '1002' }), undefined);
    await settled();
    const ringing = floor.telephony.rings.at(-1);
    assert.ok(ringing);
    assert.ok((await takesOver()).ok);
    hears(floor, caller, boss);
    assert.ok(floor.telephony.cancelled.includes(ringing.offerId));
    assert.equal(floor.stateOf('1002'), 'notReady', 'on their break again');
    const late = new FakeAgentLeg(ringing);
    floor.center.agentAnswered(ringing.offerId, late);
    await settled();
    assert.ok(late.hungUp, 'who was quicker than our CANCEL');
    hears(floor, caller, boss);
    floor.center.callerGone(CALL, 'hungup');
    await settled();
    nothingLeft(floor);
  });
}

test('A transfer by REFER that rings as it is taken over: the phone is told that nothing comes of it', async () => {
  const { floor, caller, agent, boss, takesOver } = await overheard();
  const told: number[] = [];
  const wish = { user: '1002', host: 'localhost', notify: (code: number) => void told.push(code) };
  assert.equal(floor.center.referred(agent, wish), 202);
  await settled();
  await takesOver();
  assert.deepEqual(told, [487]);
  hears(floor, caller, boss);
});

test('Taken over in a consultation: whoever was asked is let go', async () => {
  const { floor, caller, boss, takesOver, talk } = await overheard();
  talk.consult(CALL, { agent: '1002' });
  await settled();
  const asked = await answers(floor);
  await takesOver();
  hears(floor, caller, boss);
  assert.ok(asked.hungUp);
  assert.deepEqual(statesOf(floor, '1001', '1002', '1006'), ['wrapUp', 'wrapUp', 'talking']);
  floor.center.callerGone(CALL, 'hungup');
  await settled();
  nothingLeft(floor);
});

for (const leaves of ['third', 'supervisor', 'customer'] as const) {
  test(`Taken over in a conference: the third stays, and the others go on when the ${leaves} leaves`, async () => {
    const { floor, caller, boss, dialling, takesOver, talk } = await overheard();
    talk.conference(CALL, { agent: '1002' });
    await settled();
    const offer = floor.telephony.rings.at(-1)?.offerId;
    assert.ok(offer);
    const third = await answers(floor);
    await takesOver();
    hears(floor, caller, boss, third);
    assert.deepEqual(statesOf(floor, '1001', '1002', '1006'), ['wrapUp', 'talking', 'talking']);
    if (leaves === 'third') floor.center.agentGone(offer);
    else if (leaves === 'supervisor') dialling.events.gone();
    else floor.center.callerGone(CALL, 'hungup');
    await settled();
    const all = { third, supervisor: boss, customer: caller };
    const others = Object.entries(all).flatMap(([who, leg]) => (who === leaves ? [] : [leg]));
    const goOn = floor.telephony.hearing.filter((leg) => leg !== all[leaves]);
    assert.deepEqual(new Set(goOn), new Set(others));
    floor.center.hangup(CALL);
    await settled();
    assert.deepEqual(statesOf(floor, '1002', '1006'), ['wrapUp', 'wrapUp']);
    nothingLeft(floor);
  });
}

test('Taken over in a conference whose agent speaks by the second call of their phone: both calls of it end', async () => {
  const { floor, caller, agent, boss, takesOver } = await overheard();
  const { side, asked } = await asksByPhone(floor, agent);
  for (const key of ['*', '3']) floor.center.digit(side.callId, key);
  await settled();
  hears(floor, side, asked, caller);
  await takesOver();
  hears(floor, caller, boss, asked);
  assert.ok(side.hungUp && agent.hungUp);
});

/** Hold, and a second call of the phone, which is answered. */
async function asksByPhone(floor: TestFloor, agent: FakeAgentLeg) {
  floor.center.held(agent, true);
  const call = { ...inbound('side', undefined, '1002'), fromExtension: '1001' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const side = new FakeCallerLeg(call.callId);
  floor.center.answered(side);
  await settled();
  const asked = await answers(floor);
  return { side, asked };
}

test('A supervisor hears the agent in whatever call of their phone they speak', async () => {
  const { floor, agent, boss, desk, talk } = await overheard();
  const listensTo = () => floor.telephony.overheardLegs.get(boss);
  assert.equal(listensTo(), agent);
  const { side } = await asksByPhone(floor, agent);
  assert.equal(listensTo(), side);
  assert.ok((await desk.change(CALL, 's1', 'whisper', by)).ok);
  talk.conference(CALL);
  await settled();
  assert.equal(listensTo(), side);
  talk.cancel(CALL);
  await settled();
  assert.ok(side.hungUp);
  assert.equal(listensTo(), agent);
  assert.deepEqual(
    floor.telephony.overheard.at(-1),
    [boss, 'whisper'],
    'as they were heard before',
  );
  assert.equal(floor.center.snapshot().calls[0]?.supervisions?.[0]?.state, 'on');
});

test('A call by code is theirs no longer when its phone has the customer; it ends, and so does the conversation', async () => {
  const { floor, caller, desk, takesOver } = await overheard();
  desk.end(CALL, 's1', by);
  const scopes = ROLE_SCOPES.supervisor;
  floor.users.set('1006', { kind: 'user', id: 'jefa', name: 'Jefa', scopes });
  const call = { ...inbound('own', undefined, '*781001'), fromExtension: '1006' };
  floor.center.arrived(call);
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answered(leg);
  await settled();
  await settled();
  floor.center.digit(call.callId, '9');
  await settled();
  hears(floor, caller, leg);
  assert.equal(floor.stateOf('1006'), 'talking');
  assert.deepEqual(
    floor.center.snapshot().calls.map(({ id }) => id),
    [CALL],
  );
  assert.ok(!leg.hungUp);
  for (const key of ['*', '9']) floor.center.digit(call.callId, key);
  floor.center.callerGone(call.callId, 'hungup');
  await settled();
  assert.ok(caller.hungUp);
  nothingLeft(floor);
  assert.equal((await takesOver()).ok, false);
});

test('The phone hangs up in the moment of the take-over: the agent goes on', async () => {
  const { floor, caller, agent, desk, dialling } = await overheard();
  const done = desk.takeOver(CALL, 's1', by);
  dialling.events.gone();
  const result = await done;
  await settled();
  assert.equal(result.ok, false);
  hears(floor, caller, agent);
  assert.deepEqual(statesOf(floor, '1001', '1006'), ['talking', 'ready']);
});
