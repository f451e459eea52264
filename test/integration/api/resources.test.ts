import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { encodeCursor } from '../../../src/lib/cursor.ts';
import {
  type AgentId,
  type CallId,
  callId,
  type QueueId,
  queueId,
} from '../../../src/model/ids.ts';
import type { Configuration } from '../../../src/runtime/ports/index.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const document = { name: 'Ventas', nodes: {} };

test('a company is built over the API, and every step takes effect at once', async () => {
  const queue = await api.request('POST', '/v1/queues', { id: 'ventas', name: 'Ventas' });
  assert.equal(queue.status, 201, queue.text);
  assert.equal(queue.headers.location, '/v1/queues/ventas');
  assert.equal(queue.body.ringTimeoutMs, 20_000);
  assert.equal(queue.body.revision, 1);

  const flow = await api.request('POST', '/v1/flows', { id: 'principal', document });
  assert.equal(flow.status, 201, flow.text);
  assert.deepEqual([flow.body.version, flow.body.live], [1, true]);

  const number = {
    dnis: '8005550100',
    name: 'Atención',
    flowId: 'principal',
    language: 'es-MX',
    country: 'MX',
  };
  assert.equal((await api.request('POST', '/v1/numbers', number)).status, 201);

  const agent = await api.request('POST', '/v1/agents', {
    id: '1001',
    name: 'Carmen Ruiz',
    extension: '1001',
    skills: { ventas: 8 },
    queueIds: ['ventas'],
    sipPassword: 'un-secreto-largo',
    pin: '2741',
  });
  assert.equal(agent.status, 201, agent.text);
  assert.equal(agent.text.includes('secreto'), false);
  assert.equal(api.control.reloads, 4);
  assert.equal(await api.store.pins.verify('1001' as AgentId, '2741'), true);
  assert.match((await api.store.credentials.find('1001'))?.ha1Md5 ?? '', /^[0-9a-f]{32}$/);
});

test('a list is paged by cursor, and a forged cursor is refused', async () => {
  for (const id of ['b', 'a', 'c']) await api.request('POST', '/v1/queues', { id, name: id });
  const first = await api.request('GET', '/v1/queues?limit=2');
  assert.deepEqual(
    first.body.items.map((queue: { id: string }) => queue.id),
    ['a', 'b'],
  );
  const next = await api.request('GET', `/v1/queues?limit=2&cursor=${first.body.nextCursor}`);
  assert.deepEqual(
    next.body.items.map((queue: { id: string }) => queue.id),
    ['c', 'ventas'],
  );
  assert.equal(next.body.nextCursor, undefined);
  for (const cursor of ['x', 'bnVsbA', 'WyJhIiwiYiJd', 'WzFd'])
    assert.equal(
      (await api.request('GET', `/v1/queues?cursor=${cursor}`)).body.code,
      'CURSOR_INVALID',
    );
});

test('a cursor that no page came with is refused by every list that goes by time', async () => {
  for (const at of ['NaN', '-1', '', '0000-01-01 00:00:00Z', '2026-01-01 00:00:00+99'])
    for (const list of ['calls', 'callbacks', 'cdrs', 'recordings', 'voicemails']) {
      const cursor = encodeCursor([at, 'x']);
      const { status, body } = await api.request('GET', `/v1/${list}?cursor=${cursor}`);
      assert.deepEqual([status, body.code], [400, 'CURSOR_INVALID'], `${list} ${at}`);
    }
});

test('a change of some settings leaves the others', async () => {
  const changed = await api.request('PATCH', '/v1/queues/ventas', { wrapUpMs: 30_000 });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(
    [changed.body.wrapUpMs, changed.body.name, changed.body.revision],
    [30_000, 'Ventas', 2],
  );
  assert.equal((await api.request('PATCH', '/v1/queues/none', { wrapUpMs: 1 })).status, 404);
  assert.equal((await api.request('PATCH', '/v1/queues/ventas', {})).status, 400);
});

test('what is needed elsewhere cannot be removed, and what is taken cannot be made', async () => {
  assert.equal((await api.request('DELETE', '/v1/queues/ventas')).body.code, 'IN_USE');
  assert.equal((await api.request('DELETE', '/v1/flows/principal')).body.code, 'IN_USE');
  const again = await api.request('POST', '/v1/queues', { id: 'ventas', name: 'Otra' });
  assert.equal(again.body.code, 'ALREADY_EXISTS');
  const taken = await api.request('POST', '/v1/agents', { id: 'x', name: 'X', extension: '1001' });
  assert.match(taken.body.detail, /extension/);
  assert.equal((await api.request('DELETE', '/v1/queues/c')).status, 204);
  assert.equal((await api.request('GET', '/v1/queues/c')).body.code, 'NOT_FOUND');
});

