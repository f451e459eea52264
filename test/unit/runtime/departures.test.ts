import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leg } from '../../../src/runtime/ports/phones.ts';
import { RECONCILE_MS } from '../../../src/runtime/reconciler.ts';
import { FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, type TestFloor } from '../../support/floor.ts';
import { answers, hears, lastOffer, talking } from '../../support/talking.ts';

/** Nobody speaks any more, and nobody is charged with it. */
function over(floor: TestFloor): void {
  assert.deepEqual(floor.center.snapshot().calls, []);
  assert.deepEqual(floor.engine.calls(), []);
  assert.deepEqual(floor.engine.brokenInvariants(), []);
  assert.deepEqual(floor.broken, []);
  assert.deepEqual(
    floor.cdrs.map(({ outcome, endedBy }) => [outcome, endedBy]),
    [['answered', 'caller']],
  );
}

async function callerLeaves({ floor, id }: Awaited<ReturnType<typeof talking>>): Promise<void> {
  floor.center.callerGone(id, 'hungup');
  await settled();
  assert.equal(floor.cdrs.length, 0, 'two still talk');
}

/** Carmen's phone makes a second call, to a colleague. */
async function asks(floor: TestFloor, agent: Leg): Promise<FakeCallerLeg> {
  floor.center.held(agent, true);
  const call = { ...inbound('side', undefined, '1002'), fromExtension: '1001' };
  assert.deepEqual(floor.center.arrived(call), { accept: true });
  const side = new FakeCallerLeg(call.callId);
  floor.center.answered(side);
  await settled();
  return side;
}

test('The caller leaves a conference, then the agent: the colleague is not left alone', async () => {
  const scene = await talking();
  const { floor, agent, talk, id } = scene;
  talk.conference(id, { agent: '1002' });
  await settled();
  const other = await answers(floor);
  await callerLeaves(scene);
  hears(floor, agent, other);
  assert.equal(talk.leave(id), undefined);
  await settled();
  assert.ok(agent.hungUp && other.hungUp);
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['wrapUp', 'wrapUp']);
  over(floor);
});

test('The caller leaves a consultation: nobody is left to be handed over, and the two talk on', async () => {
  const scene = await talking();
  const { floor, agent, talk, id } = scene;
  talk.consult(id, { agent: '1002' });
  await settled();
  const other = await answers(floor);
  await callerLeaves(scene);
  assert.equal(talk.complete(id)?.code, 'CALL_STATE');
  await settled();
  hears(floor, agent, other);
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['talking', 'talking']);
  assert.equal(talk.cancel(id), undefined);
  await settled();
  assert.ok(agent.hungUp && other.hungUp);
  over(floor);
});

test('The caller leaves a consultation with somebody outside: their line ends with the agent', async () => {
  const scene = await talking();
  const { floor, agent, talk, id } = scene;
  talk.consult(id, { number: '+525555550199' });
  await settled();
  const dialled = floor.telephony.dials.at(-1);
  const expert = dialled?.answer();
  await settled();
  assert.ok(dialled && expert);
  await callerLeaves(scene);
  assert.equal(talk.complete(id)?.code, 'CALL_STATE');
  hears(floor, agent, expert);
  floor.center.agentGone(floor.telephony.rings[0]?.offerId ?? lastOffer(floor));
  await settled();
  assert.ok(dialled.hungUp, 'nobody of ours is in the call');
  over(floor);
});

test('Who answers a blind transfer, and is still being told what it is about, has nobody: it is over', async () => {
  const { floor, talk, id } = await talking();
  floor.registered.add('1001').add('1002');
  const agents = floor.configuration.agents.map((one) =>
    one.id === '1002' ? { ...one, arrival: { whisper: true } } : one,
  );
  floor.configuration = { ...floor.configuration, agents };
  assert.deepEqual(await floor.center.reload(), []);
  talk.transfer(id, { agent: '1002' });
  await settled();
  const answered = answers(floor);
  floor.center.callerGone(id, 'hungup');
  const other = await answered;
  await settled();
  assert.ok(other.hungUp);
  over(floor);
});

for (const who of ['the agent', 'the colleague', 'a lost BYE'] as const) {
  test(`The caller leaves who asks by a second call: it is their only one, and ${who} ends it`, async () => {
    const dead = new Set<unknown>();
    const legTruth = { isAlive: (leg: unknown) => !dead.has(leg), callerLegs: () => [] };
    const scene = await talking({ legTruth: { ...legTruth, hangupLeg: () => {} } });
    const { floor, agent } = scene;
    const side = await asks(floor, agent);
    const other = await answers(floor);
    await callerLeaves(scene);
    assert.ok(agent.hungUp && floor.telephony.cancelled.length > 0, 'the phone shows who is left');
    hears(floor, side, other);
    if (who === 'the agent') floor.center.callerGone(side.callId, 'hungup');
    else if (who === 'the colleague') floor.center.agentGone(lastOffer(floor));
    else {
      dead.add(side);
      for (let round = 0; round < 2; round += 1) {
        floor.clock.advance(RECONCILE_MS);
        await settled();
      }
    }
    await settled();
    assert.ok(other.hungUp && (side.hungUp || who === 'the agent'));
    assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['wrapUp', 'wrapUp']);
    over(floor);
    floor.center.stop();
  });
}
