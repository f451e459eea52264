import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callbackId, callId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import type { OutboundRules } from '../../../src/runtime/outbound/outbound.ts';
import { FakeAgentLeg, type FakeDialling } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';
import { textPrompts } from '../../support/text-prompts.ts';

const ANA = '+525555550001';
const RULES: OutboundRules = { allowed: ['+52'], callsMax: 5, callsPerHourMax: 100 };

/** A house whose queues promise call backs. */
async function open(
  outbound: OutboundRules | undefined = RULES,
  settings: Partial<QueueConfig> = {},
  engine?: Engine,
  prompts = textPrompts,
) {
  const floor = new TestFloor(engine, { prompts, ...(outbound ? { outbound } : {}) });
  const { configuration } = floor;
  const queues = configuration.queues.map((queue) => ({
    ...queue,
    callbackEnabled: true,
    ...settings,
  }));
  floor.configuration = { ...configuration, queues };
  return { floor, problems: await floor.center.reload() };
}

const ask = (floor: TestFloor, id: string) =>
  floor.center.submit({
    type: 'callback.request',
    callbackId: callbackId(`${id}!`),
    callId: id as never,
  });

/** Ana has asked to be rung back, and Carmen's phone rings for it. */
async function promised(settings: Partial<QueueConfig> = {}, rules = RULES, prompts = textPrompts) {
  const { floor } = await open(rules, settings, undefined, prompts);
  await floor.queuedCall('c1', ANA);
  assert.ok(ask(floor, 'c1').ok);
  await settled();
  floor.ready('1001');
  await settled();
  return floor;
}

/** Carmen accepts, and Ana's phone rings. */
async function dialled(settings: Partial<QueueConfig> = {}, rules = RULES, prompts = textPrompts) {
  const floor = await promised(settings, rules, prompts);
  const [request] = floor.telephony.rings;
  assert.ok(request);
  const agent = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, agent);
  await settled();
  const [dialling] = floor.telephony.dials;
  assert.ok(dialling);
  return { floor, request, agent, dialling };
}

const noMistakes = (floor: TestFloor) => assert.deepEqual(floor.broken, []);
const stageOf = (floor: TestFloor) => floor.center.snapshot().callbacks[0]?.stage;

test('K8 a house that cannot dial promises nothing: the configuration is refused, queue by queue', async () => {
  for (const rules of [undefined, { ...RULES, allowed: [] }, { ...RULES, allowed: ['!+34'] }]) {
    const { floor, problems } = await open(rules ?? { ...RULES, allowed: [] });
    assert.match(problems.join('\n'), /Queue ventas: call backs need a trunk/);
    assert.equal(floor.engine.queues().length, 0);
  }
});

test('K1 who asks to be rung back is hung up with a record of it, and the ticket is shown', async () => {
  const { floor, problems } = await open();
  assert.deepEqual(problems, []);
  const caller = await floor.queuedCall('c1', ANA);
  floor.clock.advance(30_000);
  assert.ok(ask(floor, 'c1').ok);
  await settled();
  assert.ok(caller.hungUp);
  assert.deepEqual([floor.cdrs[0]?.outcome, floor.cdrs[0]?.waitMs], ['callback', 30_000]);
  const [ticket] = floor.center.snapshot().callbacks;
  assert.deepEqual([ticket?.number, ticket?.stage, ticket?.position], [ANA, 'waiting', 1]);
  noMistakes(floor);
});

test('K3 agent first: the phone shows a call back, the agent hears whom, and the customer is dialled', async () => {
  const { floor, request, agent, dialling } = await dialled();
  assert.equal(request.alone, true);
  assert.match(request.displayName, /^Devolución: /);
  assert.equal(request.headers['X-Centralita-Callback'], 'yes');
  assert.deepEqual(agent.played, ['callback agent Ana García']);
  assert.deepEqual(dialling.request.to, { kind: 'number', number: ANA });
  assert.equal(dialling.request.near, agent);
  assert.equal(floor.stateOf('1001'), 'talking');
  noMistakes(floor);
});

test('K4 reached: the two are joined, and the record of the call names the promise', async () => {
  const { floor, agent, dialling } = await dialled();
  const customer = dialling.answer();
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[customer, agent]]);
  assert.deepEqual(floor.center.snapshot().callbacks, []);
  floor.clock.advance(60_000);
  dialling.events.gone();
  await settled();
  const cdr = floor.cdrs.at(-1);
  assert.deepEqual(
    [cdr?.callId, cdr?.outcome, cdr?.direction, cdr?.callbackId, cdr?.agentId, cdr?.ani],
    ['c1!', 'answered', 'outbound', 'c1!', '1001', ANA],
  );
  assert.equal(cdr?.talkMs, 60_000);
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  const history = floor.events.filter((event) => event.callId === callId('c1!'));
  assert.deepEqual(
    history.map(({ seq }) => seq),
    history.map((_, at) => at + 1),
  );
  assert.deepEqual(floor.center.snapshot().calls, []);
  noMistakes(floor);
});

