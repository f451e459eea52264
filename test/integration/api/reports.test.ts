import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { CallOutcome } from '../../../src/model/call.ts';
import { callId } from '../../../src/model/ids.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { at, calls, states } from '../../support/hand-worked.ts';
import { dereferenced } from '../../support/openapi.ts';

let api: TestApi;
const DAY = 'from=2026-11-20&to=2026-11-21&zone=UTC';

before(async () => {
  api = await startTestApi();
  const { records } = api.store;
  for (const { callId: id, events } of calls) {
    for (const event of events) records.event(event);
    records.cdr({
      callId: callId(id),
      sipCallId: id,
      dnis: '800',
      status: 'unknown',
      arrivedAt: events[0]?.at ?? 0,
      endedAt: events.at(-1)?.at ?? 0,
      waitMs: 0,
      talkMs: 0,
      outcome: events.at(-1)?.data.outcome as CallOutcome,
      endedBy: 'caller',
      variables: {},
    });
  }
  for (const state of states('1001', [
    ['09:00:00', 'ready'],
    ['09:10:00', 'notReady', { reason: 'comida' }],
    ['09:40:00', 'offline'],
  ]))
    records.agentState(state);
  await records.flush();
  const replayed = await api.request('POST', '/v1/reports/replays', {
    from: '2026-11-20',
    to: '2026-11-21',
  });
  assert.deepEqual([replayed.status, replayed.body.calls], [200, 6]);
});
after(() => api.stop());

const get = (path: string, headers = {}) =>
  api.request('GET', `/v1/reports/${path}`, undefined, headers);

test('Figures by interval, each with its definition, as the document says', async () => {
  const { status, body } = await get(`intervals?by=queue&interval=15m&${DAY}`);
  assert.equal(status, 200);
  assert.deepEqual(
    body.items.map((item: { local: string; offered: number; asa: number | null }) => [
      item.local,
      item.offered,
      item.asa,
    ]),
    [
      ['2026-11-20T09:00+00:00', 5, 18.3],
      ['2026-11-20T09:15+00:00', 0, null],
    ],
  );
  const names = Object.keys(body.definitions);
  assert.ok(names.length > 30);
  for (const name of names) assert.ok(name in body.items[0], name);
  const document = dereferenced((await api.request('GET', '/openapi.json')).body);
  const operation = document.paths['/v1/reports/intervals'].get;
  const schema = operation.responses['200'].content['application/json'].schema;
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  assert.ok(ajv.validate(schema, body), ajv.errorsText());
  const item = schema.properties.items.items.properties;
  assert.match(item.asa.description, /Average speed of answer/);
});

test('Alternatives of the service level, chosen figures, pages', async () => {
  const level = async (more: string) =>
    (await get(`intervals?by=queue&interval=1d&measures=serviceLevel&${DAY}&${more}`)).body;
  assert.equal((await level('')).items[0].serviceLevel, 0.5);
  const other = await level('serviceLevel=ofAnswered&serviceLevelSeconds=10');
  assert.equal(other.items[0].serviceLevel, 0.3333);
  assert.match(other.definitions.serviceLevel, /no abandon counts.*10 s/);
  const first = await get(`intervals?by=agent&interval=15m&measures=handled&limit=1&${DAY}`);
  assert.deepEqual(Object.keys(first.body.items[0]), ['key', 'from', 'to', 'local', 'handled']);
  const next = await get(
    `intervals?by=agent&interval=15m&measures=handled&limit=1&${DAY}&cursor=${first.body.nextCursor}`,
  );
  assert.notDeepEqual(next.body.items, first.body.items);
});

test('CSV by format or by Accept, whole and as a file', async () => {
  const csv = await get(
    `intervals?by=queue&interval=15m&measures=offered,asa&empty=true&limit=7&${DAY}`,
    {
      accept: 'text/csv',
    },
  );
  assert.match(String(csv.headers['content-type']), /^text\/csv/);
  assert.match(String(csv.headers['content-disposition']), /queue-15m\.csv/);
  const lines = csv.text.trim().split('\r\n');
  assert.equal(lines.length, 97);
  assert.equal(lines[0], 'queue,from,to,local,offered,asa');
  assert.equal(
    lines[37],
    'ventas,2026-11-20T09:00:00.000Z,2026-11-20T09:15:00.000Z,2026-11-20T09:00+00:00,5,18.3',
  );
});

test('The two odd days of the year have 92 and 100 quarters of an hour, and the right clock', async () => {
  const day = async (from: string, to: string) =>
    (
      await get(
        `intervals?by=all&interval=15m&empty=true&measures=calls&from=${from}&to=${to}&zone=Europe/Madrid`,
      )
    ).body.items;
  const { text } = await get(
    `intervals?by=queue&key=ventas&interval=15m&empty=true&measures=offered&from=2026-10-25&to=2026-10-26&zone=Europe/Madrid&format=csv`,
  );
  assert.equal(text.trim().split('\r\n').length, 101);
  assert.match(text, /2026-10-25T02:45\+02:00[\s\S]*2026-10-25T02:00\+01:00/);
  const spring = await day('2026-03-29', '2026-03-30');
  assert.equal(spring.length, 92);
  assert.deepEqual(
    [spring[7].local, spring[8].local],
    ['2026-03-29T01:45+01:00', '2026-03-29T03:00+02:00'],
  );
});

