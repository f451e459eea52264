import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callFacts } from '../../../src/facts/call-facts.ts';
import { addTo, type Facts } from '../../../src/facts/names.ts';
import { at, call, type Step } from '../../support/hand-worked.ts';

const QUEUED: Step = ['10:00:00', 'call.queued', { queueId: 'ventas', serviceLevelMs: 20_000 }];
const ARRIVED: Step = ['10:00:00', 'call.arrived', { dnis: '800' }];

/** The call's facts, by `queue agent slot`. */
function by(told: Parameters<typeof call>[1]): Record<string, Facts> {
  return Object.fromEntries(
    callFacts(call('x', told)).map(({ queueId = '-', agentId = '-', slot, facts }) => [
      `${queueId} ${agentId} ${new Date(slot).toISOString().slice(8, 16)}`,
      facts,
    ]),
  );
}

function whole(
  steps: readonly Step[],
  more: Omit<Parameters<typeof call>[1], 'steps'> = {},
): Facts {
  const sum: Facts = {};
  for (const { facts } of callFacts(call('x', { steps, ...more }))) addTo(sum, facts);
  return sum;
}

test('A call across midnight counts where it was offered, and its conversation where it began', () => {
  const facts = by({
    steps: [
      ['23:59:50', 'call.arrived', { dnis: '800' }],
      ['23:59:50', 'call.queued', { queueId: 'ventas' }],
      ['24:00:05', 'call.connected', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
      ['24:20:05', 'call.ended', { agentId: '1001' }],
      ['24:20:05', 'call.finished', { outcome: 'answered' }],
    ],
    wrapUps: [{ agentId: '1001', from: at('24:20:05'), to: at('24:20:15') }],
  });
  assert.deepEqual(Object.keys(facts).sort(), [
    '- - 20T23:45',
    'ventas - 20T23:45',
    'ventas 1001 21T00:00',
  ]);
  assert.equal(facts['ventas - 20T23:45']?.answered, 1);
  assert.deepEqual(facts['ventas 1001 21T00:00'], {
    handled: 1,
    talkMs: 1_200_000,
    acwMs: 10_000,
    longestTalkMs: 1_200_000,
  });
});

test('A call in progress has what is over: it was offered, nobody has answered yet', () => {
  const facts = whole([ARRIVED, QUEUED]);
  assert.deepEqual(facts, { offered: 1, calls: 1, callsQueued: 1 });
  const talking = whole([
    ARRIVED,
    QUEUED,
    ['10:00:10', 'call.connected', { offerId: 'o', agentId: '1001' }],
  ]);
  assert.equal(talking.answered, 1);
  assert.equal(talking.callsAnswered, 1);
  assert.equal(talking.handled, undefined);
});

test('Answered and nobody could speak: one answer is left, with the whole wait, and one conversation', () => {
  const facts = whole([
    ARRIVED,
    QUEUED,
    ['10:00:05', 'call.connected', { offerId: 'o1', agentId: '1001' }],
    ['10:00:06', 'call.returned', { agentId: '1001', cause: 'media' }],
    ['10:00:30', 'call.connected', { offerId: 'o2', agentId: '1002' }],
    ['10:01:30', 'call.ended', { agentId: '1002' }],
    ['10:01:30', 'call.finished', { outcome: 'answered' }],
  ]);
  const { offered, answered, waitAnsweredMs, answeredInTarget, handled, talkMs, returned } = facts;
  assert.deepEqual(
    { offered, answered, waitAnsweredMs, answeredInTarget, handled, talkMs, returned },
    {
      offered: 1,
      answered: 1,
      waitAnsweredMs: 30_000,
      answeredInTarget: undefined,
      handled: 1,
      talkMs: 60_000,
      returned: 1,
    },
  );
});

test('Overflow is a visit to each queue, each with its own wait; the call is one', () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      [
        '10:02:00',
        'call.overflowed',
        { fromQueueId: 'ventas', queueId: 'reserva', serviceLevelMs: 30_000 },
      ],
      ['10:02:25', 'call.connected', { offerId: 'o', agentId: '1009', queueId: 'reserva' }],
      ['10:03:25', 'call.finished', { outcome: 'answered' }],
    ],
  });
  assert.deepEqual(facts['ventas - 20T10:00'], {
    offered: 1,
    overflowedOut: 1,
    longestWaitMs: 120_000,
  });
  const { offered, overflowedIn, answered, waitAnsweredMs, answeredInTarget } =
    facts['reserva - 20T10:00'] ?? {};
  assert.deepEqual(
    [offered, overflowedIn, answered, waitAnsweredMs, answeredInTarget],
    [1, 1, 1, 25_000, 1],
  );
  assert.equal(facts['- - 20T10:00']?.calls, 1);
});