for (const cause of ['busy', 'noAnswer', 'rejected', 'unreachable', 'noTrunk'] as const) {
  test(`K5 ${cause}: the agent is free at once, the attempt has its record, and it is tried again later`, async () => {
    const { floor, agent, dialling, request } = await dialled({ callbackRetryMs: 60_000 });
    dialling.events.failed(cause);
    await settled();
    assert.ok(floor.telephony.cancelled.includes(request.offerId), 'the agent is let go');
    assert.equal(floor.stateOf('1001'), 'ready');
    assert.equal(stageOf(floor), 'scheduled');
    const cdr = floor.cdrs.at(-1);
    assert.deepEqual([cdr?.callId, cdr?.outcome], ['c1!.1', 'notReached']);
    assert.equal(agent.hungUp || floor.telephony.cancelled.length > 0, true);
    floor.clock.advance(60_000);
    await settled();
    assert.equal(floor.telephony.rings.length, 2, 'the second attempt rings the agent again');
    noMistakes(floor);
  });
}

test('K5 a trunk that refuses is no attempt, tried again soon, each with a record of its own', async () => {
  const { floor, dialling } = await dialled({ callbackRetryMs: 3_600_000, callbackAttemptsMax: 1 });
  dialling.events.failed('noTrunk');
  await settled();
  floor.clock.advance(30_000);
  await settled();
  const again = floor.telephony.rings.at(-1);
  assert.ok(again);
  floor.center.agentAnswered(again.offerId, new FakeAgentLeg(again));
  await settled();
  const second = floor.telephony.dials.at(-1);
  assert.ok(second && second !== dialling);
  second.events.ringing();
  second.events.failed('noTrunk');
  await settled();
  assert.deepEqual(
    floor.cdrs.slice(-2).map(({ callId: id, outcome }) => [id, outcome]),
    [
      ['c1!.1', 'notReached'],
      ['c1!.2', 'notReached'],
    ],
  );
  const failed = floor.events.filter(({ type }) => type === 'callback.attemptFailed');
  assert.deepEqual(
    failed.map(({ data }) => data.counted),
    [false, true],
    'the second had rung',
  );
  assert.deepEqual(floor.center.snapshot().callbacks, [], 'rung as often as it is tried');
  noMistakes(floor);
});

test('K5 the agent hangs up while the customer is rung: CANCEL, and nobody is bothered', async () => {
  const { floor, dialling, request } = await dialled();
  floor.center.agentGone(request.offerId);
  await settled();
  assert.ok(dialling.hungUp);
  assert.equal(stageOf(floor), 'scheduled');
  const leg = dialling.answer();
  await settled();
  assert.equal(floor.telephony.bridges.length, 0, 'an answer that crosses the CANCEL joins nobody');
  assert.ok(leg);
  noMistakes(floor);
});

test('K5 a phone that rings on and on: the agent is held no longer than callbackDialMs', async () => {
  const { floor, dialling } = await dialled({ callbackDialMs: 20_000 });
  floor.clock.advance(20_000);
  await settled();
  assert.ok(dialling.hungUp);
  assert.equal(floor.stateOf('1001'), 'ready');
  noMistakes(floor);
});

test('K6 a promise that is taken back while the customer is rung ends with the attempt', async () => {
  const { floor, dialling } = await dialled();
  floor.center.submit({ type: 'callback.cancel', callbackId: callbackId('c1!') });
  assert.ok(!dialling.hungUp);
  dialling.events.failed('busy');
  await settled();
  assert.deepEqual(floor.center.snapshot().callbacks, []);
  assert.equal(
    [...floor.kept.keys()].some((key) => key.startsWith('promise:')),
    false,
  );
});

test('K5 an operator ends the call while the customer is rung: the agent is free, it is tried later', async () => {
  const { floor, dialling } = await dialled();
  assert.ok(floor.center.hangup(callId('c1!')));
  await settled();
  assert.ok(dialling.hungUp);
  assert.equal(floor.stateOf('1001'), 'ready');
  assert.equal(stageOf(floor), 'scheduled');
  assert.equal(floor.cdrs.at(-1)?.outcome, 'notReached');
  noMistakes(floor);
});

