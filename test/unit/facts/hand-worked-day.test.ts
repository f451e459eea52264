import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentTimes } from '../../../src/facts/agent-times.ts';
import { sumFacts, sumTimes } from '../../../src/facts/aggregate.ts';
import { callFacts } from '../../../src/facts/call-facts.ts';
import { type MeasureName, measureOf } from '../../../src/facts/measures.ts';
import { addTo, type Dimension, type Facts, type Times } from '../../../src/facts/names.ts';
import { SERVICE_LEVELS, serviceLevel } from '../../../src/facts/service-level.ts';
import { callId } from '../../../src/model/ids.ts';
import { at, calls, states } from '../../support/hand-worked.ts';

const placeOf = (id: string) => ({ team: id === '1002' ? 'tarde' : 'norte', queueIds: ['ventas'] });
const rows = sumFacts(
  calls.flatMap((one) => callFacts(one)),
  placeOf,
);

const row = (dimension: Dimension, key: string, clock: string): Facts =>
  rows.find((one) => one.dimension === dimension && one.key === key && one.slot === at(clock))
    ?.sums ?? {};

const figure = (name: MeasureName, sums: Facts & Times) =>
  measureOf(name).of(sums, { definition: 'standard' });

test('The queue, 09:00: five offered, of whom three were answered, one abandoned, one left at once', () => {
  const sums = row('queue', 'ventas', '09:00');
  const told: readonly MeasureName[] = [
    'offered',
    'answered',
    'abandoned',
    'shortAbandoned',
    'handled',
  ];
  // The call of 09:14:50 was offered here and answered in the next interval: it counts here, its conversation there.
  assert.deepEqual(
    told.map((name) => figure(name, sums)),
    [5, 3, 1, 1, 2],
  );
  assert.equal(figure('asa', sums), 18.3); // (10 + 30 + 15) / 3
  assert.equal(figure('abandonTime', sums), 24); // (3 + 45) / 2
  assert.equal(figure('longestWait', sums), 45);
  assert.equal(figure('abandonRate', sums), 0.2);
  assert.equal(figure('aht', sums), 240); // (150 + 30 + 20 + 240 + 40) / 2
  assert.equal(figure('averageTalk', sums), 195);
  assert.equal(figure('averageHold', sums), 15);
  assert.equal(figure('acw', sums), 30);
});

test('The service level, by each definition, of the same five callers', () => {
  const sums = row('queue', 'ventas', '09:00');
  const all = SERVICE_LEVELS.map((definition) => serviceLevel(sums, { definition }));
  // Within 20 s: a and e. 2 of 5 − 1; of 5; of 3 answered; (2 + c) of 5; 2 of 5 − c.
  assert.deepEqual(all, [0.5, 0.4, 0.6667, 0.6, 0.5]);
  const of = (seconds: 10 | 30 | 60) => serviceLevel(sums, { definition: 'ofOffered', seconds });
  assert.deepEqual([of(10), of(30), of(60)], [0.2, 0.6, 0.6]);
  assert.equal(serviceLevel({}, { definition: 'standard' }), undefined);
});

test('The next interval: nobody was offered, one conversation began, of sixteen minutes', () => {
  const sums = row('queue', 'ventas', '09:15');
  assert.equal(figure('offered', sums), 0);
  assert.equal(figure('serviceLevel', sums), undefined);
  assert.equal(figure('handled', sums), 1);
  assert.equal(figure('aht', sums), 970);
  assert.deepEqual(row('queue', 'ventas', '09:30'), {});
});

test('By agent, team, number, flow and skill', () => {
  assert.equal(figure('handled', row('agent', '1001', '09:00')), 1);
  assert.equal(figure('aht', row('agent', '1001', '09:00')), 200);
  assert.equal(figure('missed', row('agent', '1003', '09:00')), 1);
  assert.equal(figure('ringTime', row('agent', '1003', '09:00')), 20);
  assert.equal(figure('handled', row('team', 'tarde', '09:00')), 1);
  assert.equal(figure('rung', row('team', 'norte', '09:00')), 2);
  const number = row('number', '800', '09:00');
  assert.deepEqual(
    (['calls', 'callsQueued', 'callsAnswered', 'callsAbandoned', 'callsLeftInFlow'] as const).map(
      (name) => figure(name, number),
    ),
    [5, 4, 3, 1, 1],
  );
  assert.equal(figure('callsAbandoned', row('flow', 'vip', '09:00')), 1);
  assert.equal(figure('offered', row('skill', 'ventas', '09:00')), 2);
  assert.equal(figure('calls', row('all', '', '09:00')), 6);
});

