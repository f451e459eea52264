import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callbackId } from '../../../src/model/ids.ts';
import { FakeAgentLeg } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const ANA = '+525555550001';

/** A house whose queues promise call backs, as if it had trunks. */
async function open(canDial: boolean, engine?: Engine) {
  const floor = new TestFloor(engine, { canDial: () => canDial });
  const { configuration } = floor;
  const queues = configuration.queues.map((queue) => ({ ...queue, callbackEnabled: true }));
  floor.configuration = { ...configuration, queues };
  return { floor, problems: await floor.center.reload() };
}

/** Offers of which the shell hears nothing: with trunks it could ring the agent's phone for them. */
function withoutRinging(floor: TestFloor): readonly string[] {
  const offers: string[] = [];
  const apply = floor.engine.apply.bind(floor.engine);
  floor.engine.apply = (now, command) => {
    const { reply, changes } = apply(now, command);
    for (const change of changes) if (change.type === 'offer.made') offers.push(change.offerId);
    return { reply, changes: changes.filter(({ type }) => type !== 'offer.made') };
  };
  return offers;
}

const ask = (floor: TestFloor, id: string) =>
  floor.center.submit({
    type: 'callback.request',
    callbackId: callbackId(`${id}!`),
    callId: id as never,
  });

test('K8 a house that cannot dial promises nothing: the configuration is refused, queue by queue', async () => {
  const { floor, problems } = await open(false);
  assert.ok(
    problems.includes('Queue ventas: call backs need a trunk that dials out, and there is none.'),
  );
  assert.equal(floor.engine.queues().length, 0);
});

test('K1 who asks to be rung back is hung up with a record of it, and the ticket is shown', async () => {
  const { floor, problems } = await open(true);
  assert.deepEqual(problems, []);
  const caller = await floor.queuedCall('c1', ANA);
  floor.clock.advance(30_000);
  assert.ok(ask(floor, 'c1').ok);
  await settled();
  assert.ok(caller.hungUp);
  assert.deepEqual([floor.cdrs[0]?.outcome, floor.cdrs[0]?.waitMs], ['callback', 30_000]);
  const [ticket] = floor.center.snapshot().callbacks;
  assert.deepEqual([ticket?.number, ticket?.stage, ticket?.position], [ANA, 'waiting', 1]);
  assert.deepEqual(floor.broken, []);
});

test('K5 without a trunk nobody is dialled: the attempt fails honestly and the agent is free', async () => {
  const { floor } = await open(true);
  await floor.queuedCall('c1', ANA);
  ask(floor, 'c1');
  const offers = withoutRinging(floor);
  floor.ready('1001');
  floor.center.submit({ type: 'offer.answered', offerId: offers[0] as never });
  await settled();
  const [ticket] = floor.center.snapshot().callbacks;
  assert.deepEqual([ticket?.stage, ticket?.attempts], ['scheduled', 1]);
  assert.equal(floor.stateOf('1001'), 'ready');
  assert.deepEqual(floor.broken, []);
});

test('K7 who accepts a call back while the customer waits is joined to the customer', async () => {
  const { floor } = await open(true);
  await floor.queuedCall('c1', ANA);
  ask(floor, 'c1');
  const offers = withoutRinging(floor);
  floor.ready('1001');
  const caller = await floor.queuedCall('c2', ANA);
  const leg = new FakeAgentLeg({ offerId: offers[0], agentId: '1001' } as never);
  floor.center.agentAnswered(offers[0] as never, leg);
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[caller, leg]]);
  floor.center.agentGone(offers[0] as never);
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs.at(-1)?.outcome, 'answered');
  assert.deepEqual(floor.center.snapshot().callbacks, []);
  assert.deepEqual(floor.broken, []);
});

test('K9 promises outlive the process; who was being dialled is dialled again later', async () => {
  const { floor: before } = await open(true);
  await before.queuedCall('c1', ANA);
  ask(before, 'c1');
  before.engine.apply(before.clock.now(), {
    type: 'callback.schedule',
    callbackId: callbackId('s'),
    queueId: before.engine.queues()[0]?.id as never,
    callerKey: '+525555550009',
    at: before.clock.now() + 3_600_000,
    priority: 5,
    requiredSkills: {},
  });
  const { floor: after } = await open(true, Engine.restore(before.engine.serialize()));
  after.center.recover(before.kept);
  assert.deepEqual(
    after.center.snapshot().callbacks.map(({ id, stage }) => `${id} ${stage}`),
    ['c1! waiting', 's scheduled'],
  );
});
