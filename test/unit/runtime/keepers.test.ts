import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leg, Referral } from '../../../src/runtime/ports/phones.ts';
import { BROUGHT_MAX } from '../../../src/runtime/talk/talks.ts';
import { FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, type TestFloor } from '../../support/floor.ts';
import { answers, hears, lastOffer, talking } from '../../support/talking.ts';

const OUTSIDE = '+525512345678';

/** Whoever has the customer without a place in the engine: somebody outside, or at the phone of 1006, who is not signed in. */
async function passedOn(to: { number: string } | { agent: string }) {
  const scene = await talking();
  const { floor, caller, talk, id } = scene;
  floor.clock.advance(1_000);
  assert.equal(talk.transfer(id, to), undefined);
  await settled();
  const dialled = floor.telephony.dials.at(-1);
  const keeper = dialled?.answer();
  await settled();
  assert.ok(dialled && keeper);
  if ('number' in to) dialled.events.digit('1');
  await settled();
  hears(floor, caller, keeper);
  const told: number[] = [];
  const refer = (user: string, more: Partial<Referral> = {}, leg: Leg = keeper) =>
    floor.center.referred(leg, {
      ...{ user, host: 'localhost', notify: (status: number) => void told.push(status) },
      ...more,
    });
  const press = (keys: string) => {
    for (const key of keys) dialled.events.digit(key);
  };
  return { ...scene, dialled, keeper, told, refer, press };
}

function over({ floor }: { floor: TestFloor }): void {
  assert.deepEqual(floor.center.snapshot().calls, []);
  assert.deepEqual(floor.engine.calls(), []);
  assert.deepEqual(floor.engine.brokenInvariants(), []);
  assert.deepEqual(floor.broken, []);
  assert.equal(floor.cdrs.length, 1);
}

for (const to of [{ number: OUTSIDE }, { agent: '1006' }])
  test(`REFER by ${JSON.stringify(to)}: the colleague has the customer, with the context; each their time`, async () => {
    const scene = await passedOn(to);
    const { floor, caller, dialled, told, refer } = scene;
    floor.clock.advance(5_000);
    assert.equal(refer('1002'), 202);
    await settled();
    assert.equal(caller.music, 'default');
    const ring = floor.telephony.rings.at(-1);
    const by = 'number' in to ? to.number : '1006';
    assert.equal(ring?.headers['X-Centralita-Transferred-By'], by);
    assert.match(ring?.displayName ?? '', /5555550001|Cola|Ventas/i);
    const other = await answers(floor);
    hears(floor, caller, other);
    assert.ok(dialled.hungUp);
    assert.deepEqual(told, [200]);
    assert.equal(floor.stateOf('1002'), 'talking');
    floor.clock.advance(2_000);
    floor.center.agentGone(lastOffer(floor));
    await settled();
    assert.ok(caller.hungUp);
    assert.deepEqual([floor.cdrs[0]?.talkMs, floor.cdrs[0]?.outcome], [8_000, 'answered']);
    over(scene);
  });

test('REFER to a queue: the customer waits, and the next agent has them', async () => {
  const scene = await passedOn({ number: OUTSIDE });
  const { floor, caller, id, dialled, told, refer } = scene;
  assert.equal(refer('ventas'), 202);
  await settled();
  assert.ok(dialled.hungUp);
  assert.deepEqual(told, [200]);
  assert.equal(floor.stageOf(id), 'queued');
  // Her after-call work is over.
  floor.clock.advance(15_000);
  await settled();
  const next = await answers(floor);
  hears(floor, caller, next);
  floor.center.callerGone(id, 'hungup');
  await settled();
  over(scene);
});

test('REFER to whom nobody may call, to nobody, to themselves, to a place to park: the two go on', async () => {
  const scene = await passedOn({ number: OUTSIDE });
  const { floor, caller, keeper, refer } = scene;
  const refused: [string, number][] = [
    ['+34600000000', 403],
    ['nobody', 603],
    [OUTSIDE, 603],
    // It would come back to an agent.
    ['*80', 603],
  ];
  for (const [user, status] of refused) assert.equal(refer(user), status, user);
  hears(floor, caller, keeper);
});

test('A trunk names numbers by its own address', async () => {
  const { floor, refer } = await passedOn({ number: OUTSIDE });
  assert.equal(refer('+525599990000', { host: 'x' }), 202, 'the far end is at x');
  await settled();
  assert.deepEqual(floor.telephony.dials.at(-1)?.request.to, {
    kind: 'number',
    number: '+525599990000',
  });
});

test('REFER to whoever declines: the customer is theirs again; who has hung up meanwhile has let go', async () => {
  const { floor, caller, keeper, dialled, told, refer, id } = await passedOn({ number: OUTSIDE });
  refer('1002');
  await settled();
  floor.center.agentFailed(lastOffer(floor), 'rejected');
  await settled();
  assert.deepEqual(told, [603]);
  hears(floor, caller, keeper);
  floor.clock.advance(5_000);
  refer('1002');
  await settled();
  dialled.events.gone();
  await settled();
  assert.ok(!caller.hungUp);
  assert.equal(caller.music, 'default');
  floor.center.agentFailed(lastOffer(floor), 'rejected');
  await settled();
  assert.equal(floor.stageOf(id), 'queued');
});