test('rules of overflow are set and read back as they were written, and checked', async () => {
  const overflow = [
    { when: 'maxWait', ms: 300_000, to: { queue: 'ventas' } },
    { when: 'maxLength', over: 20, to: { exit: 'voicemail' } },
  ];
  const queue = { id: 'desborde', name: 'Desborde', regainMs: 60_000, overflow };
  const made = await api.request('POST', '/v1/queues', queue);
  assert.equal(made.status, 201, made.text);
  const read = (await api.request('GET', '/v1/queues/desborde')).body;
  assert.deepEqual([read.overflow, read.regainMs], [overflow, 60_000]);
  for (const rule of [
    { when: 'maxWait', over: 3, to: { queue: 'ventas' } },
    { when: 'sometimes', ms: 3, to: { queue: 'ventas' } },
    { when: 'maxWait', ms: 3, to: { queue: 'ventas', exit: 'x' } },
  ]) {
    const refused = await api.request('PATCH', '/v1/queues/desborde', { overflow: [rule] });
    assert.equal(refused.status, 400, refused.text);
  }
  assert.equal((await api.request('DELETE', '/v1/queues/desborde')).status, 204);
});

test('an agent in a queue that does not exist is refused whole', async () => {
  const body = { id: '2000', name: 'Nadie', extension: '2000', queueIds: ['ventas', 'nunca'] };
  const refused = await api.request('POST', '/v1/agents', body);
  assert.equal(refused.body.code, 'CONFIGURATION_REFUSED');
  assert.equal((await api.request('GET', '/v1/agents/2000')).status, 404);
});

test('what the engine cannot run by is rolled back, and it was shown exactly that', async () => {
  let shown: Configuration | undefined;
  api.control.reloading = async () => {
    shown = await api.store.configuration.load();
    return ['queue ventas: its music cannot be played', 'and more'];
  };
  const refused = await api.request('PATCH', '/v1/queues/ventas', { music: 'nothing' });
  api.control.reloading = async () => [];
  assert.equal(refused.status, 422);
  assert.equal(refused.body.errors.length, 2);
  assert.equal(shown?.queues.find((queue) => queue.id === 'ventas')?.music, 'nothing');
  assert.equal((await api.request('GET', '/v1/queues/ventas')).body.music, 'default');
});

test('a flow is checked before it is published, and every problem is reported', async () => {
  const bad = await api.request('PUT', '/v1/flows/principal', { document: { queue: 'nunca' } });
  assert.equal(bad.body.code, 'FLOW_INVALID');
  assert.equal(bad.body.errors.length, 2);
  const good = await api.request('PUT', '/v1/flows/principal', { document: { name: 'Dos' } });
  assert.deepEqual([good.body.version, good.body.live], [2, true]);
  const versions = await api.request('GET', '/v1/flows/principal/versions');
  assert.deepEqual(
    versions.body.items.map((one: { version: number }) => one.version),
    [2, 1],
  );
  const back = await api.request('POST', '/v1/flows/principal/versions/1/publish');
  assert.equal(back.status, 200, back.text);
  assert.deepEqual((await api.request('GET', '/v1/flows/principal')).body.document, document);
  const list = await api.request('GET', '/v1/flows');
  assert.deepEqual([list.body.items[0].liveVersion, list.body.items[0].latestVersion], [1, 2]);
});

test('a new extension needs a new password, and voids the old one', async () => {
  const patch = (body: object) => api.request('PATCH', '/v1/agents/1001', body);
  assert.equal((await patch({ extension: '3001' })).status, 400);
  assert.equal((await patch({ extension: '3001', sipPassword: 'otro-secreto' })).status, 200);
  assert.equal(await api.store.credentials.find('1001'), undefined);
  assert.notEqual(await api.store.credentials.find('3001'), undefined);
  assert.equal((await patch({ queueIds: ['b', 'ventas'] })).body.queueIds[0], 'b');
});

