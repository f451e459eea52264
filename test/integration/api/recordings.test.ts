import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { agentId, callId, queueId, recordingId } from '../../../src/model/ids.ts';
import type { ConversationRecording } from '../../../src/model/recording.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
  mkdirSync(join(api.recordings, 'conversations'));
});
after(() => api.stop());

const AT = Date.UTC(2026, 2, 1, 12);
const recording = (
  id: string,
  more: Partial<ConversationRecording> = {},
): ConversationRecording => ({
  id: recordingId(id),
  callId: callId(id.replace(/\.r\d$/, '')),
  why: 'all',
  startedAt: AT,
  stereo: true,
  state: 'running',
  queueId: queueId('ventas'),
  agentIds: [agentId('1001'), agentId('1002')],
  pauses: [],
  ...more,
});

test('A recording is entered at its beginning and at its end, found by what it is about, and heard', async () => {
  const { records } = api.store;
  const notice = {
    version: '2026-1',
    language: 'es-MX',
    said: 'Esta llamada se graba.',
    from: AT - 5_000,
    to: AT - 1_000,
    result: 'heard',
  } as const;
  records.recording(recording('one.r1', { notice }));
  records.recording(
    recording('one.r1', {
      notice,
      state: 'kept',
      end: 'ended',
      endedAt: AT + 9_000,
      durationMs: 9_000,
      pauses: [{ from: AT + 1_000, to: AT + 2_000, why: 'request' }],
    }),
  );
  records.recording(recording('two.r1', { startedAt: AT + 60_000, agentIds: [agentId('1003')] }));
  await records.flush();

  const all = (await api.request('GET', '/v1/recordings')).body.items;
  assert.deepEqual(
    all.map(({ id, state }: { id: string; state: string }) => [id, state]),
    [
      ['two.r1', 'running'],
      ['one.r1', 'kept'],
    ],
  );
  const one = (await api.request('GET', '/v1/recordings/one.r1')).body;
  assert.equal(one.notice.said, notice.said);
  assert.equal(one.notice.from, '2026-03-01T11:59:55.000Z');
  assert.equal(one.pauses[0].why, 'request');
  for (const query of ['agentId=1002', 'callId=one', 'state=kept', 'to=2026-03-01T12:00:30Z']) {
    const { body } = await api.request('GET', `/v1/recordings?${query}`);
    assert.deepEqual(
      body.items.map(({ id }: { id: string }) => id),
      ['one.r1'],
      query,
    );
  }
  const first = (await api.request('GET', '/v1/recordings?limit=1')).body;
  const next = await api.request('GET', `/v1/recordings?limit=1&cursor=${first.nextCursor}`);
  assert.equal(next.body.items[0].id, 'one.r1');

  assert.equal((await api.request('GET', '/v1/recordings/two.r1/audio')).status, 409);
  assert.equal((await api.request('GET', '/v1/recordings/one.r1/audio')).status, 404);
  writeFileSync(join(api.recordings, 'conversations', 'one.r1.wav'), 'RIFF0123456789');
  const whole = await api.request('GET', '/v1/recordings/one.r1/audio');
  assert.deepEqual([whole.status, whole.text], [200, 'RIFF0123456789']);
  assert.equal(whole.headers['content-type'], 'audio/wav');
  const part = await api.request('GET', '/v1/recordings/one.r1/audio', undefined, {
    range: 'bytes=4-6',
  });
  assert.deepEqual([part.status, part.text], [206, '012']);
  assert.equal(part.headers['content-range'], 'bytes 4-6/14');
  const heard = await eventually('the audit log has both', async () => {
    const filter = { action: 'recording.listened' };
    const page = await api.store.admin.audit.list(filter, { limit: 10 });
    return page.ok && page.value.items.length >= 2 ? page.value.items : undefined;
  });
  assert.equal(heard.length, 2, 'what was not there was not listened to');
  assert.equal(heard[0]?.object.id, 'one.r1');
  assert.deepEqual(heard[0]?.after, { callId: 'one', range: 'bytes=4-6' });

  const seen = (await api.request('GET', '/v1/recordings/one.r1')).headers.etag as string;
  const late = await api.request('DELETE', '/v1/recordings/one.r1', undefined, {
    'if-match': '"0"',
  });
  assert.equal(late.body.code, 'PRECONDITION_FAILED');
  const deleted = await api.request('DELETE', '/v1/recordings/one.r1', undefined, {
    'if-match': seen,
  });
  assert.equal(deleted.status, 204, deleted.text);
  assert.equal((await api.request('GET', '/v1/recordings/one.r1/audio')).status, 404);
  assert.equal((await api.request('GET', '/v1/recordings/one.r1')).body.state, 'deleted');
});

test('The recording of a call in progress is steered; what is refused is told', async () => {
  const { steered } = api;
  const started = await api.request('POST', '/v1/calls/c-9/recording', { action: 'start' });
  assert.equal(started.status, 200, started.text);
  assert.equal(started.body.why, 'onDemand');
  assert.deepEqual(steered.orders[0]?.action, 'start');
  assert.match(steered.orders[0]?.by ?? '', /^key /);
  steered.refusal = { code: 'RECORDING_REFUSED', detail: 'No.' };
  assert.equal(
    (await api.request('POST', '/v1/calls/c-9/recording', { action: 'pause' })).status,
    409,
  );
  steered.refusal = undefined;
  assert.equal(
    (await api.request('POST', '/v1/calls/c-9/recording', { action: 'erase' })).status,
    400,
  );
});

test("A queue's rule goes in and comes out", async () => {
  const rule = {
    mode: 'share',
    percent: 20,
    stereo: true,
    notice: { version: '1', message: { es: 'Se graba.' }, refuseKey: '9' },
  };
  const made = await api.request('POST', '/v1/queues', {
    id: 'grabada',
    name: 'G',
    recording: rule,
  });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual((await api.request('GET', '/v1/queues/grabada')).body.recording, rule);
  const wrong = { ...rule, mode: 'sometimes' };
  assert.equal(
    (await api.request('PATCH', '/v1/queues/grabada', { recording: wrong })).status,
    400,
  );
});
