import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { CallEvent, Cdr } from '../../../src/model/call.ts';
import type { AgentId, CallId, ContactId } from '../../../src/model/ids.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
let store: Store;

before(async () => {
  database = await startTestDatabase();
  store = await open();
});
after(async () => {
  await store.close();
  await database.stop();
});

const open = () =>
  openStore({
    databaseUrl: database.databaseUrl,
    dataDir: database.dataDir,
    log: silentLogger,
    clock: systemClock,
  });

const event = (callId: string, seq: number): CallEvent => ({
  callId: callId as CallId,
  seq,
  at: Date.UTC(2026, 2, 1, 12, 0, seq),
  type: 'call.step',
  data: { seq, text: 'ñ\0' },
});

const cdr = (callId: string, overrides: Partial<Cdr> = {}): Cdr => ({
  callId: callId as CallId,
  sipCallId: 'sip',
  dnis: '8005550100',
  status: 'customer',
  arrivedAt: Date.UTC(2026, 2, 1),
  endedAt: Date.UTC(2026, 2, 1, 0, 1),
  waitMs: 12.4,
  talkMs: 3_000,
  outcome: 'answered',
  endedBy: 'agent',
  variables: { folio: '7' },
  ...overrides,
});

async function seqsOf(callId: string): Promise<readonly number[]> {
  const page = await store.admin.cdrs.events(callId as CallId, { limit: 500 });
  return page.ok ? page.value.items.map((one) => one.seq) : [];
}

const outboxFiles = () => readdir(join(database.dataDir, 'outbox'));
const idle = () =>
  eventually('the outbox is empty', () => store.records.stats().state === 'direct');

test('a record is read back as it was given, in the partition of its month', async () => {
  const agents = [{ agentId: '1001' as AgentId, talkMs: 3_000, holdMs: 400 }];
  const queuedAt = Date.UTC(2026, 2, 1, 0, 0, 5, 123);
  store.records.cdr(cdr('one', { queuedAt, holdMs: 400, agents }));
  store.records.event(event('one', 1));
  await store.records.flush();
  const found = await store.admin.cdrs.get('one' as CallId);
  assert.equal(found?.queuedAt, queuedAt);
  assert.strictEqual(found.holdMs, 400);
  assert.deepEqual([found?.waitMs, found?.variables, found?.ani], [12, { folio: '7' }, undefined]);
  assert.deepEqual(await seqsOf('one'), [1]);
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS n FROM cdrs_2026_03');
  await client.end();
  assert.equal(rows[0]?.n, 1);
});

test('a record that comes twice is kept once', async () => {
  for (let times = 0; times < 3; times += 1) {
    store.records.cdr(cdr('twice'));
    store.records.event(event('twice', 1));
    await store.records.flush();
  }
  assert.deepEqual(await seqsOf('twice'), [1]);
});

test('the contact remembers who spoke to them last', async () => {
  const ana = 'ana' as ContactId;
  await store.admin.contacts.create({ id: ana, name: 'Ana', status: 'vip', numbers: [] });
  store.records.cdr(cdr('l1', { contactId: ana, agentId: '1' as AgentId }));
  store.records.cdr(
    cdr('l2', { contactId: ana, agentId: '2' as AgentId, endedAt: Date.UTC(2026, 3, 1) }),
  );
  store.records.cdr(cdr('l3', { contactId: ana }));
  await store.records.flush();
  assert.equal((await store.admin.contacts.get(ana))?.lastAgentId, '2');
});

test('a record that cannot be stored is set aside and its neighbours are kept', async () => {
  store.records.event(event('mixed', 1));
  store.records.event({ ...event('mixed', 2), at: Number.NaN });
  store.records.event(event('mixed', 3));
  await store.records.flush();
  assert.deepEqual(await seqsOf('mixed'), [1, 3]);
  assert.equal(store.records.stats().rejected, 1);
  assert.match(await readFile(join(database.dataDir, 'outbox', 'rejected.txt'), 'utf8'), /"mixed"/);
});

test('the database goes away in the middle: nothing is lost, and order is kept', async () => {
  for (let seq = 1; seq <= 50; seq += 1) store.records.event(event('away', seq));
  await database.goAway();
  for (let seq = 51; seq <= 2_500; seq += 1) store.records.event(event('away', seq));
  store.records.cdr(cdr('away'));
  await store.records.flush();
  assert.equal(store.records.stats().state, 'queueing');
  assert.ok((await outboxFiles()).some((name) => name.endsWith('.jsonl')));
  await database.comeBack();
  await idle();
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    `SELECT count(*)::int AS n, max(seq) AS last FROM call_events WHERE call_id = 'away'`,
  );
  await client.end();
  assert.deepEqual(rows[0], { n: 2_500, last: 2_500 });
  assert.equal((await store.admin.cdrs.get('away' as CallId))?.dnis, '8005550100');
  assert.deepEqual(
    (await outboxFiles()).filter((name) => name.endsWith('.jsonl')),
    [],
  );
  assert.equal(store.records.stats().lost, 0);
});

test('what a process left on disk is replayed by the next, but for a torn last line', async () => {
  await database.goAway();
  for (let seq = 1; seq <= 3; seq += 1) store.records.event(event('left', seq));
  await store.close();
  const [name = ''] = (await outboxFiles()).filter((one) => one.endsWith('.jsonl'));
  const file = join(database.dataDir, 'outbox', name);
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -3));
  await database.comeBack();
  store = await open();
  await idle();
  assert.deepEqual(await seqsOf('left'), [1, 2]);
});

test('health tells of a database that is away, and of records that are safe; neither is a reason to restart', async () => {
  const told = async () => {
    const outcomes = await Promise.all(store.health.map((one) => one.check()));
    assert.ok(outcomes.every(({ ok }) => ok));
    return outcomes.map(({ detail = '' }) => detail);
  };
  assert.deepEqual(await told(), ['', '']);
  await database.goAway();
  store.records.event(event('health', 1));
  await store.records.flush();
  const [ofDatabase = '', ofRecords = ''] = await told();
  assert.match(ofDatabase, /database/);
  assert.match(ofRecords, /queued/);
  await database.comeBack();
  await idle();
});