test('A visit counts in the skills that its queue and the call ask for; older records name the call\u2019s alone', () => {
  const skillsOf = (data: object) =>
    callFacts(
      call('x', { steps: [['10:00:00', 'call.queued', { queueId: 'ventas', ...data }]] }),
    ).find(({ facts }) => facts.offered)?.skills;
  const requiredSkills = { ingles: 3 };
  assert.deepEqual(skillsOf({ requiredSkills, skills: ['ingles', 'ventas'] }), [
    'ingles',
    'ventas',
  ]);
  assert.deepEqual(skillsOf({ requiredSkills }), ['ingles']);
  assert.deepEqual(skillsOf({}), []);
});

test('Who was taken from the line by an operator and spoke with an agent has not abandoned the queue', () => {
  const facts = whole([
    ARRIVED,
    QUEUED,
    ['10:00:40', 'offer.made', { offerId: 'o', agentId: '1009' }],
    ['10:00:40', 'call.left', { queueId: 'ventas', outcome: 'abandoned', byHouse: true }],
    ['10:00:50', 'agent.answered', { agentId: '1009', how: 'blind' }],
    ['10:00:50', 'call.transferred', { target: '1009', to: 'agent', how: 'blind' }],
    ['10:01:50', 'call.ended', { agentId: '1009' }],
    ['10:01:50', 'call.finished', { outcome: 'answered' }],
  ]);
  const { offered, abandoned, leftOtherwise, handled, talkMs } = facts;
  assert.deepEqual(
    [offered, abandoned, leftOtherwise, handled, talkMs],
    [1, undefined, 1, 1, 60_000],
  );
});

test('A key that takes the caller elsewhere is no abandon, though the engine calls it one', () => {
  const elsewhere = whole([
    ARRIVED,
    QUEUED,
    ['10:00:40', 'call.left', { queueId: 'ventas', outcome: 'abandoned' }],
    ['10:00:40', 'call.queued', { queueId: 'soporte' }],
    ['10:00:50', 'call.left', { queueId: 'soporte', outcome: 'abandoned' }],
    ['10:00:50', 'call.finished', { outcome: 'abandoned' }],
  ]);
  assert.equal(elsewhere.offered, 2);
  assert.equal(elsewhere.leftOtherwise, 1);
  assert.equal(elsewhere.abandoned, 1);
  assert.equal(elsewhere.callsAbandoned, 1);
});

test('A caller whom an operator hung up, or whose media died, has abandoned nothing', () => {
  for (const outcome of ['hungUp', 'failed']) {
    const ended = whole([
      ARRIVED,
      QUEUED,
      ['10:00:03', 'call.left', { queueId: 'ventas', outcome: 'shortAbandon' }],
      ['10:00:03', 'call.finished', { outcome }],
    ]);
    assert.deepEqual([ended.offered, ended.leftOtherwise, ended.shortAbandoned], [1, 1, undefined]);
    assert.equal(ended.callsNotServed, outcome === 'hungUp' ? 1 : undefined);
  }
});

test('An attended transfer: each is charged with their own time, and the customer is one call', () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:10', 'call.connected', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
      ['10:01:00', 'call.held', { agentId: '1001', queueId: 'ventas' }],
      ['10:01:00', 'offer.made', { offerId: 'p', agentId: '1002', how: 'consult' }],
      ['10:01:05', 'agent.answered', { agentId: '1002', how: 'consult' }],
      ['10:01:05', 'call.consulted', { agentId: '1001', target: '1002' }],
      ['10:01:40', 'call.ended', { agentId: '1001', talkMs: 90_000, holdMs: 40_000 }],
      [
        '10:01:40',
        'call.transferred',
        { agentId: '1001', target: '1002', to: 'agent', how: 'attended' },
      ],
      ['10:05:00', 'call.ended', { agentId: '1002' }],
      ['10:05:00', 'call.finished', { outcome: 'answered' }],
    ],
  });
  assert.deepEqual(facts['ventas 1001 20T10:00'], {
    handled: 1,
    talkMs: 50_000,
    holdMs: 40_000,
    holds: 1,
    longestTalkMs: 90_000,
    transferredOut: 1,
    consulted: 1,
  });
  assert.deepEqual(facts['ventas 1002 20T10:00'], {
    rung: 1,
    ringMs: 5_000,
    handled: 1,
    talkMs: 235_000,
    longestTalkMs: 235_000,
  });
  assert.equal(facts['- - 20T10:00']?.callsAnswered, 1);
});

