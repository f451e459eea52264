import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AgentId } from '../../../src/model/ids.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
  for (const [id, name] of [
    ['ventas', 'Ventas'],
    ['soporte', 'Soporte'],
  ])
    await api.request('POST', '/v1/queues', { id, name, requiredSkills: { [id as string]: 1 } });
  await api.request('POST', '/v1/flows', { id: 'principal', document: { name: 'Principal' } });
});
after(() => api.stop());

/** An object of each kind that somebody makes and changes: where it is made, and what is changed of it. */
const KINDS: readonly (readonly [list: string, body: object, patch: object, put?: string])[] = [
  ['/v1/queues', { id: 'q', name: 'Q' }, { name: 'Otra' }],
  ['/v1/teams', { id: 'norte de aquí', name: 'Norte' }, { name: 'Sur' }],
  ['/v1/skills', { id: 's', name: 'S' }, { name: 'T' }],
  ['/v1/groups', { id: 'g', name: 'G' }, { description: 'Quien sea' }],
  [
    '/v1/webhooks',
    { id: 'w', name: 'W', url: 'https://crm.example.com/', events: ['*'] },
    { name: 'Otro' },
  ],
  [
    '/v1/numbers',
    { dnis: '8005550199', name: 'N', flowId: 'principal', language: 'es-MX', country: 'MX' },
    { name: 'Otro' },
  ],
  ['/v1/calendars', { id: 'c', name: 'C', zone: 'Europe/Madrid', hours: [] }, { name: 'Otro' }],
  ['/v1/agents', { id: 'a', name: 'A', extension: '4001' }, { name: 'Otra' }],
  ['/v1/trunks', { id: 't', name: 'T', uri: 'sip:carrier.example' }, { name: 'Otro' }],
  ['/v1/dispositions', { id: 'sold', label: { en: 'Sold' } }, { label: { en: 'Sold it' } }],
  ['/v1/not-ready-reasons', { id: 'lunch', label: { en: 'Lunch' } }, { label: { en: 'Dinner' } }],
  [
    '/v1/contacts',
    { id: 'ana', name: 'Ana', status: 'vip', numbers: ['+525555550001'] },
    { name: 'Ana G.' },
  ],
  [
    '/v1/users',
    { id: 'eva', name: 'Eva', role: 'auditor', password: 'tres tristes tigres' },
    { name: 'Eva P.' },
  ],
  ['/v1/keys', { name: 'CRM', scopes: ['contacts:read'] }, { name: 'CRM 2' }],
];

test('nobody overwrites or removes what they have not seen, of whatever kind', async () => {
  for (const [list, body, patch] of KINDS) {
    const made = await api.request('POST', list, body);
    assert.equal(made.status, 201, made.text);
    const url = String(made.headers.location);
    const seen = { 'if-match': String(made.headers.etag) };
    assert.equal((await api.request('GET', url)).headers.etag, seen['if-match'], list);

    const changed = await api.request('PATCH', url, patch, seen);
    assert.equal(changed.status, 200, changed.text);
    assert.notEqual(changed.headers.etag, seen['if-match'], list);
    for (const [method, sent] of [['PATCH', patch], ['DELETE']] as const) {
      const late = await api.request(method, url, sent, seen);
      assert.deepEqual([late.status, late.body.code], [412, 'PRECONDITION_FAILED'], late.text);
    }
    const now = { 'if-match': String(changed.headers.etag) };
    assert.equal((await api.request('DELETE', url, undefined, now)).status, 204, list);
  }
});

test('of two who change the same object at once, having seen the same, one is told', async () => {
  for (const list of ['/v1/queues', '/v1/contacts', '/v1/users']) {
    const [, body] = KINDS.find(([one]) => one === list) ?? [];
    const made = await api.request('POST', list, { ...body, id: 'twice' });
    const seen = { 'if-match': String(made.headers.etag) };
    const url = String(made.headers.location);
    const both = await Promise.all(
      ['uno', 'dos'].map((name) => api.request('PATCH', url, { name }, seen)),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412], list);
    await api.request('DELETE', url);
  }
});