test('an agent is signed in and set ready; the refusals of the engine keep their codes', async () => {
  api.control.agents = [
    {
      id: '1001' as AgentId,
      name: 'Carmen Ruiz',
      extension: '3001',
      state: { kind: 'notReady', since: 0, reason: 'signedIn' },
      reachable: true,
      failures: { noAnswer: 2, rejected: 1, busy: 0, unreachable: 0 },
      misses: 1,
      intention: { kind: 'notReady', reason: 'comida' },
    },
  ];
  const signedIn = await api.request('POST', '/v1/agents/1001/sign-in');
  assert.equal(signedIn.status, 200, signedIn.text);
  assert.deepEqual(signedIn.body.live, {
    state: 'notReady',
    since: '1970-01-01T00:00:00.000Z',
    reason: 'signedIn',
    reachable: true,
    next: { state: 'notReady', reason: 'comida' },
    failures: { noAnswer: 2, rejected: 1, busy: 0, unreachable: 0 },
    misses: 1,
  });
  await api.request('POST', '/v1/agents/1001/state', { state: 'notReady', reason: 'lunch' });
  assert.deepEqual(api.control.commands.at(-1), {
    type: 'agent.notReady',
    agentId: '1001',
    reason: 'lunch',
  });
  assert.equal(
    (await api.request('POST', '/v1/agents/1001/state', { state: 'notReady' })).status,
    400,
  );
  api.control.reply = { ok: false, code: 'AGENT_STATE', detail: 'Signed out.' };
  const refused = await api.request('POST', '/v1/agents/1001/state', { state: 'ready' });
  assert.deepEqual([refused.status, refused.body.code], [409, 'AGENT_STATE']);
  api.control.reply = { ok: true };
});

test('contacts are found by number, and a number belongs to one of them', async () => {
  const ana = { id: 'ana', name: 'Ana', status: 'vip', numbers: ['+525555550001'] };
  assert.equal((await api.request('POST', '/v1/contacts', ana)).status, 201);
  const luis = { ...ana, id: 'luis' };
  assert.match((await api.request('POST', '/v1/contacts', luis)).body.detail, /another contact/);
  const found = await api.request(
    'GET',
    `/v1/contacts?number=${encodeURIComponent('+525555550001')}`,
  );
  assert.equal(found.body.items[0].id, 'ana');
  const changed = await api.request('PATCH', '/v1/contacts/ana', {
    numbers: ['+525555550002', '+525555550001'],
  });
  assert.deepEqual(changed.body.numbers, ['+525555550002', '+525555550001']);
  assert.equal((await api.store.contacts.byNumber('+525555550002'))?.id, 'ana');
  assert.equal((await api.request('DELETE', '/v1/contacts/ana')).status, 204);
  assert.equal(await api.store.contacts.byNumber('+525555550002'), undefined);
});

test('live calls are listed, read and hung up', async () => {
  const context = { dnis: '8005550100', status: 'vip', language: 'es-MX', variables: {} } as const;
  api.control.calls = [1, 2, 3].map((n) => ({
    id: `call-${n}` as CallId,
    stage: 'queued',
    arrivedAt: n,
    context,
  }));
  const first = await api.request('GET', '/v1/calls?limit=2&stage=queued');
  assert.equal(first.body.items.length, 2);
  const next = await api.request('GET', `/v1/calls?limit=2&cursor=${first.body.nextCursor}`);
  assert.deepEqual(
    next.body.items.map((call: { id: string }) => call.id),
    ['call-3'],
  );
  const newest = await api.request('GET', '/v1/calls?limit=2&order=newest');
  const last = await api.request(
    'GET',
    `/v1/calls?limit=2&order=newest&cursor=${newest.body.nextCursor}`,
  );
  assert.deepEqual(
    [...newest.body.items, ...last.body.items].map((call: { id: string }) => call.id),
    ['call-3', 'call-2', 'call-1'],
  );
  assert.equal((await api.request('GET', '/v1/calls/call-1')).body.context.status, 'vip');
  assert.equal((await api.request('DELETE', '/v1/calls/call-1')).status, 204);
  assert.equal((await api.request('DELETE', '/v1/calls/none')).body.code, 'CALL_UNKNOWN');
});