test('a machine presses no key: the attempt fails as notAccepted', async () => {
  const { floor, dialling } = await dialled({ callbackConfirm: true });
  const leg = dialling.answer();
  await settled();
  assert.deepEqual(leg.played, ['callback confirm']);
  assert.equal(floor.telephony.bridges.length, 0);
  floor.clock.advance(15_000);
  await settled();
  assert.ok(dialling.hungUp);
  assert.equal(stageOf(floor), 'scheduled');
  noMistakes(floor);
});

test('who presses 1 speaks with the agent; other keys are nothing', async () => {
  const { floor, agent, dialling } = await dialled({ callbackConfirm: true });
  const leg = dialling.answer();
  await settled();
  dialling.events.digit('7');
  await settled();
  assert.equal(floor.telephony.bridges.length, 0);
  dialling.events.digit('1');
  dialling.events.digit('1');
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[leg, agent]]);
  floor.clock.advance(15_000);
  await settled();
  assert.ok(!dialling.hungUp, 'the time limit was for the key');
  noMistakes(floor);
});

/** Customer first: Ana's phone rings before anybody else's. */
async function customerFirst() {
  const floor = await promised({ callbackFirst: 'customer', ringTimeoutMs: 20_000 });
  assert.equal(floor.telephony.rings.length, 0);
  const dialling = floor.telephony.dials[0] as FakeDialling;
  const customer = dialling.answer();
  await settled();
  const request = floor.telephony.rings[0];
  assert.ok(request);
  return { floor, dialling, customer, request };
}

test('customer first: dialled, then the chosen agent rings, and both are joined', async () => {
  const { floor, customer, request, dialling } = await customerFirst();
  assert.equal(request.alone, undefined);
  assert.deepEqual(customer.played, ['callback connecting']);
  const agent = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, agent);
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[customer, agent]]);
  floor.center.agentGone(request.offerId);
  await settled();
  assert.ok(customer.hungUp);
  assert.deepEqual([floor.cdrs.at(-1)?.outcome, floor.cdrs.at(-1)?.endedBy], ['answered', 'agent']);
  assert.ok(dialling);
  noMistakes(floor);
});

test('customer first: an agent who does not come leaves the customer in the line, for the next one', async () => {
  const { floor, customer, request } = await customerFirst();
  floor.clock.advance(20_000);
  await settled();
  assert.ok(floor.telephony.cancelled.includes(request.offerId));
  assert.ok(!customer.hungUp);
  assert.equal(floor.stageOf(callId('c1!')), 'queued');
  floor.ready('1002');
  await settled();
  const second = floor.telephony.rings.at(-1);
  assert.equal(second?.agentId, '1002');
  assert.ok(second);
  const agent = new FakeAgentLeg(second);
  floor.center.agentAnswered(second.offerId, agent);
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[customer, agent]]);
  noMistakes(floor);
});

test('customer first: who hangs up before the agent comes has spoken with nobody', async () => {
  const { floor, dialling } = await customerFirst();
  dialling.events.gone();
  await settled();
  assert.equal(floor.stateOf('1001'), 'ready', 'no after-call work for nothing');
  const cdr = floor.cdrs.at(-1);
  assert.deepEqual([cdr?.connectedAt, cdr?.endedBy], [undefined, 'caller']);
  assert.match(cdr?.outcome ?? '', /andon/i);
  assert.deepEqual(floor.center.snapshot().calls, []);
  noMistakes(floor);
});

test('a customer who was rung and whose wait is over is told goodbye by hanging up, not kept for ever', async () => {
  const { floor, customer } = await customerFirst();
  floor.center.submit({ type: 'agent.signOut', agentId: '1001' as never });
  floor.clock.advance(20_000);
  await settled();
  floor.clock.advance(3_600_000);
  await settled();
  assert.ok(customer.hungUp);
  noMistakes(floor);
});

test('nothing is dialled that is not allowed, and no more than the limits say', async () => {
  const abroad = await dialled({}, RULES).then(({ floor }) => floor);
  abroad.center.submit({ type: 'callback.cancel', callbackId: callbackId('c1!') });
  for (const [rules, cause] of [
    [{ ...RULES, allowed: ['+52', '!+525555'] }, 'notAllowed'],
    [{ ...RULES, callsPerHourMax: 0 }, 'limit'],
    [{ ...RULES, callsMax: 0 }, 'limit'],
  ] as const) {
    const floor = await promised({}, rules);
    const [request] = floor.telephony.rings;
    assert.ok(request);
    floor.center.agentAnswered(request.offerId, new FakeAgentLeg(request));
    await settled();
    assert.deepEqual(floor.telephony.dials, []);
    const failed = floor.events.find(({ type }) => type === 'callback.attemptFailed');
    assert.deepEqual([failed?.data.cause, failed?.data.counted], [cause, false]);
    noMistakes(floor);
  }
});

