import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../../src/acd/changes.ts';
import type { AgentId, CallId, OfferId, QueueId } from '../../../src/model/ids.ts';
import { Today } from '../../../src/runtime/today.ts';

const queueId = 'ventas' as QueueId;
const other = 'general' as QueueId;
const agentId = '1001' as AgentId;
const offerId = 'o' as OfferId;
const NOON = Date.parse('2026-03-02T12:00:00Z');

function day() {
  const today = new Today('America/Mexico_City', () => 20_000);
  const take = (...changes: Change[]) => {
    for (const change of changes) today.take(NOON, change);
  };
  return { today, take };
}
const queued = (id: string): Change => ({
  type: 'call.queued',
  callId: id as CallId,
  queueId,
  position: 1,
});
const connected = (id: string, waitMs: number): Change => ({
  type: 'call.connected',
  callId: id as CallId,
  queueId,
  agentId,
  offerId,
  waitMs,
});
const left = (id: string, outcome: 'abandoned' | 'shortAbandon' | 'queueTimeout'): Change => ({
  type: 'call.left',
  callId: id as CallId,
  queueId,
  outcome,
  waitMs: 0,
});

test('callers are counted by how they fared', () => {
  const { today, take } = day();
  take(queued('a'), queued('b'), queued('c'), queued('d'), queued('e'));
  take(connected('a', 20_000), connected('b', 20_001));
  take(left('c', 'abandoned'), left('d', 'shortAbandon'), left('e', 'queueTimeout'));
  assert.deepEqual(today.of(queueId, NOON), {
    offered: 5,
    answered: 2,
    answeredWithin: 1,
    abandoned: 1,
    shortAbandons: 1,
    leftOtherwise: 1,
    waitedMs: 40_001,
  });
});

test('who is hung up by an operator, or taken elsewhere by a key, has abandoned nothing', () => {
  const { today, take } = day();
  take(queued('a'), queued('b'));
  for (const change of [left('a', 'abandoned'), left('b', 'shortAbandon')])
    take({ ...change, byHouse: true } as Change);
  const { abandoned, shortAbandons, leftOtherwise } = today.of(queueId, NOON);
  assert.deepEqual([abandoned, shortAbandons, leftOtherwise], [0, 0, 2]);
});

test('H1 whom colleagues ring for a conversation is no caller of the queue, whether they come or not', () => {
  const { today, take } = day();
  take(queued('a'), connected('a', 1_000));
  take({ ...connected('a~1', 2_000), directed: true } as Change);
  take({ ...left('a~2', 'abandoned'), directed: true } as Change);
  const { answered, answeredWithin, abandoned, waitedMs } = today.of(queueId, NOON);
  assert.deepEqual([answered, answeredWithin, abandoned, waitedMs], [1, 1, 0, 1_000]);
});

test('an answer after which nobody could speak counts no more', () => {
  const { today, take } = day();
  const returned: Change = {
    type: 'call.returned',
    callId: 'a' as CallId,
    queueId,
    agentId,
    cause: 'agentLost',
  } as Change;
  take(queued('a'), connected('a', 1_000), returned);
  const { answered, answeredWithin, waitedMs } = today.of(queueId, NOON);
  assert.deepEqual([answered, answeredWithin, waitedMs], [0, 0, 0]);
  take(connected('a', 9_000));
  assert.equal(today.of(queueId, NOON).answered, 1);
});

test('who overflows has left one queue and is offered to the other', () => {
  const { today, take } = day();
  take(queued('a'), {
    type: 'call.overflowed',
    callId: 'a' as CallId,
    fromQueueId: queueId,
    queueId: other,
    when: 'maxWait',
    position: 1,
  });
  assert.equal(today.of(queueId, NOON).leftOtherwise, 1);
  assert.equal(today.of(other, NOON).offered, 1);
});

test('a new day begins at the local midnight; what was before the start is put in', () => {
  const { today, take } = day();
  today.restore(NOON, new Map([[queueId, { ...today.of(queueId, NOON), offered: 7 }]]));
  take(queued('a'));
  assert.equal(today.of(queueId, NOON).offered, 8);
  // Mexico City is six hours behind.
  assert.equal(today.of(queueId, Date.parse('2026-03-03T05:59:59Z')).offered, 8);
  assert.equal(today.of(queueId, Date.parse('2026-03-03T06:00:00Z')).offered, 0);
});
