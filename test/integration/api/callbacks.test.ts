import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { agentId, callbackId, queueId } from '../../../src/model/ids.ts';
import type { AgentView, CallbackView } from '../../../src/runtime/ports/index.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());
beforeEach(() => {
  api.control.commands.length = 0;
  api.control.callbacks = [];
});

const view = (id: string, madeAt: number, more: Partial<CallbackView> = {}): CallbackView => ({
  id: callbackId(id),
  queueId: queueId('ventas'),
  number: '+525555550001',
  stage: 'waiting',
  priority: 5,
  madeAt,
  notBefore: madeAt,
  expiresAt: madeAt + 60_000,
  attempts: 0,
  ...more,
});

const CARMEN: Omit<AgentView, 'id'> = {
  name: 'Carmen Ruiz',
  extension: '3001',
  state: { kind: 'offline', since: 0 },
  reachable: false,
  failures: { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 },
  misses: 0,
};

test('call backs are listed by age, in pages, by queue and by number', async () => {
  api.control.callbacks = [
    view('c', 3_000, { stage: 'dialing', agentId: '1001' as never, attempts: 1 }),
    view('a', 1_000, { position: 2 }),
    view('b', 2_000, { queueId: queueId('soporte'), number: '+525555550002' }),
  ];
  const ids = async (query: string) => {
    const { body } = await api.request('GET', `/v1/callbacks?${query}`);
    return body.items.map(({ id }: { id: string }) => id);
  };
  assert.deepEqual(await ids(''), ['a', 'b', 'c']);
  assert.deepEqual(await ids('queueId=soporte'), ['b']);
  assert.deepEqual(await ids('number=%2B525555550001'), ['a', 'c']);
  const first = await api.request('GET', '/v1/callbacks?limit=2');
  assert.deepEqual(await ids(`limit=2&cursor=${first.body.nextCursor}`), ['c']);
  const one = await api.request('GET', '/v1/callbacks/c');
  assert.deepEqual([one.body.stage, one.body.agentId, one.body.attempts], ['dialing', '1001', 1]);
  assert.equal(one.body.madeAt, '1970-01-01T00:00:03.000Z');
  assert.equal((await api.request('GET', '/v1/callbacks/nothing')).status, 404);
});

test('a call back is promised for a time, and taken back', async () => {
  const body = { queueId: 'ventas', number: '+525555550001', at: '2030-01-01T10:00:00Z' };
  api.control.submit = (command) => {
    api.control.commands.push(command);
    if (command.type === 'callback.schedule') {
      api.control.callbacks = [view(command.callbackId, 1_000, { stage: 'scheduled' })];
    }
    return { ok: true };
  };
  const made = await api.request('POST', '/v1/callbacks', body);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.location, `/v1/callbacks/${made.body.id}`);
  const [command] = api.control.commands;
  assert.deepEqual(command, {
    type: 'callback.schedule',
    callbackId: made.body.id,
    queueId: 'ventas',
    callerKey: '+525555550001',
    at: Date.UTC(2030, 0, 1, 10),
    priority: 5,
    requiredSkills: {},
  });
  assert.equal((await api.request('DELETE', `/v1/callbacks/${made.body.id}`)).status, 204);
  assert.deepEqual(api.control.commands[1], {
    type: 'callback.cancel',
    callbackId: made.body.id,
  });
});

test('a call back is for whom the customer wants; an agent whom nobody knows is refused', async () => {
  const preferredAgentId = agentId('1001');
  api.control.agents = [{ ...CARMEN, id: preferredAgentId }];
  api.control.submit = (command) => {
    api.control.commands.push(command);
    if (command.type === 'callback.schedule')
      api.control.callbacks = [view(command.callbackId, 1_000, { preferredAgentId })];
    return { ok: true };
  };
  const body = { queueId: 'ventas', number: '+525555550001' };
  const made = await api.request('POST', '/v1/callbacks', { ...body, preferredAgentId });
  assert.deepEqual([made.status, made.body.preferredAgentId], [201, '1001'], made.text);
  const [command] = api.control.commands;
  assert.equal(command?.type === 'callback.schedule' && command.preferredAgentId, '1001');
  const unknown = await api.request('POST', '/v1/callbacks', { ...body, preferredAgentId: '7' });
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'AGENT_UNKNOWN']);
  const odd = await api.request('POST', '/v1/callbacks', { ...body, preferredAgentId: 'a b' });
  assert.equal(odd.status, 400);
  assert.equal(api.control.commands.length, 1);
});

test('what the engine will not promise has its code; what makes no sense is refused before', async () => {
  const body = { queueId: 'ventas', number: '+525555550001' };
  api.control.submit = () => ({ ok: false, code: 'CALLBACK_OFF', detail: 'No trunk.' });
  const off = await api.request('POST', '/v1/callbacks', body);
  assert.deepEqual([off.status, off.body.code], [409, 'CALLBACK_OFF']);
  for (const wrong of [{ number: 'Ana' }, { at: 'tomorrow' }, { priority: 11 }, { extra: 1 }]) {
    const refused = await api.request('POST', '/v1/callbacks', { ...body, ...wrong });
    assert.equal(refused.status, 400, JSON.stringify(wrong));
  }
});
