import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { CallId } from '../../../src/model/ids.ts';
import { recordsHealth } from '../../../src/store/records/health.ts';
import type { QueuedRecord } from '../../../src/store/records/insert.ts';
import { DurableRecordSink } from '../../../src/store/records/sink.ts';

const event = (seq: number, data: Record<string, unknown> = {}) => ({
  callId: 'c' as CallId,
  seq,
  at: seq,
  type: 't',
  data,
});

/** A database and a disk that fail when the test says so, and remember what they took. */
function setUp(pendingMax = 100) {
  const database = {
    isAway: false,
    taken: [] as number[],
    refuse: new Set<number>(),
    /** Whoever inserts waits for it. */
    answers: Promise.resolve(),
  };
  const disk = { isFull: false, segments: [] as QueuedRecord[][], aside: [] as string[] };
  const inserter = {
    async insert(records: readonly QueuedRecord[]) {
      await database.answers;
      if (database.isAway) throw new Error('connection terminated');
      if (records.some((one) => database.refuse.has(one.at)))
        throw Object.assign(new Error('bad'), { code: '22P02', severity: 'ERROR' });
      // Twice is once, as with the keys of the tables.
      const fresh = records.map((one) => one.at).filter((at) => !database.taken.includes(at));
      database.taken.push(...fresh);
    },
  };
  const outbox = {
    get isEmpty() {
      return disk.segments.length === 0;
    },
    bytes: 0,
    async append(records: readonly QueuedRecord[]) {
      if (disk.isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      disk.segments.push([...records]);
    },
    async oldest() {
      const records = disk.segments[0];
      return records && { records, corrupt: [], torn: false };
    },
    async removeOldest() {
      disk.segments.shift();
    },
    async setAside(lines: readonly string[]) {
      disk.aside.push(...lines);
    },
    async close() {},
  };
  const clock = new ManualClock();
  const sink = new DurableRecordSink({ inserter, outbox, clock, log: silentLogger, pendingMax });
  /** Lets time pass and everything that it started come to rest. */
  const pass = async (ms: number) => {
    for (let step = 0; step < ms; step += 20) {
      clock.advance(20);
      for (let turn = 0; turn < 5; turn += 1) await new Promise((r) => setImmediate(r));
    }
  };
  return { database, disk, sink, clock, pass };
}

test('records are gathered for a moment and written together', async () => {
  const { database, sink, pass } = setUp();
  sink.event(event(1));
  sink.event(event(2));
  assert.deepEqual(database.taken, []);
  await pass(20);
  assert.deepEqual(database.taken, [1, 2]);
  assert.equal(sink.stats().written, 2);
});

test('while the database is away they queue on disk, and are replayed in order when it is back', async () => {
  const { database, disk, sink, pass } = setUp();
  database.isAway = true;
  for (let seq = 1; seq <= 3; seq += 1) {
    sink.event(event(seq));
    await pass(40);
  }
  assert.equal(disk.segments.flat().length, 3);
  assert.deepEqual([sink.stats().state, sink.stats().pending], ['queueing', 0]);
  database.isAway = false;
  await pass(1_200);
  sink.event(event(4));
  await pass(40);
  assert.deepEqual(database.taken, [1, 2, 3, 4]);
  assert.deepEqual([sink.stats().state, sink.stats().replayed], ['direct', 3]);
});

test('with the disk full too they stay in memory, and what does not fit is counted', async () => {
  const { database, disk, sink, pass } = setUp(5);
  database.isAway = true;
  disk.isFull = true;
  for (let seq = 1; seq <= 8; seq += 1) sink.event(event(seq));
  await pass(3_000);
  assert.deepEqual([sink.stats().pending, sink.stats().lost], [5, 3]);
  assert.ok(sink.stats().diskRefuses);
  const { ok, detail = '' } = await recordsHealth(sink).check();
  assert.ok(ok, 'calls are taken');
  assert.match(detail, /5 are in memory only\. .* 3 records were lost since the start/);
  database.isAway = false;
  await pass(3_000);
  assert.deepEqual(database.taken, [1, 2, 3, 4, 5]);
  assert.deepEqual([sink.stats().state, sink.stats().pending], ['direct', 0]);
  assert.ok(!sink.stats().diskRefuses);
  assert.equal((await recordsHealth(sink).check()).detail, '3 records were lost since the start.');
});

test('the disk fills up after some records are on it: those come first all the same', async () => {
  const { database, disk, sink, pass } = setUp();
  database.isAway = true;
  sink.event(event(1));
  await pass(40);
  disk.isFull = true;
  sink.event(event(2));
  await pass(1_000);
  database.isAway = false;
  await pass(4_000);
  assert.deepEqual(database.taken, [1, 2]);
  assert.equal(sink.stats().state, 'direct');
});

test('a record that the database refuses is set aside, and its neighbours are written', async () => {
  const { database, disk, sink, pass } = setUp();
  database.refuse.add(3);
  for (let seq = 1; seq <= 5; seq += 1) sink.event(event(seq));
  await pass(40);
  assert.deepEqual(database.taken, [1, 2, 4, 5]);
  assert.deepEqual([disk.aside.length, sink.stats().rejected], [1, 1]);
});

test('what is no JSON is counted and throws nothing', async () => {
  const { sink, pass } = setUp();
  sink.event(event(1, { big: 1n }));
  await pass(40);
  assert.equal(sink.stats().rejected, 1);
});

test('flush waits until the records are safe, and close loses nothing that can be saved', async () => {
  const { database, disk, sink } = setUp();
  sink.event(event(1));
  await sink.flush();
  assert.deepEqual(database.taken, [1]);
  database.isAway = true;
  sink.event(event(2));
  await sink.close();
  assert.equal(disk.segments.flat().length, 1);
  assert.equal(sink.stats().lost, 0);
});

test('a database that is slower than what comes loses nothing: the disk takes over before the memory is full', async () => {
  const { database, disk, sink, pass } = setUp(100);
  for (let seq = 1; seq <= 60; seq += 1) sink.event(event(seq));
  await pass(20);
  assert.equal(sink.stats().state, 'queueing');
  assert.deepEqual([database.taken.length, disk.segments.length > 0], [0, true]);
  await pass(3_000);
  assert.deepEqual(
    database.taken,
    Array.from({ length: 60 }, (_, index) => index + 1),
  );
  assert.deepEqual([sink.stats().lost, sink.stats().state], [0, 'direct']);
});

test('the disk takes over while the database is still busy with a batch, and the order stays', async () => {
  const { database, disk, sink, pass } = setUp(100);
  let answer = (): void => undefined;
  database.answers = new Promise((resolve) => {
    answer = resolve;
  });
  for (let seq = 1; seq <= 400; seq += 1) {
    sink.event(event(seq));
    if (seq % 10 === 0) await pass(20);
  }
  assert.deepEqual([sink.stats().lost, sink.stats().state], [0, 'queueing']);
  assert.equal(disk.segments.flat().length, 400);
  answer();
  await pass(3_000);
  assert.deepEqual(
    database.taken,
    Array.from({ length: 400 }, (_, index) => index + 1),
  );
  assert.deepEqual([sink.stats().lost, sink.stats().state], [0, 'direct']);
});

test('a batch that fails after the disk has taken over is on the disk already', async () => {
  const { database, sink, pass } = setUp(100);
  let answer = (): void => undefined;
  database.answers = new Promise((resolve) => {
    answer = resolve;
  });
  sink.event(event(1));
  await pass(20);
  for (let seq = 2; seq <= 60; seq += 1) sink.event(event(seq));
  await pass(20);
  database.isAway = true;
  answer();
  await pass(100);
  assert.deepEqual(database.taken, []);
  database.isAway = false;
  await pass(3_000);
  assert.deepEqual(
    database.taken,
    Array.from({ length: 60 }, (_, index) => index + 1),
  );
  assert.deepEqual([sink.stats().lost, sink.stats().state], [0, 'direct']);
});
