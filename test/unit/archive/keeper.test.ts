import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Archive } from '../../../src/archive/archive.ts';
import { RecordingFolder } from '../../../src/archive/folder.ts';
import { RecordingKeeper } from '../../../src/archive/keeper.ts';
import { ObjectStore } from '../../../src/archive/object-store.ts';
import { wavHeader } from '../../../src/embedded/media/audio/wav-writer.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { ok } from '../../../src/lib/result.ts';
import { callId, recordingId } from '../../../src/model/ids.ts';
import type { StoredRecording } from '../../../src/model/recording.ts';
import type { RecordingRepository } from '../../../src/runtime/ports/recordings.ts';
import { S3Server } from '../../support/s3-server.ts';

const SECRET = 'a-secret-for-tests';
const DAY_MS = 86_400_000;
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'conversations-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const kept = (id: string, more: Partial<StoredRecording> = {}): StoredRecording => ({
  id: recordingId(id),
  callId: callId(id),
  why: 'all',
  startedAt: Date.now(),
  stereo: true,
  state: 'kept',
  agentIds: [],
  pauses: [],
  ...more,
});

/** One second of stereo; a recorder that died wrote no lengths. */
function writeSound(name: string, { closed = true, secondsOld = 0 } = {}): Buffer {
  const samples = Buffer.alloc(32_000, 7);
  const sound = Buffer.concat([wavHeader(8_000, 2, closed ? samples.length : 0), samples]);
  writeFileSync(join(path, name), sound);
  const at = Date.now() / 1_000 - secondsOld;
  utimesSync(join(path, name), at, at);
  return sound;
}

/** Rows in memory, as the store would have them. */
function rowsOf(...recordings: StoredRecording[]) {
  const rows = new Map(recordings.map((one) => [one.id, one]));
  const repository: RecordingRepository = {
    list: async () => ok({ items: [...rows.values()] }),
    get: async (id) => rows.get(id),
    async placed(id, where) {
      const row = rows.get(id);
      if (!row) return false;
      const { storage: _, octets: __, ...rest } = row;
      rows.set(id, where ? { ...rest, ...where } : { ...rest, state: 'deleted' });
      return true;
    },
    expired: async (before, from = 0) =>
      [...rows.values()]
        .filter(({ storage, startedAt }) => storage && startedAt < before && startedAt >= from)
        .slice(0, 2),
    orphans: async (before) =>
      [...rows.values()].filter(
        ({ state, startedAt }) => state === 'running' && startedAt < before,
      ),
  };
  return { rows, repository };
}

function keeperOf(repository: RecordingRepository, objects?: ObjectStore) {
  const clock = new ManualClock(Date.now());
  const folder = new RecordingFolder(path);
  const entered: StoredRecording[] = [];
  const uploads: string[] = [];
  const warnings: unknown[] = [];
  const keeper = new RecordingKeeper({
    folder,
    ...(objects ? { objects } : {}),
    recordings: repository,
    enter: (recording) => entered.push(recording),
    keepMs: () => 90 * DAY_MS,
    clock,
    log: { ...silentLogger, warn: (_, message) => warnings.push(message) },
    onUpload: (result) => uploads.push(result),
  });
  return {
    keeper,
    clock,
    folder,
    entered,
    uploads,
    warnings,
    archive: new Archive(folder, objects),
  };
}