/** What changes something that has no revision of its own, and why. */
const WITHOUT: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/(calls|parked|callbacks|presence)\b/, 'what is going on, which the engine guards'],
  [/^\/v1\/session\b|\/sessions$/, 'sessions are ended, not changed'],
  [/^\/v1\/agents\/[^/]+\//, 'what somebody is doing'],
  [/^\/v1\/contacts\/imports/, 'a piece of work that is cancelled'],
  [/^\/v1\/webhooks\/[^/]+\//, 'dead letters, which are thrown away'],
];

test('whatever changes a stored object takes If-Match', async () => {
  const { paths } = (await api.request('GET', '/openapi.json')).body;
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      if (!['put', 'patch', 'delete'].includes(method)) continue;
      const takes = operation.parameters?.some(({ name }) => name === 'if-match') ?? false;
      const isExcused = WITHOUT.some(([pattern]) => pattern.test(path));
      assert.equal(takes, !isExcused, `${method} ${path}`);
    }
});

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
}

test('teams, skills and groups are objects; whatever names one makes it', async () => {
  await api.request('POST', '/v1/agents', {
    id: 'l1',
    name: 'L',
    extension: '4100',
    team: 'oeste',
    groupIds: ['refuerzo'],
    skills: { atención: 4 },
  });
  const relaxation = [{ afterMs: 30_000, addGroups: ['tiendas'] }];
  await api.request('POST', '/v1/queues', { id: 'l2', name: 'L', relaxation });
  const { items } = (await api.request('GET', '/v1/groups?fields=id,agents,elsewhere')).body;
  assert.deepEqual(items, [
    { id: 'refuerzo', agents: 1, elsewhere: 0 },
    { id: 'tiendas', agents: 0, elsewhere: 1 },
  ]);
  const skill = '/v1/skills/atenci%C3%B3n';
  assert.equal((await api.request('GET', skill)).body.agents, 1);
  const named = await api.request('PATCH', skill, { name: 'Atención a clientes' });
  assert.equal(named.status, 200, named.text);
  assert.equal((await api.request('DELETE', skill)).body.code, 'IN_USE');
  await api.request('PATCH', '/v1/agents/l1', { skills: {}, team: null });
  assert.equal((await api.request('GET', skill)).body.name, 'Atención a clientes');
  assert.equal((await api.request('DELETE', skill)).status, 204);
  assert.equal((await api.request('DELETE', '/v1/teams/oeste')).status, 204);
  const again = { id: 'refuerzo', name: 'Refuerzo' };
  assert.equal((await api.request('POST', '/v1/groups', again)).body.code, 'ALREADY_EXISTS');
});

test('rules of dialling, drafts and messages are guarded the same', async () => {
  const rules = { destinations: [], callsMax: 1, callsPerHourMax: 1, blocked: false };
  const nothing = await api.request('PUT', '/v1/dialling', rules, { 'if-match': '"1"' });
  assert.equal(nothing.status, 412, 'nobody has said anything');
  assert.equal((await api.request('PUT', '/v1/dialling', rules)).headers.etag, '"1"');
  const late = { 'if-match': '"7"' };
  assert.equal((await api.request('PUT', '/v1/dialling', rules, late)).status, 412);

  await api.request('PUT', '/v1/flows/nuevo/draft', { document: {} });
  assert.equal((await api.request('DELETE', '/v1/flows/nuevo/draft', undefined, late)).status, 412);
  assert.equal((await api.request('DELETE', '/v1/flows/nuevo/draft')).status, 204);
});