test('A blind transfer to a queue: another visit, which says where it came from', () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:10', 'call.connected', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
      ['10:01:10', 'call.ended', { agentId: '1001' }],
      [
        '10:01:10',
        'call.transferred',
        { agentId: '1001', target: 'soporte', to: 'queue', how: 'blind' },
      ],
      ['10:01:10', 'call.queued', { queueId: 'soporte', requiredSkills: {} }],
      ['10:01:30', 'call.connected', { offerId: 'p', agentId: '1002', queueId: 'soporte' }],
      ['10:02:30', 'call.finished', { outcome: 'answered' }],
    ],
  });
  assert.equal(facts['ventas 1001 20T10:00']?.transferredOut, 1);
  assert.equal(facts['ventas - 20T10:00']?.transferredIn, undefined);
  assert.equal(facts['soporte - 20T10:00']?.transferredIn, 1);
  assert.equal(facts['soporte - 20T10:00']?.waitAnsweredMs, 20_000);
  assert.equal(facts['soporte 1002 20T10:00']?.talkMs, 60_000);
});

test('A conference: both agents talk at once, each for as long as they were there', () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:00', 'call.connected', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
      ['10:01:00', 'agent.answered', { agentId: '1002', how: 'conference' }],
      ['10:01:00', 'call.conferenced', { agentId: '1001', target: '1002' }],
      ['10:02:00', 'call.ended', { agentId: '1001' }],
      ['10:03:00', 'call.finished', { outcome: 'answered' }],
    ],
  });
  assert.equal(facts['ventas 1001 20T10:00']?.talkMs, 120_000);
  assert.equal(facts['ventas 1001 20T10:00']?.conferenced, 1);
  assert.equal(facts['ventas 1002 20T10:00']?.talkMs, 120_000);
});

test('A parked call that a colleague takes is no transfer', () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:00', 'call.connected', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
      ['10:01:00', 'call.ended', { agentId: '1001' }],
      ['10:01:00', 'call.parked', { agentId: '1001', slot: '701' }],
      ['10:02:00', 'call.pickedUp', { agentId: '1002', slot: '701' }],
      ['10:02:00', 'agent.answered', { agentId: '1002', how: 'blind' }],
      [
        '10:02:00',
        'call.transferred',
        { agentId: '1001', target: '1002', to: 'agent', how: 'blind' },
      ],
      ['10:03:00', 'call.finished', { outcome: 'answered' }],
    ],
  });
  assert.deepEqual(facts['ventas 1001 20T10:00'], {
    handled: 1,
    talkMs: 60_000,
    longestTalkMs: 60_000,
  });
  assert.equal(facts['ventas 1002 20T10:00']?.talkMs, 60_000);
});

test('Older histories call it a transfer when a call has come back to who let it go', () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:00', 'call.connected', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
      ['10:01:00', 'call.ended', { agentId: '1001' }],
      ['10:01:25', 'agent.answered', { agentId: '1001', how: 'blind' }],
      [
        '10:01:25',
        'call.transferred',
        { agentId: '1001', target: '1001', to: 'agent', how: 'blind' },
      ],
      ['10:02:25', 'call.finished', { outcome: 'answered' }],
    ],
  });
  assert.deepEqual(facts['ventas 1001 20T10:00'], {
    handled: 2,
    talkMs: 120_000,
    longestTalkMs: 60_000,
  });
});

