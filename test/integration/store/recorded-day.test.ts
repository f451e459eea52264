import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { silentLogger } from '../../../src/lib/log.ts';
import type { AgentStateRecord } from '../../../src/model/agent.ts';
import type { Cdr } from '../../../src/model/call.ts';
import { agentId, callId } from '../../../src/model/ids.ts';
import { openRecords } from '../../../src/store/recorded-day.ts';
import { startTestStore, type TestStore } from '../../support/postgres.ts';

const DAY = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;
let house: TestStore;

before(async () => {
  house = await startTestStore();
});
after(() => house.stop());

const state = (at: number, seq: number, kind: AgentStateRecord['kind'], more = {}) =>
  ({ agentId: agentId('1001'), at, seq, kind, ...more }) as AgentStateRecord;

const cdr = (id: string, at: number, talkMs: number): Cdr => ({
  callId: callId(id),
  sipCallId: id,
  dnis: '800',
  status: 'unknown',
  arrivedAt: at,
  endedAt: at + talkMs,
  waitMs: 0,
  talkMs,
  outcome: 'answered',
  endedBy: 'caller',
  variables: {},
});

test('A recorded day: calls with their demands, offers and ends, and agents from before the day on', async () => {
  const { records } = house.store;
  const at = DAY + 9 * HOUR;
  const event = (id: string, seq: number, ms: number, type: string, data: object) =>
    records.event({ callId: callId(id), seq, at: at + ms, type, data: { ...data } });
  event('a', 1, 0, 'call.queued', {
    queueId: 'ventas',
    priority: 8,
    requiredSkills: { inglés: 3 },
  });
  event('a', 2, 10, 'offer.made', { offerId: 'a#1', agentId: '1001' });
  event('a', 3, 4_010, 'offer.failed', { offerId: 'a#1', agentId: '1001', cause: 'rejected' });
  event('a', 4, 4_010, 'offer.made', { offerId: 'a#2', agentId: '1002' });
  event('a', 5, 7_010, 'call.connected', { offerId: 'a#2', agentId: '1002', waitMs: 7_010 });
  event('b', 1, 500, 'call.queued', { queueId: 'soporte', position: 1 });
  event('b', 2, 60_500, 'call.left', { queueId: 'soporte', outcome: 'abandoned' });
  // Handed on by 1001 to a queue, where 1002 asks 1003, who has no time.
  event('d', 1, 1_000, 'call.queued', { queueId: 'ventas' });
  event('d', 2, 1_000, 'offer.made', { offerId: 'd#1', agentId: '1001' });
  event('d', 3, 3_000, 'call.connected', { offerId: 'd#1', agentId: '1001', waitMs: 2_000 });
  event('d', 4, 33_000, 'call.ended', { agentId: '1001', talkMs: 30_000, holdMs: 0 });
  event('d', 5, 33_000, 'call.queued', { queueId: 'soporte' });
  event('d', 6, 33_000, 'offer.made', { offerId: 'd#2', agentId: '1002' });
  event('d', 7, 40_000, 'call.connected', { offerId: 'd#2', agentId: '1002', waitMs: 7_000 });
  event('d', 8, 50_000, 'offer.made', { offerId: 'd~1#3', agentId: '1003', how: 'consult' });
  event('d', 9, 55_000, 'offer.failed', { offerId: 'd~1#3', agentId: '1003', cause: 'rejected' });
  event('d', 10, 100_000, 'call.ended', { agentId: '1002', talkMs: 60_000, holdMs: 5_000 });
  event('c', 1, -10 * HOUR, 'call.queued', { queueId: 'ventas' });
  event('c', 2, -10 * HOUR + 5, 'call.left', { queueId: 'ventas', outcome: 'abandoned' });
  records.cdr(cdr('a', at - 30_000, 180_000));
  records.cdr(cdr('d', at, 90_000));
  records.agentState(state(DAY - HOUR, 1, 'notReady', { reason: 'signedIn' }));
  records.agentState(state(DAY - HOUR, 2, 'ready'));
  records.agentState(state(at, 3, 'offered', { callId: 'a' }));
  records.agentState(state(at, 3, 'offered', { callId: 'a' }));
  await records.flush();

  const reader = openRecords(house.database.databaseUrl, silentLogger);
  const day = await reader.day(DAY, DAY + 24 * HOUR);
  await reader.close();
  const handedOn = day.calls.filter(({ callId: id }) => id.startsWith('d'));
  assert.deepEqual(
    handedOn.map(({ callId: id, queueId, waitMs, talkMs, offers }) => [
      id,
      queueId,
      waitMs,
      talkMs,
      offers.map((offer) => offer.agentId),
    ]),
    [
      ['d', 'ventas', 2_000, 30_000, ['1001']],
      ['d+2', 'soporte', 7_000, 60_000, ['1002']],
    ],
    'each line has its own wait, and each agent their own time',
  );
  assert.deepEqual(day.calls.slice(0, 2), [
    {
      callId: 'a',
      queueId: 'ventas',
      queuedAt: at,
      priority: 8,
      requiredSkills: { inglés: 3 },
      waitMs: 7_010,
      outcome: 'answered',
      talkMs: 180_000,
      offers: [
        { agentId: '1001', afterMs: 4_000, outcome: 'rejected' },
        { agentId: '1002', afterMs: 3_000, outcome: 'answered' },
      ],
    },
    {
      callId: 'b',
      queueId: 'soporte',
      queuedAt: at + 500,
      priority: 5,
      requiredSkills: {},
      waitMs: 60_000,
      outcome: 'abandoned',
      offers: [],
    },
  ]);
  assert.deepEqual(
    day.agentStates.map(({ kind, seq, callId: of }) => [kind, seq, of]),
    [
      ['ready', 2, undefined],
      ['offered', 3, 'a'],
    ],
  );
});
