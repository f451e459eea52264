import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ROLE_SCOPES, ROLES, type Role, SCOPES } from '../../../src/model/access.ts';
import type { AgentId, CallId } from '../../../src/model/ids.ts';
import type { AgentView, CallView } from '../../../src/runtime/ports/index.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { type Person, person } from '../../support/people.ts';

let api: TestApi;
const people = new Map<Role, Person>();
before(async () => {
  api = await startTestApi();
  await agent('1001', 'norte');
  await agent('1002', 'sur');
  await agent('1003');
  people.set('admin', await person(api, 'root', 'admin'));
  people.set('supervisor', await person(api, 'elena', 'supervisor', { teams: ['norte'] }));
  people.set('agent', await person(api, 'carmen', 'agent', { agentId: '1001' }));
  people.set('auditor', await person(api, 'olga', 'auditor'));
});
after(() => api.stop());

async function agent(id: string, team?: string): Promise<void> {
  const body = { id, name: `Agent ${id}`, extension: id, ...(team ? { team } : {}) };
  const made = await api.request('POST', '/v1/agents', body);
  assert.equal(made.status, 201, made.text);
  const view: AgentView = {
    id: id as AgentId,
    name: body.name,
    extension: id,
    ...(team ? { team } : {}),
    state: { kind: 'ready', since: 0 },
    reachable: true,
    failures: { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 },
    misses: 0,
  };
  api.control.change({ topic: 'agents', agent: view });
}

function call(id: string, agentId?: string): void {
  const view: CallView = {
    id: id as CallId,
    stage: agentId ? 'talking' : 'queued',
    arrivedAt: 1,
    context: { dnis: '1', status: 'unknown', language: 'es-MX', variables: {} } as never,
    ...(agentId ? { agentId: agentId as AgentId } : {}),
  };
  api.control.change({ topic: 'calls', call: view });
}

const as = (role: Role): Person => people.get(role) as Person;