test('Timelines, casual use and the list of figures', async () => {
  const { body } = await get(`agent-states?agentId=1001&${DAY}`);
  assert.deepEqual(body.items, []);
  await api.request('POST', '/v1/agents', { id: '1001', name: 'Eva', extension: '1001' });
  const known = (await get(`agent-states?agentId=1001&${DAY}`)).body;
  assert.deepEqual(known.items[0].totals, {
    ready: 600,
    notReady: 1_800,
    'notReady.comida': 1_800,
    offline: 51_600,
  });
  assert.match((await get(`agent-states?format=csv&${DAY}`)).text, /1001,notReady,.*,1800,comida,/);
  assert.deepEqual((await get('casual?month=2026-11&by=team')).body.items, []);
  const { measures, serviceLevels } = (await get('measures')).body;
  assert.ok(measures.some(({ name }: { name: string }) => name === 'occupancy'));
  assert.equal(serviceLevels.length, 5);
});

test('Exports: as one stream, or in parts that go on by cursor', async () => {
  const events = await get(`exports/events?${DAY}`);
  assert.match(String(events.headers['content-type']), /ndjson/);
  const rows = events.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(
    rows.length,
    calls.reduce((sum, { events: all }) => sum + all.length, 0),
  );
  assert.equal(rows[0].at, new Date(at('09:00:00')).toISOString());
  const part = await get(`exports/cdrs?parts=1&format=csv&${DAY}`);
  assert.equal(part.headers['x-next-cursor'], undefined);
  assert.equal(part.text.trim().split('\r\n').length, 7);
  assert.match(
    part.text,
    /^callId,sipCallId,.*,talkMs,holdMs,.*,agents,recordingIds,recordingRefused,/,
  );
});

test('Whatever is asked wrongly is said to be so', async () => {
  const wrong = [
    `intervals?by=queue&from=2026-11-20&to=2026-11-20`,
    `intervals?by=queue&from=2026-02-30&to=2026-11-20`,
    `intervals?by=queue&from=2026-02-30T10:00:00Z&to=2026-11-20`,
    `intervals?by=queue&from=2026-13-45&to=2026-11-20`,
    `intervals?by=queue&from=2026-00-00&to=2026-11-20`,
    `intervals?by=queue&from=2026-11-01&to=2026-11-20T25:00:00Z`,
    `intervals?by=queue&${DAY.replace('UTC', 'Marte/Olimpo')}`,
    `intervals?by=nadie&${DAY}`,
    `intervals?by=queue&measures=suerte&${DAY}`,
    `intervals?by=skill&measures=occupancy&${DAY}`,
    `intervals?by=queue&serviceLevelSeconds=21&${DAY}`,
    `intervals?by=queue&serviceLevel=mine&${DAY}`,
    `intervals?by=queue&limit=0&${DAY}`,
    `intervals?by=queue&interval=15m&from=2020-01-01&to=2026-01-01`,
    `intervals?by=queue&from=1900-01-01&to=2026-01-01`,
    `intervals?by=queue&key=%00&${DAY}`,
    `intervals?by=queue&cursor=bogus&${DAY}`,
    `intervals?by=queue&cursor=${Buffer.from('["a","b"]').toString('base64url')}&${DAY}`,
    `intervals?by=queue&cursor=${Buffer.from('["a\\u0000","1"]').toString('base64url')}&${DAY}`,
    `agent-states?from=2026-01-01&to=2026-11-20`,
    `casual?month=2026-13`,
    `casual?month=0050-01`,
    `casual?month=9999-12`,
    ...['15m', '1h', '1d', '1w', '1mo', 'total'].map(
      (interval) =>
        `intervals?by=all&interval=${interval}&from=9999-12-31T23:59:00Z&to=9999-12-31T23:59:59Z&zone=Europe/Madrid`,
    ),
    `intervals?by=all&from=0000-01-01&to=0001-01-01`,
    `agent-states?from=0050-01-01&to=0050-01-05`,
    `exports/events?from=9999-12-30&to=9999-12-31`,
    `exports/secrets?${DAY}`,
    `exports/events?cursor=WyJhIl0&${DAY}`,
    `exports/events?cursor=${Buffer.from('["2026-99-99 00:00:00+00","a","1"]').toString('base64url')}&${DAY}`,
  ];
  for (const path of wrong) {
    const { status, body } = await get(path);
    assert.ok(status === 400 || status === 404, `${path}: ${status}`);
    assert.match(body.code, /REQUEST_INVALID|CURSOR_INVALID/, path);
  }
  const injected = await get(
    `intervals?by=queue&key=${encodeURIComponent("'; DROP TABLE cdrs; --")}&${DAY}`,
  );
  assert.deepEqual([injected.status, injected.body.items], [200, []]);
  const odd = await get(`intervals?by=queue&from=0000-01-01&to=0001-01-01`);
  assert.ok(odd.status < 500, odd.text);
});