test('lists are narrowed, sorted and thinned, and paged in that order', async () => {
  const people = [
    ['b1', 'Berta', 'norte', ['ventas'], { ventas: 5 }],
    ['b2', 'Álvaro', 'norte', ['soporte'], { soporte: 5 }],
    ['b3', 'Carmen', 'sur', ['ventas'], { ventas: 3 }],
    ['b4', 'Ana_Belén', undefined, ['ventas'], {}],
  ] as const;
  for (const [id, name, team, queueIds, skills] of people) {
    const agent = { id, name, queueIds, skills, extension: `50${id.slice(1)}`, team };
    assert.equal((await api.request('POST', '/v1/agents', agent)).status, 201);
  }
  const ids = async (query: string): Promise<string> => {
    const { body, text } = await api.request('GET', `/v1/agents?${query}`);
    assert.ok(body.items, text);
    return body.items.map(({ id }: { id: string }) => id).join(' ');
  };
  assert.equal(await ids('team=norte'), 'b1 b2');
  assert.equal(await ids('queueId=ventas'), 'b1 b3 b4');
  assert.equal(await ids('queueId=ventas&skill=ventas&sort=-id'), 'b3 b1');
  assert.equal(await ids('q=b3'), 'b3');
  assert.equal(await ids('q=a_b'), 'b4', 'what means something to LIKE means nothing here');
  assert.equal(await ids('sort=-updatedAt&limit=2'), 'b4 b3');

  const thin = await api.request('GET', '/v1/agents?fields=id,name&limit=1');
  assert.deepEqual(thin.body.items, [{ id: 'b1', name: 'Berta' }]);
  const unknown = await api.request('GET', '/v1/agents?fields=id,password');
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'REQUEST_INVALID']);

  for (const sort of ['name', '-name', 'updatedAt', '-updatedAt', '-id']) {
    const whole = await ids(`sort=${sort}`);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.request('GET', `/v1/agents?sort=${sort}&limit=1${cursor}`);
      seen.push(body.items[0].id);
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);
    assert.equal(seen.join(' '), whole, sort);
  }
  const { nextCursor } = (await api.request('GET', '/v1/agents?limit=1')).body;
  const other = await api.request('GET', `/v1/agents?sort=name&cursor=${nextCursor}`);
  assert.equal(other.body.code, 'CURSOR_INVALID', 'a cursor of another order');
});

test('people, keys and flows are looked for and sorted as everything else is', async () => {
  const password = 'a long password indeed';
  for (const [id, name] of [
    ['u1', 'Zoe'],
    ['u2', 'Berta'],
  ])
    await api.request('POST', '/v1/users', { id, name, role: 'auditor', password });
  for (const name of ['zeta wall', 'alfa wall'])
    await api.request('POST', '/v1/keys', { name, scopes: ['feed:read'] });
  await api.request('POST', '/v1/flows', { id: 'segunda', document: { name: 'Segunda' } });
  const list = async (url: string, field: string) =>
    (await api.request('GET', url)).body.items.map((item: Record<string, string>) => item[field]);
  assert.deepEqual(await list('/v1/users?q=u&sort=name', 'name'), ['Berta', 'Zoe']);
  assert.deepEqual(await list('/v1/users?q=zOE', 'id'), ['u1']);
  assert.deepEqual(await list('/v1/keys?q=wall&sort=-name', 'name'), ['zeta wall', 'alfa wall']);
  assert.deepEqual(await list('/v1/flows?sort=-id', 'id'), ['segunda', 'principal']);
  assert.deepEqual(await list('/v1/flows?q=SEG&sort=-updatedAt', 'id'), ['segunda']);
  assert.equal((await api.request('GET', '/v1/users?sort=shoe')).status, 400);
});

test('contacts are found by how their name begins, in whatever case', async () => {
  for (const [id, name] of [
    ['k1', 'Óscar Ruiz'],
    ['k2', 'Rosa 100%'],
  ])
    await api.request('POST', '/v1/contacts', {
      id,
      name,
      status: 'customer',
      numbers: [`+5255555510${id?.slice(1)}`],
    });
  const ids = async (q: string) => {
    const { body } = await api.request('GET', `/v1/contacts?q=${encodeURIComponent(q)}&fields=id`);
    return body.items.map(({ id }: { id: string }) => id).join(' ');
  };
  assert.deepEqual(
    [
      await ids('óscar'),
      await ids('K'),
      await ids('rosa 100%'),
      await ids('ruiz'),
      await ids('r_'),
    ],
    ['k1', 'k1 k2', 'k2', '', ''],
  );
});