test('records are filtered and paged, newest first, and paging is not disturbed by new ones', async () => {
  const cdr = (n: number, agentId: string) =>
    api.store.records.cdr({
      callId: `old-${n}` as CallId,
      sipCallId: 'x',
      dnis: '8005550100',
      status: 'customer',
      agentId: agentId as AgentId,
      arrivedAt: Date.UTC(2026, 0, n),
      endedAt: Date.UTC(2026, 0, n) + 60_000,
      waitMs: 10,
      talkMs: 20,
      outcome: 'answered',
      endedBy: 'caller',
      variables: {},
    });
  for (let n = 1; n <= 5; n += 1) cdr(n, n % 2 ? '1001' : '1002');
  api.store.records.event({
    callId: 'old-1' as CallId,
    seq: 1,
    at: 5,
    type: 'call.arrived',
    data: { dnis: '1' },
  });
  await api.store.records.flush();

  const ids = (body: { items: { callId: string }[] }) => body.items.map((one) => one.callId);
  const first = await api.request('GET', '/v1/cdrs?limit=2');
  assert.deepEqual(ids(first.body), ['old-5', 'old-4']);
  cdr(6, '1001');
  await api.store.records.flush();
  const next = await api.request('GET', `/v1/cdrs?limit=2&cursor=${first.body.nextCursor}`);
  assert.deepEqual(ids(next.body), ['old-3', 'old-2']);
  const filtered = await api.request(
    'GET',
    '/v1/cdrs?agentId=1001&from=2026-01-02T00:00:00Z&to=2026-01-06T00:00:00%2B00:00&outcome=answered',
  );
  assert.deepEqual(ids(filtered.body), ['old-5', 'old-3']);
  const events = await api.request('GET', '/v1/calls/old-1/events');
  assert.deepEqual(events.body.items[0].data, { dnis: '1' });
  assert.equal((await api.request('GET', '/v1/calls/nobody/events')).status, 404);
  assert.equal(
    (await api.request('GET', '/v1/cdrs/old-1')).body.arrivedAt,
    '2026-01-01T00:00:00.000Z',
  );
});

test('an agent’s terms and limits are set, changed and taken away', async () => {
  const casual = {
    monthlyCap: 12,
    hours: [{ days: ['mon', 'sat'], from: '10:00', to: '14:00' }],
    alwaysOn: true,
  };
  const body = { id: '1900', name: 'Tienda', extension: '1900', zone: 'Europe/Madrid', casual };
  const created = await api.request('POST', '/v1/agents', body);
  assert.equal(created.status, 201, created.text);
  assert.deepEqual([created.body.casual, created.body.zone], [casual, 'Europe/Madrid']);
  const loaded = (await api.store.configuration.load()).agents.find(({ id }) => id === '1900');
  assert.deepEqual(loaded?.casual, casual);

  const patch = (change: object) => api.request('PATCH', '/v1/agents/1900', change);
  const capped = await patch({ casual: {}, dailyCallsMax: 3 });
  assert.equal(capped.status, 200, capped.text);
  assert.deepEqual([capped.body.casual, capped.body.dailyCallsMax], [{ monthlyCap: 30 }, 3]);
  assert.equal(capped.body.zone, 'Europe/Madrid');
  const formal = await patch({ casual: null, dailyCallsMax: null });
  assert.deepEqual([formal.body.casual, formal.body.dailyCallsMax], [undefined, undefined]);
  const again = await api.request('GET', '/v1/agents/1900');
  assert.equal('casual' in again.body, false);
  const ranked = await patch({ queueRanks: { ventas: 2 }, groupIds: ['refuerzo'] });
  assert.deepEqual(ranked.body.queueRanks, { ventas: 2 });
  assert.deepEqual(ranked.body.groupIds, ['refuerzo']);
  assert.equal((await patch({ queueRanks: { ventas: 0 } })).status, 400);
  assert.equal((await patch({ casual: { monthlyCap: -1 } })).status, 400);
  assert.equal((await patch({ casual: { hours: [{ days: [], from: '', to: '' }] } })).status, 400);
});

test('how a queue softens its demands is set and read back', async () => {
  const relaxation = [
    { afterMs: 20_000, lowerLevels: 2 },
    { afterMs: 40_000, dropSkills: ['catalan'], addGroups: ['refuerzo'] },
  ];
  const change = { relaxation, preferredWaitMs: 15_000, activeMax: 12, strategy: 'round-robin' };
  const changed = await api.request('PATCH', '/v1/queues/ventas', change);
  assert.equal(changed.status, 200, changed.text);
  const { queues } = await api.store.configuration.load();
  const stored = queues.find(({ id }) => id === 'ventas');
  for (const read of [(await api.request('GET', '/v1/queues/ventas')).body, stored]) {
    assert.deepEqual(read?.relaxation, relaxation);
    assert.deepEqual([read?.preferredWaitMs, read?.activeMax], [15_000, 12]);
  }
  const wrong = { relaxation: [{ afterMs: -1 }] };
  assert.equal((await api.request('PATCH', '/v1/queues/ventas', wrong)).status, 400);
});