for (const to of [{ number: OUTSIDE }, { agent: '1006' }])
  test(`The phone of ${JSON.stringify(to)} dies: the customer waits where they stood`, async () => {
    const scene = await passedOn(to);
    const { floor, caller, dialled, id } = scene;
    dialled.events.gone(true);
    await settled();
    assert.ok(!caller.hungUp);
    assert.equal(floor.stageOf(id), 'queued');
    assert.equal(caller.music, 'default');
    assert.ok(floor.typesOf(id).includes('agent.lost'));
    floor.center.callerGone(id, 'hungup');
    await settled();
    over(scene);
  });

test('Consultation by the API, conference, leaving it: by keys as well', async () => {
  const { floor, caller, keeper, press, talk, id } = await passedOn({ agent: '1006' });
  assert.equal(talk.consult(id, { agent: '1002' }), undefined);
  await settled();
  const other = await answers(floor);
  hears(floor, keeper, other);
  assert.equal(caller.music, 'default');
  press('*3');
  await settled();
  hears(floor, keeper, other, caller);
  press('*4');
  await settled();
  hears(floor, caller, other);
});

test('Attended transfer by the phone: hold, a second call, REFER with Replaces', async () => {
  const scene = await passedOn({ agent: '1006' });
  const { floor, caller, keeper, dialled, refer, told } = scene;
  floor.center.held(keeper, true);
  const call = { ...inbound('side', undefined, '1002'), fromExtension: '1006' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const side = new FakeCallerLeg(call.callId);
  floor.center.answered(side);
  await settled();
  const other = await answers(floor);
  hears(floor, side, other);
  const { sipCallId, localTag, remoteTag } = side.identity;
  assert.equal(refer('1002', { replaces: { sipCallId, localTag, remoteTag } }), 202);
  await settled();
  hears(floor, caller, other);
  assert.ok(dialled.hungUp && side.hungUp);
  assert.deepEqual(told, [200]);
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  over(scene);
});

for (const ends of ['they', 'the other', 'a phone that died'] as const)
  test(`The customer leaves a consultation of theirs, by a second call: the two go on until ${ends} ends it`, async () => {
    const scene = await passedOn({ agent: '1006' });
    const { floor, caller, keeper, dialled } = scene;
    floor.center.held(keeper, true);
    const call = { ...inbound('side', undefined, '1002'), fromExtension: '1006' };
    floor.center.arrived(call);
    const side = new FakeCallerLeg(call.callId);
    floor.center.answered(side);
    await settled();
    const other = await answers(floor);
    floor.center.callerGone(caller.callId, 'hungup');
    await settled();
    assert.ok(dialled.hungUp, 'their phone shows who is left');
    hears(floor, side, other);
    if (ends === 'the other') floor.center.agentGone(lastOffer(floor));
    else floor.center.callerGone(side.callId, ends === 'they' ? 'hungup' : 'lost');
    await settled();
    assert.ok(side.hungUp || ends !== 'the other');
    assert.ok(other.hungUp || ends === 'the other');
    over(scene);
  });

test('A parked customer is who has parked them: an agent at their own phone who is not signed in', async () => {
  const { floor, caller, refer, told, dialled, id } = await passedOn({ agent: '1006' });
  assert.equal(refer('*80'), 202);
  await settled();
  assert.deepEqual([told, dialled.hungUp], [[200], true]);
  assert.deepEqual(
    floor.center.talk.parked().map(({ slot }) => slot),
    ['1006'],
  );
  const call = { ...inbound('come', undefined, '*811006'), fromExtension: '1002' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const leg = new FakeCallerLeg(call.callId);
  floor.center.answered(leg);
  await settled();
  hears(floor, caller, leg);
  assert.equal(floor.stateOf('1002'), 'talking');
  assert.equal(floor.stageOf(id), 'talking');
});

test('Nobody comes for a customer whom somebody not signed in has parked: they wait in the queue, for the next agent', async () => {
  const { floor, caller, refer, id } = await passedOn({ agent: '1006' });
  refer('*80');
  await settled();
  const rung = floor.telephony.rings.length;
  floor.clock.advance(119_999);
  await settled();
  assert.equal(floor.stageOf(id), 'parked');
  floor.clock.advance(1);
  await settled();
  assert.deepEqual(floor.center.talk.parked(), []);
  assert.equal(floor.telephony.rings.length, rung + 1, 'an agent who is there is rung');
  hears(floor, caller, await answers(floor));
  assert.deepEqual(floor.broken, []);
});

test('Two outside who pass a customer to and fro: twelve times, then no more', async () => {
  const { floor, caller, refer, keeper } = await passedOn({ number: OUTSIDE });
  let has: Leg = keeper;
  for (let times = 2; times <= BROUGHT_MAX; times++) {
    const other = times % 2 === 0 ? '+525511110000' : OUTSIDE;
    assert.equal(refer(other, {}, has), 202, `transfer ${times}`);
    await settled();
    const dialled = floor.telephony.dials.at(-1);
    assert.ok(dialled);
    has = dialled.answer();
    await settled();
    dialled.events.digit('1');
    await settled();
    hears(floor, caller, has);
  }
  assert.equal(refer('1002', {}, has), 603);
  hears(floor, caller, has);
});
