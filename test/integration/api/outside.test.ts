import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

test('an agent outside: device, language, arrival and presence are kept, changed and taken away', async () => {
  const agent = {
    id: 'taller',
    name: 'Taller de Ana',
    extension: '1500',
    device: { kind: 'number', number: '+525555550142' },
    language: 'es-MX',
    arrival: { acceptMs: 15_000 },
    presence: { uri: 'sip:taller@pbx.example;transport=tcp', event: 'dialog' },
  };
  const made = await api.request('POST', '/v1/agents', agent);
  assert.equal(made.status, 201);
  for (const [key, value] of Object.entries(agent)) assert.deepEqual(made.body[key], value);
  const device = { kind: 'sip', uri: 'sip:taller@pbx.example' };
  const changed = await api.request('PATCH', '/v1/agents/taller', { device, presence: null });
  assert.deepEqual(changed.body.device, device);
  assert.equal('presence' in changed.body, false);
  assert.deepEqual(changed.body.arrival, { acceptMs: 15_000 });
  const inside = await api.request('PATCH', '/v1/agents/taller', { device: null });
  assert.equal('device' in inside.body, false);
});

test('a queue says how its calls come to its agents', async () => {
  const arrival = { whisper: true, autoAnswer: true };
  const made = await api.request('POST', '/v1/queues', { id: 'susurro', name: 'Susurro', arrival });
  assert.deepEqual(made.body.arrival, arrival);
  const read = await api.request('GET', '/v1/queues/susurro');
  assert.deepEqual(read.body.arrival, arrival);
});

test('what is no number and no address is refused', async () => {
  const bad = [
    { device: { kind: 'number', number: '112' } },
    { device: { kind: 'number', number: '+52 555' } },
    { device: { kind: 'sip', uri: 'tel:+525555550142' } },
    { device: { kind: 'sip', uri: 'sip:a@b c' } },
    { device: { kind: 'sip', uri: 'sip:a@b\r\nX: y' } },
    { device: { kind: 'pigeon' } },
    { arrival: { acceptMs: 60_000 } },
    { arrival: { loud: true } },
    { presence: { uri: 'sip:a@b', event: 'winfo' } },
  ];
  for (const [at, more] of bad.entries()) {
    const agent = { id: `malo-${at}`, name: 'Malo', extension: `16${at}0`, ...more };
    const { status } = await api.request('POST', '/v1/agents', agent);
    assert.equal(status, 400, JSON.stringify(more));
  }
});

test('the directory: who can be reached now and how, by pages, by name, and what others say of them', async () => {
  const entry = (id: string, more: object = {}) => ({
    agentId: id as never,
    name: `Persona ${id}`,
    extension: `1${id.length}00`,
    state: 'ready' as const,
    reachable: true,
    ...more,
  });
  api.people.entries = [
    entry('taller', { name: 'Taller Ánimas', device: { kind: 'number', number: '+525555550142' } }),
    entry('ana'),
    entry('tienda', { reachable: false, why: 'failures', until: 1_000 }),
  ];
  const ids = async (query: string) => {
    const { body } = await api.request('GET', `/v1/directory?${query}`);
    return body.items.map(({ agentId }: { agentId: string }) => agentId);
  };
  assert.deepEqual(await ids(''), ['ana', 'taller', 'tienda']);
  assert.deepEqual(await ids('reachable=false'), ['tienda']);
  assert.deepEqual(await ids('q=animas'), ['taller']);
  const first = await api.request('GET', '/v1/directory?limit=2');
  assert.deepEqual(await ids(`limit=2&cursor=${first.body.nextCursor}`), ['tienda']);
  assert.equal(first.body.items[1].by, 'number');
  assert.equal(first.body.items[1].available, true);
  const said = await api.request('POST', '/v1/presence/taller', {
    status: 'busy',
    ttlSeconds: 60,
    note: 'En una visita',
  });
  assert.equal(said.status, 200);
  assert.equal(said.body.presence.status, 'busy');
  const { at, until } = said.body.presence;
  assert.equal(Date.parse(until) - Date.parse(at), 60_000);
  assert.equal((await api.request('DELETE', '/v1/presence/taller')).status, 204);
  assert.equal((await api.request('DELETE', '/v1/presence/taller')).status, 404);
  assert.equal((await api.request('POST', '/v1/presence/nadie', { status: 'busy' })).status, 404);
  assert.equal((await api.request('POST', '/v1/presence/ana', { status: 'asleep' })).status, 400);
  const long = { status: 'busy', ttlSeconds: 86_401 };
  assert.equal((await api.request('POST', '/v1/presence/ana', long)).status, 400);
});