test('K7 who accepts a call back while the customer waits is joined to the customer', async () => {
  const floor = await promised();
  const [request] = floor.telephony.rings;
  assert.ok(request);
  const caller = await floor.queuedCall('c2', ANA);
  const leg = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, leg);
  await settled();
  assert.deepEqual(floor.telephony.bridges, [[caller, leg]]);
  assert.deepEqual(floor.telephony.dials, [], 'who rings is not rung');
  floor.center.agentGone(request.offerId);
  assert.ok(caller.hungUp);
  assert.equal(floor.cdrs.at(-1)?.outcome, 'answered');
  assert.deepEqual(floor.center.snapshot().callbacks, []);
  noMistakes(floor);
});

test('K7 the customer rings while being dialled: busy, and the live call has the place', async () => {
  const { floor, dialling } = await dialled();
  await floor.queuedCall('c2', ANA);
  dialling.events.failed('busy');
  await settled();
  const stages = () => floor.center.snapshot().callbacks.map(({ stage }) => stage);
  assert.deepEqual(stages(), ['paused']);
  assert.equal(floor.stageOf(callId('c2')), 'offered');
  const request = floor.telephony.rings.at(-1);
  assert.equal(request?.callId, 'c2');
  floor.center.agentAnswered(request.offerId, new FakeAgentLeg(request));
  await settled();
  floor.center.agentGone(request.offerId);
  await settled();
  assert.deepEqual(stages(), []);
  const told = floor.events.filter(({ type }) => type.startsWith('callback.'));
  assert.deepEqual(
    told.slice(-2).map(({ type, data }) => [type, data.callId, data.outcome]),
    [
      ['callback.paused', 'c2', undefined],
      ['callback.ended', 'c2', 'merged'],
    ],
  );
  noMistakes(floor);
});

test('K7 the customer rings, and gives up: they are rung, and the story of the promise says so', async () => {
  const { floor, dialling } = await dialled();
  const caller = await floor.queuedCall('c2', ANA);
  dialling.events.failed('busy');
  await settled();
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  const [promise] = floor.center.snapshot().callbacks;
  assert.equal(promise?.stage, 'scheduled', 'for the next attempt');
  const told = floor.events.filter(({ type }) => type.startsWith('callback.'));
  assert.equal(told.at(-1)?.type, 'callback.resumed');
  noMistakes(floor);
});

test('K9 promises outlive the process, with whom they are for; who was being dialled is dialled again later', async () => {
  const { floor: before } = await dialled();
  before.engine.apply(before.clock.now(), {
    type: 'callback.schedule',
    callbackId: callbackId('s'),
    queueId: before.engine.queues()[0]?.id as never,
    callerKey: '+525555550009',
    at: before.clock.now() + 3_600_000,
    priority: 5,
    requiredSkills: {},
  });
  const { floor: after } = await open(
    RULES,
    { callbackRetryMs: 60_000 },
    Engine.restore(before.engine.serialize()),
  );
  after.center.recover(before.kept, before.clock.now());
  assert.deepEqual(
    after.center.snapshot().callbacks.map(({ id, stage }) => `${id} ${stage}`),
    ['c1! scheduled', 's scheduled'],
  );
  after.registered.add('1001');
  after.ready('1001');
  after.clock.advance(3_600_000);
  await settled();
  assert.match(after.telephony.rings[0]?.displayName ?? '', /^Devolución: /);
  // The attempt has its own record, and the promise's history goes on behind it.
  assert.deepEqual(
    after.cdrs.map(({ callId: id, outcome }) => `${id} ${outcome}`),
    ['c1!.1 lost'],
  );
  const story = [...before.events, ...after.events].filter((event) => event.callId === 'c1!');
  const seqs = story.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
  );
  assert.ok(story.findIndex(({ type }) => type === 'call.finished') < story.length - 1);
  noMistakes(after);
});

test('K3 an agent whose customer’s name no voice has in time is told of a call back without it', async () => {
  const { floor, agent } = await dialled({}, RULES, {
    ...textPrompts,
    say: async ({ text }) => {
      if (text.includes('Ana')) throw new Error('The voice takes too long');
      return [text];
    },
  });
  assert.deepEqual(agent.played, ['callback agent']);
  noMistakes(floor);
});