test('A call back, the agent first: requested, dialled, reached, and a conversation from then on', () => {
  const facts = whole([
    ['10:00:00', 'callback.made', { queueId: 'ventas', dnis: '800' }],
    ['10:05:00', 'offer.made', { offerId: 'o', agentId: '1001', queueId: 'ventas' }],
    ['10:05:04', 'callback.dial', { attempt: 1, agentId: '1001', offerId: 'o' }],
    ['10:05:04', 'agent.answered', { agentId: '1001' }],
    ['10:05:30', 'callback.attemptFailed', { attempt: 1, agentId: '1001', cause: 'busy' }],
    ['10:05:30', 'call.finished', { outcome: 'notReached' }],
    ['10:10:30', 'callback.dial', { attempt: 2, agentId: '1001', offerId: 'p' }],
    ['10:10:30', 'agent.answered', { agentId: '1001' }],
    ['10:10:40', 'callback.reached', { agentId: '1001', offerId: 'p' }],
    ['10:10:40', 'callback.ended', { outcome: 'reached', attempts: 2 }],
    ['10:10:41', 'agent.answered', { agentId: '1001' }],
    ['10:12:40', 'call.ended', { agentId: '1001' }],
    ['10:12:40', 'call.finished', { outcome: 'answered' }],
  ]);
  assert.deepEqual(facts, {
    callbacksRequested: 1,
    rung: 1,
    ringMs: 4_000,
    callbackAttempts: 2,
    callbackAttemptsFailed: 1,
    callbacksReached: 1,
    handled: 1,
    talkMs: 120_000,
    longestTalkMs: 120_000,
    callbacksHandled: 1,
  });
});

test('A call back, the customer first: the conversation begins when the agent has answered', () => {
  const facts = whole([
    ['10:00:00', 'callback.made', { queueId: 'ventas' }],
    ['10:10:30', 'callback.dial', { attempt: 1, agentId: '1001', offerId: 'p' }],
    ['10:10:40', 'callback.reached', { agentId: '1001', offerId: 'p' }],
    ['10:10:50', 'agent.answered', { agentId: '1001' }],
    ['10:11:50', 'call.finished', { outcome: 'answered' }],
  ]);
  assert.equal(facts.talkMs, 60_000);
  assert.equal(
    whole([
      ['10:00:00', 'callback.made', { queueId: 'ventas' }],
      ['11:00:00', 'callback.ended', { outcome: 'expired' }],
    ]).callbacksMissed,
    1,
  );
});

test('A call back that its customer overtook by ringing is merged, and not missed', () => {
  const facts = whole([
    ['10:00:00', 'callback.made', { queueId: 'ventas' }],
    ['10:20:00', 'callback.ended', { outcome: 'merged', callId: 'c2' }],
  ]);
  assert.deepEqual(facts, { callbacksRequested: 1, callbacksMerged: 1 });
});

test('Whom the application lost when it died has not given up', () => {
  const facts = whole([
    ARRIVED,
    QUEUED,
    ['10:00:40', 'call.left', { outcome: 'abandoned', waitMs: 40_000 }],
    ['10:00:40', 'call.finished', { outcome: 'lost' }],
  ]);
  assert.equal(facts.abandoned ?? 0, 0);
});

test('The application died during the call: its record says when it was last known to go on', () => {
  const steps: readonly Step[] = [
    ARRIVED,
    QUEUED,
    ['10:00:10', 'call.connected', { offerId: 'o', agentId: '1001' }],
  ];
  const facts = whole(steps, { cdr: { outcome: 'lost', endedAt: at('10:02:10') } });
  assert.equal(facts.handled, 1);
  assert.equal(facts.talkMs, 120_000);
});

test("A casual agent's account: spent, and given back", () => {
  const facts = by({
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:05', 'ledger', { agentId: 'tienda-7', why: 'spent', month: '2026-11', spent: 4 }],
      ['10:00:06', 'ledger', { agentId: 'tienda-7', why: 'givenBack', month: '2026-11', spent: 3 }],
    ],
  });
  assert.deepEqual(facts['ventas tienda-7 20T10:00'], { casualSpent: 1, casualGivenBack: 1 });
});

test('What an agent dials to say that they are ready is no call', () => {
  assert.deepEqual(
    whole([
      ['10:00:00', 'call.arrived', { dnis: '*11', feature: true }],
      ['10:00:05', 'call.finished', { outcome: 'flowEnded' }],
    ]),
    {},
  );
});

test('Events may come in any order, and twice the same function says the same', () => {
  const one = call('x', {
    steps: [
      ARRIVED,
      QUEUED,
      ['10:00:10', 'call.left', { outcome: 'abandoned' }],
      ['10:00:10', 'call.finished', { outcome: 'abandoned' }],
    ],
  });
  assert.deepEqual(callFacts({ ...one, events: [...one.events].reverse() }), callFacts(one));
});