test('phones that are registered are listed, those that one may see', async () => {
  const phone = (extension: string, port: number) => ({
    extension,
    contactUri: `sip:${extension}@192.0.2.7:${port}`,
    receivedFrom: `192.0.2.7:${port}`,
    transport: 'udp' as const,
    callId: 'c',
    cseq: 1,
    userAgent: 'baresip',
    q: 1,
    expiresAt: Date.now() + 60_000,
  });
  await api.store.bindings.replace('7001', [phone('7001', 5062), phone('7001', 5064)]);
  await api.store.bindings.replace('7002', [phone('7002', 5066)]);
  for (const [extension, team] of [
    ['7001', 'norte'],
    ['7002', 'sur'],
  ] as const)
    api.control.change({
      topic: 'agents',
      agent: {
        id: `d${extension}` as AgentId,
        name: 'D',
        extension,
        team,
        state: { kind: 'ready', since: 0 },
        reachable: true,
        failures: { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 },
        misses: 0,
      },
    });
  const first = await api.request('GET', '/v1/devices?limit=2');
  assert.deepEqual(
    first.body.items.map(({ agentId, receivedFrom }: Record<string, string>) => [
      agentId,
      receivedFrom,
    ]),
    [
      ['d7001', '192.0.2.7:5062'],
      ['d7001', '192.0.2.7:5064'],
    ],
  );
  const rest = await api.request('GET', `/v1/devices?limit=2&cursor=${first.body.nextCursor}`);
  assert.deepEqual([rest.body.items.length, rest.body.nextCursor], [1, undefined]);
  const scopes = ['agents:read'];
  const made = await api.request('POST', '/v1/keys', { name: 'sur', scopes, teams: ['sur'] });
  const sur = { authorization: `Bearer ${made.body.key}` };
  const seen = await api.request('GET', '/v1/devices', undefined, sur);
  assert.deepEqual(
    seen.body.items.map(({ agentId }: { agentId: string }) => agentId),
    ['d7002'],
  );
});

test('an allowance of requests holds at once; a level that there is not is refused', async () => {
  const scopes = ['agents:read', 'configuration:write', 'configuration:read'];
  const key = async (name: string) => {
    const made = await api.request('POST', '/v1/keys', { name, scopes });
    return { authorization: `Bearer ${made.body.key}` };
  };
  const [few, boss] = [await key('few'), await key('boss')];
  const set = (settings: object) => api.request('PATCH', '/v1/settings', settings, boss);
  const ask = async () => (await api.request('GET', '/v1/agents', undefined, few)).status;
  assert.equal((await set({ requestsPerMinute: 10, logLevel: 'warn' })).status, 200);
  const statuses = [];
  for (let n = 0; n < 11; n += 1) statuses.push(await ask());
  assert.deepEqual([statuses[9], statuses[10]], [200, 429]);
  assert.equal((await set({ logLevel: 'loud' })).status, 400);
  const { body } = await set({ requestsPerMinute: null, logLevel: null });
  assert.deepEqual([body.requestsPerMinute, body.logLevel, body.set], [60_000, 'info', []]);
  assert.equal(await ask(), 200);
});

test('settings hold at once, and go back to what the environment says', async () => {
  const before = await api.request('GET', '/v1/settings');
  assert.deepEqual([before.body.sessionHours, before.body.set], [12, []]);
  const credentials = { userId: 'twice2', password: 'tres tristes tigres' };
  await api.request('POST', '/v1/users', {
    id: credentials.userId,
    name: 'T',
    role: 'auditor',
    password: credentials.password,
  });
  const hours = async () => {
    const session = await api.request('POST', '/v1/session', credentials);
    return Math.round((Date.parse(session.body.expiresAt) - Date.now()) / 3_600_000);
  };
  assert.equal(await hours(), 12);
  const seen = { 'if-match': String(before.headers.etag) };
  const changed = await api.request('PATCH', '/v1/settings', { sessionHours: 2 }, seen);
  assert.deepEqual([changed.body.sessionHours, changed.body.set], [2, ['sessionHours']]);
  assert.equal(await hours(), 2);
  assert.equal((await api.request('PATCH', '/v1/settings', { sessionHours: 3 }, seen)).status, 412);
  assert.equal((await api.request('PATCH', '/v1/settings', { sessionHours: 721 })).status, 400);

  const back = await api.request('PATCH', '/v1/settings', { sessionHours: null });
  assert.deepEqual([back.body.sessionHours, back.body.set], [12, []]);
  assert.equal(await hours(), 12);
  const { items } = (await api.request('GET', '/v1/audit?objectKind=settings')).body;
  assert.deepEqual([items[1].before, items[1].after], [{}, { sessionHours: 2 }]);
});
