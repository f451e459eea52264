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