/** The table of docs/access.md: scope to role to whether it has it. */
async function table(): Promise<Map<string, Map<Role, boolean>>> {
  const text = await readFile(new URL('../../../docs/access.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z]+:[a-z]+)` \|[^|]*\|(.*)\|$/gm)];
  return new Map(
    rows.map(([, scope = '', cells = '']) => {
      const marks = cells.split('|').map((cell) => cell.trim() !== '');
      return [scope, new Map(ROLES.map((role, index) => [role, marks[index] === true]))];
    }),
  );
}

test('the table of the documentation is what the program does', async () => {
  const written = await table();
  assert.deepEqual([...written.keys()].sort(), [...SCOPES].sort());
  for (const [scope, roles] of written)
    for (const [role, has] of roles)
      assert.equal(
        ROLE_SCOPES[role].some((one) => one === scope),
        has,
        `${role} ${scope}`,
      );
});

test('every route with every role: allowed as the table says, or 403, and never our fault', async () => {
  const written = await table();
  const { body: document } = await api.request('GET', '/openapi.json');
  let walked = 0;
  for (const [path, operations] of Object.entries<Record<string, { 'x-scope'?: string }>>(
    document.paths,
  )) {
    if (!path.startsWith('/v1')) continue;
    for (const [method, operation] of Object.entries(operations)) {
      const what = `${method.toUpperCase()} ${path}`;
      // Whoever walked it would be signed out for the rest of the way.
      if (what === 'DELETE /v1/session') continue;
      const scope = String(operation['x-scope']);
      const url = path
        .replace('{version}', '1')
        .replace('{dnis}', '123')
        .replace(/\{\w+\}/g, 'x');
      for (const role of ROLES) {
        const { status, text } = await as(role).request(method.toUpperCase(), url);
        const refused = status === 403 && text.includes('would need the scope');
        const may = scope === 'open' || scope === 'self' || written.get(scope)?.get(role) === true;
        assert.equal(refused, !may, `${role}: ${what} (${scope}) answered ${status} ${text}`);
        assert.ok(status < 500 && status !== 401, `${role}: ${what} answered ${status} ${text}`);
        walked += 1;
      }
      if (scope === 'open') continue;
      const stranger = await api.request(method.toUpperCase(), url, undefined, {
        authorization: '',
      });
      assert.equal(stranger.status, 401, `${what} answers strangers`);
    }
  }
  assert.ok(walked > 300, `${walked} walked`);
});

test('a supervisor of a team sees and steers its agents, and no others', async () => {
  const elena = as('supervisor');
  const list = await elena.request('GET', '/v1/agents');
  assert.deepEqual(
    list.body.items.map(({ id }: { id: string }) => id),
    ['1001'],
  );
  const all = await as('auditor').request('GET', '/v1/agents?limit=2');
  assert.equal(all.body.items.length, 2);
  for (const [id, status] of [
    ['1001', 200],
    ['1002', 403],
    ['1003', 403],
    ['nobody', 403],
  ] as const) {
    assert.equal((await elena.request('GET', `/v1/agents/${id}`)).status, status, id);
    assert.equal((await elena.request('POST', `/v1/agents/${id}/sign-in`)).status, status, id);
  }
});

test('calls are reached with their agents; nobody’s are every supervisor’s, and no agent’s', async () => {
  call('of-norte', '1001');
  call('of-sur', '1002');
  call('waiting');
  const ids = async (role: Role) =>
    (await as(role).request('GET', '/v1/calls')).body.items.map(({ id }: { id: string }) => id);
  assert.deepEqual(await ids('supervisor'), ['of-norte', 'waiting']);
  assert.deepEqual(await ids('agent'), ['of-norte']);
  assert.equal((await ids('auditor')).length, 3);
  const hangUp = async (role: Role, id: string) =>
    (await as(role).request('DELETE', `/v1/calls/${id}`)).status;
  assert.equal(await hangUp('supervisor', 'of-sur'), 403);
  assert.equal(await hangUp('agent', 'waiting'), 403);
  assert.equal(await hangUp('auditor', 'of-norte'), 403);
  assert.ok(!api.control.hungUp.some((id) => id !== 'x'), 'x is what the walk hung up');
  assert.equal(await hangUp('supervisor', 'of-norte'), 204);
});

test('the history of a promise, and of a call without a record yet, is theirs whose it was last', async () => {
  const tell = (id: string, seq: number, data: object) =>
    api.store.records.event({
      callId: id as CallId,
      seq,
      at: Date.UTC(2026, 0, 1),
      type: 'offer.made',
      data: { ...data },
    });
  tell('promise-norte', 1, { agentId: '1002' });
  tell('promise-norte', 2, { agentId: '1001' });
  tell('promise-sur', 1, { agentId: '1001' });
  tell('promise-sur', 2, { agentId: '1002' });
  tell('promise-sur', 3, {});
  tell('promise', 1, { queueId: 'ventas' });
  await api.store.records.flush();
  for (const [role, id, status] of [
    ['supervisor', 'promise-norte', 200],
    ['supervisor', 'promise-sur', 403],
    ['supervisor', 'promise', 200],
    ['supervisor', 'none', 404],
    ['auditor', 'promise-sur', 200],
  ] as const) {
    const read = await as(role).request('GET', `/v1/calls/${id}/events`);
    assert.equal(read.status, status, `${role} ${id}`);
  }
});

test('calls are moved, and given a priority, by whoever reaches them', async () => {
  call('of-norte', '1001');
  call('of-sur', '1002');
  call('waiting');
  for (const [role, id, allowed] of [
    ['supervisor', 'waiting', true],
    ['supervisor', 'of-norte', true],
    ['supervisor', 'of-sur', false],
    ['admin', 'of-sur', true],
    ['agent', 'waiting', false],
    ['auditor', 'waiting', false],
  ] as const) {
    const url = `/v1/calls/${id}`;
    const moved = await as(role).request('POST', `${url}/transfer`, { to: { queue: 'soporte' } });
    assert.equal(moved.status, allowed ? 204 : 403, `${role} moves ${id}`);
    const raised = await as(role).request('PATCH', url, { priority: 9 });
    assert.equal(raised.status, allowed ? 200 : 403, `${role} raises ${id}`);
    if (allowed) assert.equal(raised.body.priority, 9);
  }
  const change = (priority: unknown) =>
    as('admin').request('PATCH', '/v1/calls/waiting', { priority });
  for (const priority of [-1, 11, 2.5, '9', undefined])
    assert.equal((await change(priority)).status, 400, String(priority));
  const gone = await as('admin').request('PATCH', '/v1/calls/gone', { priority: 9 });
  assert.deepEqual([gone.status, gone.body.code], [404, 'CALL_UNKNOWN']);
});

test('nothing is done with others’ conversations, whatever the route', async () => {
  call('of-sur', '1002');
  const { body: document } = await api.request('GET', '/openapi.json');
  let walked = 0;
  for (const [path, operations] of Object.entries<object>(document.paths)) {
    if (!/^\/v1\/calls\/\{id\}\/(?!supervision|recording|why|events)/.test(path)) continue;
    for (const method of Object.keys(operations)) {
      for (const role of ['agent', 'supervisor'] as const) {
        const url = path.replace('{id}', 'of-sur');
        const { status } = await as(role).request(method.toUpperCase(), url);
        assert.equal(status, 403, `${role}: ${method} ${url}`);
        walked += 1;
      }
    }
  }
  assert.ok(walked >= 18, `${walked} walked`);
  const pickUp = (agentId: string) =>
    as('agent').request('POST', '/v1/parked/701/pick-up', { agentId });
  assert.equal((await pickUp('1002')).status, 403);
  assert.equal((await pickUp('1001')).body.code, 'CALL_UNKNOWN');
});

test('by the API an agent takes a phone where nobody is signed in, and no other', async () => {
  const sit = (role: Role, id: string, phone: string) =>
    as(role).request('POST', `/v1/agents/${id}/sign-in`, { phone });
  assert.equal((await sit('agent', '1001', '1002')).status, 403);
  assert.equal((await sit('supervisor', '1001', '1002')).status, 403);
  assert.equal((await sit('admin', '1001', '1002')).status, 200);
  assert.equal((await sit('agent', '1001', '2000')).status, 200);
});

test('an agent reaches themselves', async () => {
  const carmen = as('agent');
  const list = await carmen.request('GET', '/v1/agents');
  assert.deepEqual(
    list.body.items.map(({ id }: { id: string }) => id),
    ['1001'],
  );
  const state = { state: 'notReady', reason: 'comida' };
  assert.equal((await carmen.request('POST', '/v1/agents/1001/state', state)).status, 200);
  assert.equal((await carmen.request('POST', '/v1/agents/1002/state', state)).status, 403);
});

test('every change is in the audit log: with before and after, or as the request that it was', async () => {
  const root = as('admin');
  await root.request('POST', '/v1/queues', { id: 'ventas', name: 'Ventas' });
  await root.request('PATCH', '/v1/queues/ventas', { name: 'Ventas México' });
  await root.request('PATCH', '/v1/agents/1001', { sipPassword: 'vF7-tulipan-1001', pin: '2741' });
  const queues = await api.store.admin.audit.list({ objectKind: 'queue' }, { limit: 10 });
  assert.ok(queues.ok);
  const [changed, created] = queues.value.items;
  assert.equal(created?.action, 'queue.created');
  assert.equal(changed?.actor.id, 'root');
  assert.match(JSON.stringify(changed?.before), /"Ventas"/);
  assert.match(JSON.stringify(changed?.after), /"Ventas México"/);
  await eventually('what the agent did is written down', async () => {
    const page = await api.store.admin.audit.list({ action: 'agents.state' }, { limit: 10 });
    if (!page.ok || page.value.items.length === 0) return false;
    assert.equal(page.value.items[0]?.actor.id, 'carmen');
    assert.deepEqual(page.value.items[0]?.object, { kind: 'agent', id: '1001' });
    return true;
  });
  const everything = await api.store.admin.audit.list({}, { limit: 500 });
  const text = JSON.stringify(everything);
  assert.ok(text.includes('agent.secretsSet'));
  for (const secret of ['tulipan', '2741']) assert.ok(!text.includes(secret), secret);
});

test('what was refused by the engine is not in the log', async () => {
  api.control.reloading = async () => ['queue: it cannot work'];
  const refused = await as('admin').request('PATCH', '/v1/queues/ventas', { name: 'Never' });
  api.control.reloading = async () => [];
  assert.equal(refused.status, 422);
  const page = await api.store.admin.audit.list({ objectKind: 'queue' }, { limit: 10 });
  assert.ok(page.ok);
  assert.ok(!JSON.stringify(page.value).includes('Never'));
});

test('dispositions and reasons: made, changed, taken away; a code is one’s own', async () => {
  const root = as('admin');
  const sold = { id: 'sold', label: { 'es-MX': 'Vendido' }, code: '1', queueIds: ['ventas'] };
  const made = await root.request('POST', '/v1/dispositions', sold);
  assert.equal(made.status, 201, made.text);
  const twice = { id: 'other', label: { en: 'Other' }, code: '1' };
  assert.equal((await root.request('POST', '/v1/dispositions', twice)).body.code, 'ALREADY_EXISTS');
  assert.equal((await root.request('POST', '/v1/not-ready-reasons', twice)).status, 201);
  const nowhere = { id: 'lost', label: { en: 'Lost' }, queueIds: ['nowhere'] };
  assert.equal((await root.request('POST', '/v1/dispositions', nowhere)).status, 422);
  for (const wrong of [{ label: {} }, { label: { xx: 'X' } }, { label: { en: 'X' }, code: 'a' }])
    assert.equal(
      (await root.request('POST', '/v1/dispositions', { id: 'w', ...wrong })).status,
      400,
    );
  const stale = await root.request(
    'PATCH',
    '/v1/dispositions/sold',
    { code: null },
    { 'if-match': '"9"' },
  );
  assert.equal(stale.status, 412);
  const changed = await root.request('PATCH', '/v1/dispositions/sold', {
    code: null,
    queueIds: null,
  });
  assert.equal(changed.body.code, undefined);
  assert.equal(changed.body.queueIds, undefined);
  const mine = await as('agent').request('GET', '/v1/dispositions');
  assert.deepEqual(mine.body.items[0].label, { 'es-MX': 'Vendido' });
  assert.equal((await as('agent').request('DELETE', '/v1/dispositions/sold')).status, 403);
  const loaded = await api.store.configuration.load();
  assert.deepEqual(
    loaded.notReadyReasons?.map(({ code }) => code),
    ['1'],
  );
  assert.equal((await root.request('DELETE', '/v1/dispositions/sold')).status, 204);
});