test('a queue’s thresholds for casual agents are set and read back', async () => {
  const casualIn = { ewtMs: 90_000, serviceLevel: 0.5 };
  const changed = await api.request('PATCH', '/v1/queues/ventas', { casualIn });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(changed.body.casualIn, casualIn);
  assert.deepEqual(changed.body.casualOut, { ewtMs: 60_000, serviceLevel: 0.75 });
});

test('EW6 what is announced is set and read back; a queue shows its estimates and their error', async () => {
  const settings = { handleTimeMs: 90_000, announcePositionMax: 0, announceWaitMsMax: 600_000 };
  const changed = await api.request('PATCH', '/v1/queues/ventas', settings);
  assert.equal(changed.status, 200);
  const untried = { calls: 0, coverage: 0, absoluteErrorMs: 0, biasMs: 0 };
  const told = { calls: 40, coverage: 0.65, absoluteErrorMs: 12_000, biasMs: -1_500 };
  const live = {
    id: queueId('ventas'),
    name: 'Ventas',
    waiting: 2,
    offered: 0,
    talking: 1,
    agentsReady: 0,
    agentsSignedIn: 1,
    casualOpen: false,
    next: [callId('c1'), callId('c2')],
    serviceLevel: 0.75,
    ewt: { lowMs: 30_000, highMs: 90_000 },
    ewtAccuracy: { first: told, last: untried },
  };
  api.control.queues = [live];
  const { body } = await api.request('GET', '/v1/queues/ventas');
  for (const [key, value] of Object.entries(settings)) assert.equal(body[key], value);
  const { id, name, ...shown } = live;
  assert.deepEqual(body.live, shown);
  const wrong = await api.request('PATCH', '/v1/queues/ventas', { handleTimeMs: 0 });
  assert.equal(wrong.status, 400);
});

test('L15 a number in no country, stored before that was refused, is shown, and repaired by its country', async () => {
  await api.request('POST', '/v1/flows', { id: 'viejo', document: { name: 'Viejo' } });
  const made = { dnis: '8005550999', name: 'Viejo', flowId: 'viejo', language: 'es-MX' };
  assert.equal((await api.request('POST', '/v1/numbers', { ...made, country: 'ZZ' })).status, 400);
  assert.equal((await api.request('POST', '/v1/numbers', { ...made, country: 'MX' })).status, 201);
  const client = new pg.Client({ connectionString: api.database.databaseUrl });
  await client.connect();
  await client.query("UPDATE numbers SET country = 'ZZ' WHERE dnis = '8005550999'");
  await client.end();
  const old = await api.request('GET', '/v1/numbers/8005550999');
  assert.deepEqual([old.status, old.body.country], [200, 'ZZ']);
  const renamed = await api.request('PATCH', '/v1/numbers/8005550999', { name: 'Otro' });
  assert.equal(renamed.status, 200, renamed.text);
  const mended = await api.request('PATCH', '/v1/numbers/8005550999', { country: 'MX' });
  assert.deepEqual([mended.status, mended.body.country], [200, 'MX']);
});

test('a ledger is read with its forecast; whoever has none is not found', async () => {
  const at = Date.UTC(2026, 10, 23, 9, 30);
  api.control.ledgers = [
    {
      agentId: '1900' as AgentId,
      zone: 'Europe/Madrid',
      month: '2026-11',
      cap: 30,
      spent: 12,
      reserved: 1,
      day: '2026-11-23',
      daySpent: 2,
      isOpen: true,
      monthEndsAt: Date.UTC(2026, 10, 30, 23),
      dayEndsAt: Date.UTC(2026, 10, 23, 23),
      exhaustion: { kind: 'runsOut', at, day: '2026-11-23' },
      calls: [{ callId: 'c1' as CallId, queueId: 'ventas' as QueueId, at }],
      past: [{ month: '2026-10', spent: 30, cap: 30 }],
    },
  ];
  const { status, body, text } = await api.request('GET', '/v1/agents/1900/ledger');
  assert.equal(status, 200, text);
  assert.deepEqual([body.spent, body.reserved, body.cap], [12, 1, 30]);
  assert.equal(body.monthEndsAt, '2026-11-30T23:00:00.000Z');
  assert.deepEqual(body.exhaustion, {
    kind: 'runsOut',
    at: '2026-11-23T09:30:00.000Z',
    day: '2026-11-23',
  });
  assert.deepEqual(body.calls, [
    { callId: 'c1', queueId: 'ventas', at: '2026-11-23T09:30:00.000Z' },
  ]);
  assert.deepEqual(body.past, [{ month: '2026-10', spent: 30, cap: 30 }]);
  assert.equal((await api.request('GET', '/v1/agents/1001/ledger')).status, 404);
});