async function bytesOf(stream: NodeJS.ReadableStream | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test('What a process left half written is mended and entered; what still grows is let be', async () => {
  writeSound('a.r1.wav.part.wav', { closed: false, secondsOld: 60 });
  writeSound('b.r1.wav.part.wav', { closed: false });
  const { repository } = rowsOf(kept('a.r1', { state: 'running' }));
  const { keeper, entered } = keeperOf(repository);
  await keeper.sweep();
  assert.deepEqual(readdirSync(path).sort(), ['a.r1.wav', 'b.r1.wav.part.wav']);
  assert.equal(readFileSync(join(path, 'a.r1.wav')).readUInt32LE(40), 32_000);
  assert.equal(entered.length, 1);
  const [found] = entered;
  assert.deepEqual([found?.state, found?.end, found?.durationMs], ['kept', 'restart', 1_000]);
  await keeper.close();
});

test('A sound without a row is entered under its call; a row without a sound is lost, and says so', async () => {
  writeSound('c.r2.wav.part.wav', { closed: false, secondsOld: 60 });
  const { repository } = rowsOf(kept('d.r1', { state: 'running', startedAt: 1_000 }));
  const { keeper, clock, entered } = keeperOf(repository);
  clock.advance(31_000);
  await keeper.sweep();
  const states = Object.fromEntries(entered.map(({ id, state }) => [id, state]));
  assert.deepEqual(states, { 'c.r2': 'kept', 'd.r1': 'lost' });
  assert.equal(entered.find(({ id }) => id === 'c.r2')?.callId, 'c');
  assert.match(entered.find(({ id }) => id === 'd.r1')?.loss ?? '', /no sound/);
  await keeper.close();
});

test('In the object store: signed, whole, heard by parts, kept through its absence, and deleted', async () => {
  const s3 = await S3Server.start(SECRET);
  const objects = new ObjectStore({
    url: `${s3.url}/bucket/calls`,
    accessKey: 'AKTEST',
    secretKey: SECRET,
    region: 'eu-south-2',
  });
  const sound = writeSound('e.r1.wav');
  const { rows, repository } = rowsOf(kept('e.r1'));
  const { keeper, uploads, archive } = keeperOf(repository, objects);
  s3.away = true;
  await keeper.sweep();
  assert.deepEqual(uploads, ['failed']);
  assert.equal(keeper.waiting, 1);
  const meanwhile = await archive.open(kept('e.r1'), undefined);
  assert.ok((await bytesOf(meanwhile?.body)).equals(sound), 'it is heard from the folder');
  s3.away = false;
  await keeper.sweep();
  assert.deepEqual(s3.refused, []);
  assert.ok(s3.objects.get('/bucket/calls/e.r1.wav')?.equals(sound));
  assert.deepEqual(readdirSync(path), []);
  const row = rows.get(recordingId('e.r1')) as StoredRecording;
  assert.deepEqual([row.storage, row.octets, keeper.waiting], ['s3', sound.length, 0]);
  const part = await archive.open(row, 'bytes=40-43');
  assert.equal(part?.status, 206);
  assert.equal(part?.headers['content-range'], `bytes 40-43/${sound.length}`);
  assert.ok((await bytesOf(part?.body)).equals(sound.subarray(40, 44)));
  assert.equal((await archive.open(row, 'bytes=999999-'))?.status, 416);
  rows.set(row.id, { ...row, startedAt: Date.now() - 91 * DAY_MS });
  await keeper.sweep();
  assert.equal(s3.objects.size, 0);
  assert.equal(rows.get(row.id)?.state, 'deleted');
  await keeper.close();
  await s3.stop();
});

test('A wrong key is refused by the store, and nothing is removed from the folder', async () => {
  const s3 = await S3Server.start(SECRET);
  const objects = new ObjectStore({
    url: `${s3.url}/bucket`,
    accessKey: 'AKTEST',
    secretKey: 'another-secret',
    region: 'eu-south-2',
  });
  writeSound('f.r1.wav');
  const { keeper, uploads } = keeperOf(rowsOf(kept('f.r1')).repository, objects);
  await keeper.sweep();
  assert.deepEqual(uploads, ['failed']);
  assert.deepEqual(s3.refused, ['the signature is wrong']);
  assert.deepEqual(readdirSync(path), ['f.r1.wav']);
  await keeper.close();
  await s3.stop();
});

test('Those that the store will not delete keep no others from their end, and are tried again', async () => {
  const s3 = await S3Server.start(SECRET);
  const [accessKey, region] = ['AKTEST', 'eu-south-2'];
  const url = `${s3.url}/bucket`;
  const objects = new ObjectStore({ url, accessKey, secretKey: SECRET, region });
  const ids = ['k.r1', 'l.r1', 'm.r1', 'n.r1'];
  const { rows, repository } = rowsOf(
    ...ids.map((id, n) => kept(id, { storage: 's3', startedAt: Date.now() - 99 * DAY_MS + n })),
  );
  for (const id of ids) s3.objects.set(`/bucket/${id}.wav`, Buffer.alloc(4));
  const held = ids.slice(0, 2).map((id) => `/bucket/${id}.wav`);
  for (const name of held) s3.kept.add(name);
  const { keeper, clock, warnings } = keeperOf(repository, objects);
  for (let round = 0; round < 6; round++) {
    await keeper.sweep();
    clock.advance(30_000);
  }
  assert.deepEqual([...s3.objects.keys()], held);
  assert.deepEqual(warnings, ['Recordings whose time is up are still there'], 'told once');
  s3.kept.clear();
  for (let round = 0; round < 2; round++) await keeper.sweep();
  assert.equal(s3.objects.size, 0);
  assert.ok([...rows.values()].every(({ state }) => state === 'deleted'));
  await keeper.close();
  await s3.stop();
});

test('In the folder: the row says so, and the sound goes when its time is up', async () => {
  const sound = writeSound('g.r1.wav');
  const { rows, repository } = rowsOf(kept('g.r1'));
  const { keeper } = keeperOf(repository);
  await keeper.sweep();
  assert.deepEqual(rows.get(recordingId('g.r1')), {
    ...kept('g.r1', { startedAt: rows.get(recordingId('g.r1'))?.startedAt ?? 0 }),
    storage: 'folder',
    octets: sound.length,
  });
  const row = rows.get(recordingId('g.r1')) as StoredRecording;
  rows.set(row.id, { ...row, startedAt: Date.now() - 91 * DAY_MS });
  await keeper.sweep();
  assert.deepEqual(readdirSync(path), []);
  assert.equal(rows.get(row.id)?.state, 'deleted');
  await keeper.close();
});
