import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Registry } from 'prom-client';
import type { Config } from '../../../src/config/config.ts';
import { openConversations } from '../../../src/house/conversations.ts';
import { DAY_MS, ManualClock } from '../../../src/lib/clock.ts';
import { ClosingTree } from '../../../src/lib/closing.ts';
import { silentLogger as log } from '../../../src/lib/log.ts';
import { agentId, callId, recordingId, voicemailId } from '../../../src/model/ids.ts';
import { keepVoicemails } from '../../../src/runtime/messages/voicemail-janitor.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

let api: TestApi;
const dataDir = mkdtempSync(join(tmpdir(), 'retention-'));
const folder = join(dataDir, 'recordings', 'conversations');
const clock = new ManualClock(Date.now());
const closing = new ClosingTree(log);
before(async () => {
  api = await startTestApi();
  mkdirSync(folder, { recursive: true });
});
after(async () => {
  await closing.close();
  await api.stop();
  rmSync(dataDir, { recursive: true });
});

const KEEPER_MS = 30_000;
const JANITOR_MS = 3_600_000;

const set = async (settings: object): Promise<void> => {
  const { status, text } = await api.request('PATCH', '/v1/settings', settings);
  assert.equal(status, 200, text);
};

test('how long recordings are kept holds at once, as the house has wired it', async () => {
  for (const [id, days] of [
    ['old.r1', 40],
    ['new.r1', 10],
  ] as const) {
    const startedAt = clock.now() - days * DAY_MS;
    api.store.records.recording({
      id: recordingId(id),
      callId: callId(id),
      why: 'all',
      startedAt,
      endedAt: startedAt + 9_000,
      durationMs: 9_000,
      stereo: true,
      state: 'kept',
      agentIds: [agentId('1001')],
      pauses: [],
    });
    writeFileSync(join(folder, `${id}.wav`), 'RIFF0123456789');
  }
  await api.store.records.flush();
  const config = { dataDir } as Config;
  const databaseUrl = Promise.resolve(api.database.databaseUrl);
  const metrics = new Registry();
  openConversations({ config, log, clock, metrics, closing, databaseUrl }, api.store);

  const stored = async (id: string) => {
    clock.advance(KEEPER_MS);
    return (await api.request('GET', `/v1/recordings/${id}`)).body;
  };
  await eventually(
    'the rows to say where the sound is',
    async () =>
      (await stored('old.r1')).storage === 'folder' &&
      (await stored('new.r1')).storage === 'folder',
  );
  assert.ok(existsSync(join(folder, 'old.r1.wav')), 'ninety days are not over');
  await set({ recordingKeepDays: 30 });
  await eventually(
    'the old one to be gone',
    async () => (await stored('old.r1')).state === 'deleted',
  );
  assert.ok(!existsSync(join(folder, 'old.r1.wav')));
  assert.equal((await stored('new.r1')).state, 'kept');
  await set({ recordingKeepDays: 5 });
  await eventually(
    'the other one to be gone',
    async () => (await stored('new.r1')).state === 'deleted',
  );
});

test('how long messages are kept holds from the next round on', async () => {
  const at = clock.now() - 20 * DAY_MS;
  const id = voicemailId('m1');
  api.store.records.voicemail({
    id,
    callId: callId('m1'),
    at,
    durationMs: 4_000,
    dnis: '800',
    language: 'es-MX',
  });
  await api.store.records.flush();
  const removed: string[] = [];
  const { voicemails, settings } = api.store.admin;
  const janitor = keepVoicemails({
    voicemails,
    recordings: { fileOf: String, remove: (one) => void removed.push(one) },
    keepMs: () => settings.current.voicemailKeepDays * DAY_MS,
    clock,
    log,
  });
  const swept = async () => {
    clock.advance(JANITOR_MS);
    return (await api.request('GET', '/v1/voicemails')).body.items.length;
  };
  assert.equal(await swept(), 1);
  await set({ voicemailKeepDays: 7 });
  await eventually('the message to be gone', async () => (await swept()) === 0);
  await eventually('its sound, too', () => removed.includes('m1'));
  janitor.stop();
});
