import assert from 'node:assert/strict';
import { appendFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Outbox } from '../../../src/store/records/outbox.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centralita-outbox-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = (n: number, text = 'ñ') => ({
  kind: 'event' as const,
  at: n,
  json: JSON.stringify({ n, text }),
});
const LARGE = { segmentBytesMax: 1_000_000, totalBytesMax: 10_000_000 };

test('what was appended is read by the next run, in order, and gone when it is removed', async () => {
  const first = await Outbox.open(folder, LARGE);
  await first.append([record(1), record(2)]);
  await first.append([record(3)]);
  await first.close();
  const second = await Outbox.open(folder, LARGE);
  assert.equal(second.isEmpty, false);
  assert.deepEqual((await second.oldest())?.records, [record(1), record(2), record(3)]);
  await second.removeOldest();
  assert.equal(second.isEmpty, true);
  assert.deepEqual(await readdir(folder), []);
});

test('a full segment is followed by the next, and the oldest is replayed first', async () => {
  const outbox = await Outbox.open(folder, { ...LARGE, segmentBytesMax: 100 });
  for (let n = 1; n <= 5; n += 1) await outbox.append([record(n, 'x'.repeat(90))]);
  assert.equal((await readdir(folder)).length, 5);
  for (let n = 1; n <= 5; n += 1) {
    assert.deepEqual(
      (await outbox.oldest())?.records.map((one) => one.at),
      [n],
    );
    await outbox.removeOldest();
  }
});

test('nothing is appended to a segment that is being replayed', async () => {
  const outbox = await Outbox.open(folder, LARGE);
  await outbox.append([record(1)]);
  await outbox.oldest();
  await outbox.append([record(2)]);
  await outbox.removeOldest();
  assert.deepEqual((await outbox.oldest())?.records, [record(2)]);
});

test('a last line that was cut off is left out; what was written before it is there', async () => {
  const outbox = await Outbox.open(folder, LARGE);
  await outbox.append([record(1), record(2)]);
  await outbox.close();
  const file = join(folder, '0000000001.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -5));
  const content = await (await Outbox.open(folder, LARGE)).oldest();
  assert.deepEqual([content?.records, content?.torn, content?.corrupt], [[record(1)], true, []]);
});

test('a line whose checksum is wrong is told apart, and the lines around it are good', async () => {
  const outbox = await Outbox.open(folder, LARGE);
  await outbox.append([record(1)]);
  await outbox.close();
  const file = join(folder, '0000000001.jsonl');
  await appendFile(file, '00000000 event 2 {"n":2}\nnonsense\n');
  const content = await (await Outbox.open(folder, LARGE)).oldest();
  assert.equal(content?.corrupt.length, 2);
  assert.deepEqual(content?.records, [record(1)]);
});

test('there is a limit, and it refuses rather than fills the disk', async () => {
  const outbox = await Outbox.open(folder, { segmentBytesMax: 100, totalBytesMax: 200 });
  await outbox.append([record(1, 'x'.repeat(100))]);
  await assert.rejects(outbox.append([record(2, 'x'.repeat(100))]), /limit/);
});

test('appending while the oldest segments are read and removed loses nothing and mixes nothing up', async () => {
  const outbox = await Outbox.open(folder, { ...LARGE, segmentBytesMax: 300 });
  const seen: number[] = [];
  const append = async (): Promise<void> => {
    for (let n = 1; n <= 200; n += 1) await outbox.append([record(n)]);
  };
  const replay = async (): Promise<void> => {
    while (seen.length < 200) {
      const content = await outbox.oldest();
      seen.push(...(content?.records ?? []).map((one) => one.at));
      if (content) await outbox.removeOldest();
      else await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all([append(), replay()]);
  assert.deepEqual(
    seen,
    Array.from({ length: 200 }, (_, index) => index + 1),
  );
  assert.equal(outbox.isEmpty, true);
});

test('a disk that takes a part of a batch is given the rest', async (t) => {
  const probe = await open(join(folder, 'probe'), 'w');
  const files = Object.getPrototypeOf(probe) as typeof probe;
  await probe.close();
  const { write } = files as unknown as { write: (...args: unknown[]) => Promise<unknown> };
  t.mock.method(
    files as unknown as { write: typeof write },
    'write',
    function little(this: unknown, bytes: Uint8Array, from: number, count: number, at: number) {
      return write.call(this, bytes, from, Math.min(count, 7), at);
    },
  );
  const outbox = await Outbox.open(folder, LARGE);
  await outbox.append([record(1), record(2)]);
  assert.deepEqual(await outbox.oldest(), {
    records: [record(1), record(2)],
    corrupt: [],
    torn: false,
  });
});