test('Slots add up to the day: whatever the order in which calls are taken', () => {
  const sum = (order: typeof calls) => {
    const day: Facts = {};
    for (const one of sumFacts(
      order.flatMap((each) => callFacts(each)),
      placeOf,
    ))
      if (one.dimension === 'queue') addTo(day, one.sums);
    return day;
  };
  assert.deepEqual(sum(calls), sum([...calls].reverse()));
  assert.equal(figure('longestTalk', sum(calls)), 960);
  assert.equal(figure('handled', sum(calls)), 3);
});

test("An agent's morning: every second is in one state, and in the slot in which it passed", () => {
  const times = agentTimes(
    states('1001', [
      ['08:50:00', 'notReady', { reason: 'signedIn' }],
      ['08:58:00', 'ready'],
      ['09:00:02', 'offered', { callId: callId('a') }],
      ['09:00:10', 'talking', { callId: callId('a') }],
      ['09:03:10', 'wrapUp', { callId: callId('a') }],
      ['09:03:30', 'ready'],
      ['09:15:00', 'offered', { callId: callId('e') }],
      ['09:15:05', 'talking', { callId: callId('e') }],
      ['09:31:05', 'wrapUp', { callId: callId('e') }],
      ['09:31:15', 'offline'],
    ]),
    at('08:45'),
    at('10:00'),
  );
  const of = (clock: string) => times.get(at(clock)) ?? {};
  assert.deepEqual(of('08:45'), {
    signedInMs: 600_000,
    signIns: 1,
    notReadyMs: 480_000,
    readyMs: 120_000,
  });
  assert.deepEqual(of('09:00'), {
    signedInMs: 900_000,
    readyMs: 692_000, // 09:00:00–02 and 09:03:30–15:00
    ringingMs: 8_000,
    talkingMs: 180_000,
    wrapUpMs: 20_000,
  });
  assert.deepEqual(of('09:15'), { signedInMs: 900_000, ringingMs: 5_000, talkingMs: 895_000 });
  assert.deepEqual(of('09:30'), { signedInMs: 75_000, talkingMs: 65_000, wrapUpMs: 10_000 });
  assert.equal(figure('occupancy', of('09:00')), 0.2222); // 200 / 900
  assert.equal(figure('utilisation', of('08:45')), 0);
  assert.equal(figure('occupancy', of('09:30')), 1);
});

test('Those who are signed in for days are there every day, also when nothing happens', () => {
  const records = states('1001', [['09:00:00', 'ready']]);
  const times = agentTimes(records, at('09:00'), at('09:00') + 2 * 86_400_000);
  assert.equal(times.size, 192);
  assert.deepEqual(times.get(at('09:00') + 86_400_000), { signedInMs: 900_000, readyMs: 900_000 });
  // Nobody is at work for more than a week without any change.
  assert.equal(agentTimes(records, at('09:00'), at('09:00') + 30 * 86_400_000).size, 7 * 96);
  // Nor was anybody, whatever comes afterwards: what was told of those days stays.
  const back = states('1001', [
    ['09:00:00', 'ready'],
    [`${9 + 9 * 24}:00:00`, 'offline'],
  ]);
  assert.equal(agentTimes(back, at('09:00'), at('09:00') + 30 * 86_400_000).size, 7 * 96);
});

test('A queue has the time of those who answer it, a team the time of its members', () => {
  const one = (agentId: string) => ({ agentId, slot: at('09:00'), times: { readyMs: 100 } });
  const sums = sumTimes([one('1001'), one('1002')], placeOf);
  const of = (dimension: Dimension, key: string) =>
    sums.find((each) => each.dimension === dimension && each.key === key)?.sums;
  assert.deepEqual(of('queue', 'ventas'), { readyMs: 200 });
  assert.deepEqual(of('team', 'tarde'), { readyMs: 100 });
  assert.deepEqual(of('all', ''), { readyMs: 200 });
});
