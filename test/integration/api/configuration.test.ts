import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readCompanyFile } from '../../../src/company-file.ts';
import { agentId, calendarId } from '../../../src/model/ids.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';

// O8: the configuration as one file: out, in, and what it would change.

let one: TestApi;
let other: TestApi;
let yaml = '';
before(async () => {
  [one, other] = await Promise.all([startTestApi(), startTestApi()]);
});
after(() => Promise.all([one.stop(), other.stop()]));

type Section = Readonly<Record<string, unknown>>[];
interface Company {
  readonly [section: string]: Section;
  readonly flows: Section;
}

const EXAMPLE = new URL('../../../config/example/company.yaml', import.meta.url);
const { contacts: _, ...example } = readCompanyFile<Company & { contacts: Section }>(EXAMPLE);
const company = {
  ...example,
  dispositions: [
    { id: 'sold', label: { 'es-MX': 'Vendido', en: 'Sold' }, code: '1', queueIds: ['ventas'] },
  ],
  trunks: [
    {
      id: 'principal',
      name: 'Principal',
      uri: 'sip:trunk.example.com:5060',
      username: '34910000000',
      password: 'trunk-secret-1',
    },
  ],
  dialling: [
    {
      id: 'house',
      destinations: [{ to: '+52', allow: true }],
      callsMax: 10,
      callsPerHourMax: 100,
      blocked: false,
    },
  ],
  notReadyReasons: [{ id: 'lunch', label: { 'es-MX': 'Comida' }, code: '2' }],
  settings: [{ id: 'house', recordingKeepDays: 30 }],
  teams: [{ id: 'norte', name: 'Ventas Norte', description: 'Monterrey' }],
  webhooks: [
    {
      id: 'crm',
      name: 'CRM',
      url: 'https://crm.example.com/hooks',
      events: ['call.finished'],
      secret: `whsec_${'A'.repeat(40)}`,
    },
  ],
  users: [
    {
      id: 'elena',
      name: 'Elena Prieto',
      role: 'supervisor',
      teams: ['norte'],
      password: 'tres tristes tigres',
    },
  ],
};

const send = async (api: TestApi, path: string, payload: string, ifMatch?: string) => {
  const answer = await api.app.inject({
    method: 'POST',
    url: `/v1/configuration/${path}`,
    headers: {
      authorization: `Bearer ${TEST_API_KEY}`,
      'content-type': 'application/yaml',
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    payload,
  });
  return { status: answer.statusCode, body: answer.json() };
};

const exported = async (api: TestApi): Promise<string> => {
  const answer = await api.request('GET', '/v1/configuration', undefined, {
    accept: 'application/yaml',
  });
  assert.equal(answer.status, 200, answer.text);
  assert.match(String(answer.headers['content-type']), /application\/yaml/);
  return answer.text;
};

const actions = (changes: readonly Readonly<Record<string, string>>[]) =>
  changes.map(({ action, section, key }) => `${action} ${section}/${key}`);

test('O8 a company as a file is planned, then applied to an empty house; secrets go in and never come out', async () => {
  const plan = await one.request('POST', '/v1/configuration/plan', { document: company });
  assert.equal(plan.status, 200, plan.text);
  assert.equal(plan.body.applied, false);
  assert.deepEqual(plan.body.problems, []);
  assert.equal(plan.body.changes[0].action, 'create');
  assert.equal(plan.text.includes('vF7-tulipan'), false, 'a password in a plan');
  assert.equal((await one.store.configuration.load()).queues.length, 0, 'a plan changes nothing');

  const applied = await one.request(
    'POST',
    '/v1/configuration/apply',
    { document: company },
    { 'if-match': `"${plan.body.digest}"` },
  );
  assert.equal(applied.status, 200, applied.text);
  assert.equal(applied.body.applied, true);
  assert.equal(one.control.reloads, 1, 'one change, not one for each object');
  const { agents } = one.store.admin.configuration;
  const id = agentId('1001');
  const secrets = { sipPassword: 'vF7-tulipan-1001', pin: '2741' };
  assert.deepEqual(
    await agents.otherSecrets([
      { id, secrets },
      { id, secrets: { pin: '2742' } },
      { id: agentId('nobody'), secrets },
    ]),
    [[], ['pin'], ['sipPassword', 'pin']],
  );
  const { calendars } = one.store.admin.configuration;
  assert.equal(await calendars.hasPin(calendarId('tienda-coyoacan'), '740219'), true);

  const log = await one.store.admin.audit.list({ objectKind: 'queue' }, { limit: 10 });
  assert.ok(log.ok);
  assert.deepEqual(log.value.items.map(({ action, object }) => `${action} ${object.id}`).sort(), [
    'queue.created facturacion',
    'queue.created soporte',
    'queue.created ventas',
  ]);
  const again = await one.request('POST', '/v1/configuration/plan', { document: company });
  assert.deepEqual(again.body.changes, [], 'secrets that are the same are no change');
});

test('L1 the linter says over the API what in the stored configuration cannot work', async () => {
  await one.request('POST', '/v1/queues', { id: 'desierta', name: 'Desierta' });
  const { status, body, text } = await one.request(
    'GET',
    '/v1/configuration/lint?callsPerMonth=ventas:10',
  );
  assert.equal(status, 200, text);
  const finding = body.findings.find((one: { place: string }) => one.place === 'queues/desierta');
  assert.equal(finding?.code, 'QUEUE_WITHOUT_AGENTS');
  assert.equal(finding.severity, 'warning');
  assert.match(finding.message, /has no agents/);
  await one.request('DELETE', '/v1/queues/desierta');
  const bad = await one.request('GET', '/v1/configuration/lint?callsPerMonth=many');
  assert.equal(bad.status, 400);
});

test('O8 what was exported changes nothing, and an empty house that applies it exports the same', async () => {
  yaml = await exported(one);
  for (const secret of ['vF7-tulipan', '2741', '740219', 'trunk-secret', 'whsec_', 'tristes'])
    assert.equal(yaml.includes(secret), false);
  assert.match(yaml, /^# The configuration of a Centralita/);
  assert.match(yaml, /requiredSkills: \{ ventas: 1 \}/, 'short things stay on their line');
  const same = await send(one, 'plan', yaml);
  assert.deepEqual([same.status, same.body.changes, same.body.kept], [200, [], []]);
  const into = await send(other, 'apply', yaml, '*');
  assert.equal(into.status, 200, JSON.stringify(into.body));
  assert.match(into.body.notes[0], /^Agent 1001 is new and has no sipPassword here/);
  assert.equal(await exported(other), yaml);
});

test('O8 a plan names each field; what is missing stays, or goes when that is asked for', async () => {
  const edited = yaml
    .replace('wrapUpMs: 20000', 'wrapUpMs: 25000')
    .replace(/ {2}- id: facturacion\n {4}name: (?!facturacion)(?:.*\n)(?: {4}.*\n)+/, '');
  assert.notEqual(edited, yaml);
  const plan = await send(one, 'plan', edited);
  assert.deepEqual(actions(plan.body.changes), ['change queues/soporte']);
  assert.deepEqual(plan.body.changes[0].differences, [
    { path: 'wrapUpMs', before: 20_000, after: 25_000 },
  ]);
  assert.deepEqual(plan.body.kept, [{ section: 'queues', key: 'facturacion' }]);
  const removing = await send(one, 'plan?remove=true', edited);
  assert.deepEqual(actions(removing.body.changes), [
    'change queues/soporte',
    'remove queues/facturacion',
  ]);
  assert.match(removing.body.problems.join('\n'), /there is no queue facturacion/);
});

test('O8 all or nothing: one wrong object, and nothing of the rest is there', async () => {
  const before = await exported(one);
  const document = {
    queues: [{ id: 'nueva', name: 'Nueva' }],
    agents: [{ id: '2001', name: 'Ana', extension: '2001', queueIds: ['nueva', 'nada'] }],
  };
  const refused = await one.request(
    'POST',
    '/v1/configuration/apply',
    { document },
    { 'if-match': '*' },
  );
  assert.deepEqual([refused.status, refused.body.code], [422, 'CONFIGURATION_REFUSED']);
  assert.match(refused.text, /there is no queue nada/);
  // What only the table knows: two agents with one extension.
  const twins = ['2001', '2002'].map((id) => ({ id, name: 'Ana', extension: '2001' }));
  const late = await one.request(
    'POST',
    '/v1/configuration/apply',
    { document: { queues: document.queues, agents: twins } },
    { 'if-match': '*' },
  );
  assert.ok(late.status === 409 || late.status === 422, late.text);
  one.control.reloading = async () => ['queue nueva: the engine does not want it'];
  const unwanted = await one.request(
    'POST',
    '/v1/configuration/apply',
    { document: { queues: document.queues } },
    { 'if-match': '*' },
  );
  one.control.reloading = async () => [];
  assert.deepEqual([unwanted.status, unwanted.body.code], [422, 'CONFIGURATION_REFUSED']);
  assert.equal(await exported(one), before);
});

test('O8 a plan that is out of date is refused, and so is an application without one', async () => {
  const document = { queues: [{ id: 'ventas', name: 'Ventas', requiredSkills: { ventas: 2 } }] };
  const plan = await one.request('POST', '/v1/configuration/plan', { document });
  await one.request('PATCH', '/v1/queues/soporte', { wrapUpMs: 30_000 });
  const stale = await one.request(
    'POST',
    '/v1/configuration/apply',
    { document },
    { 'if-match': `"${plan.body.digest}"` },
  );
  assert.deepEqual([stale.status, stale.body.code], [412, 'PRECONDITION_FAILED']);
  const blind = await one.request('POST', '/v1/configuration/apply', { document });
  assert.deepEqual([blind.status, blind.body.code], [400, 'REQUEST_INVALID']);
});

test('O8 a flow that differs becomes the next version, checked against the queues of the same file', async () => {
  const flow = {
    name: 'Cobros',
    languages: ['es-MX'],
    start: 'cola',
    prompts: {},
    nodes: { cola: { type: 'queue', queue: 'cobros' } },
  };
  const document = {
    queues: [{ id: 'cobros', name: 'Cobros' }],
    flows: [{ id: 'cobros', document: flow }],
    numbers: [
      { dnis: '8005550199', name: 'Cobros', flowId: 'cobros', language: 'en', country: 'MX' },
    ],
  };
  const url = '/v1/configuration/apply?comment=Cobros%20nuevos';
  const made = await one.request('POST', url, { document }, { 'if-match': '*' });
  assert.equal(made.status, 200, made.text);
  const codes = made.body.findings.map(({ code }: { code: string }) => code);
  assert.ok(codes.includes('QUEUE_WITHOUT_AGENTS'), codes.join());
  assert.ok(codes.includes('LANGUAGE_UNSPOKEN'), codes.join());
  const next = { ...document, flows: [{ id: 'cobros', document: { ...flow, name: 'Cobranza' } }] };
  await one.request('POST', url, { document: next }, { 'if-match': '*' });
  const { body } = await one.request('GET', '/v1/flows/cobros');
  assert.deepEqual([body.version, body.comment], [2, 'Cobros nuevos']);
});

test('O8 a file that is wrong is told with lines; nothing of it is believed', async () => {
  const bad = await send(one, 'plan', 'queues:\n  - id: ventas\n    name: Ventas\n    wrapUp: 1\n');
  assert.deepEqual([bad.status, bad.body.code], [400, 'REQUEST_INVALID']);
  assert.match(bad.body.errors[0].detail, /^4:5: queues\.0: .*"wrapUp"/);
  const contacts = await send(one, 'plan', 'contacts: []\n');
  assert.match(contacts.body.detail, /contacts/);
  assert.equal((await send(one, 'plan', 'a: [1\n')).body.code, 'YAML_MALFORMED');
  const twice = await send(
    one,
    'plan',
    'queues:\n  - { id: a, name: A }\n  - { id: a, name: B }\n',
  );
  assert.match(twice.body.problems.join(), /there are two of a/);
});

test('O8 a file however large or odd is read beside the calls, few at once, and not every line of it is scolded', async () => {
  const tabs = `agents:\n${'\t- id: "1"\n'.repeat(20_000)}`;
  const before = performance.eventLoopUtilization();
  const { status, body } = await send(one, 'plan', tabs);
  const { utilization } = performance.eventLoopUtilization(before);
  assert.deepEqual([status, body.code, body.errors.length], [400, 'YAML_MALFORMED', 101]);
  assert.match(body.errors[0].detail, /^2:1: Tabs are not allowed/);
  assert.match(body.errors.at(-1).detail, /19900 more/);
  assert.ok(utilization < 0.5, `the thread of the calls was busy with it: ${utilization}`);
  const statuses = await Promise.all(
    Array.from({ length: 6 }, async () => (await send(one, 'plan', tabs)).status),
  );
  assert.deepEqual(statuses.sort(), [400, 400, 400, 400, 503, 503]);
  assert.equal((await send(one, 'plan', tabs)).status, 400, 'and then there is room again');
  const wrong = await send(one, 'plan', `teams:\n${'  - { id: "a b", name: 1 }\n'.repeat(500)}`);
  assert.equal(wrong.status, 400);
  assert.equal(wrong.body.errors.length, 100);
  assert.match(wrong.body.errors[0].detail, /^2:18: teams\.0\.name: must be string/);
});

test('O8 a plan says what a table or the engine would refuse, with the line of the object, and changes nothing', async () => {
  const audited = () => one.store.admin.audit.list({ objectKind: 'queue' }, { limit: 1 });
  const before = await audited();
  const disposition = '  - id: nueva\n    label: { en: New }\n    code: "77"\n';
  const taken = await send(
    one,
    'plan',
    `dispositions:\n  - id: vieja\n    label: { en: Old }\n    code: "77"\n${disposition}`,
  );
  assert.equal(taken.status, 200);
  assert.match(taken.body.problems.join(), /^5:5: dispositions\/nueva: .*code/);
  const gone = await one.request('POST', '/v1/configuration/plan?remove=true', {
    document: { skills: [] },
  });
  assert.match(gone.body.problems.join(), /skills\/\w+: The skill \w+ is named/);
  one.control.reloading = async () => ['queue corta: the engine does not want it'];
  const queues = 'queues:\n  - id: larga\n    name: Larga\n  - id: corta\n    name: Corta\n';
  const unwanted = await send(one, 'plan', queues);
  one.control.reloading = async () => [];
  assert.deepEqual(unwanted.body.problems, ['4:5: queue corta: the engine does not want it']);
  assert.deepEqual((await send(one, 'plan', queues)).body.problems, []);
  assert.equal((await one.request('GET', '/v1/queues/corta')).status, 404);
  assert.deepEqual(await audited(), before);
});

test('O8 webhooks and users are in the file; a webhook signs at once, a user signs in', async () => {
  const credentials = { userId: 'elena', password: 'tres tristes tigres' };
  assert.equal((await one.request('POST', '/v1/session', credentials)).status, 201);
  assert.equal((await other.request('POST', '/v1/session', credentials)).status, 401);
  assert.equal((await one.request('GET', '/v1/webhooks/crm')).body.state, 'active');
  assert.equal((await one.request('GET', '/v1/settings')).body.recordingKeepDays, 30);
  assert.equal((await one.request('GET', '/v1/teams/norte')).body.elsewhere, 1);
  const log = await one.store.admin.audit.list({ objectKind: 'webhook' }, { limit: 10 });
  assert.equal(JSON.stringify(log).includes('whsec_'), false, 'a secret in the audit log');

  const wrong = {
    webhooks: [{ id: 'x', name: 'X', url: 'http://10.0.0.1/', events: ['*'] }],
    users: [{ id: 'x', name: 'X', role: 'agent' }],
  };
  const plan = await one.request('POST', '/v1/configuration/plan', { document: wrong });
  assert.match(plan.body.problems.join('\n'), /webhooks\/x: .*\nusers\/x: .*agentId/);
});

test('O8 nobody gives by a file what they do not have, nor sees what they may not', async () => {
  const key = async (scopes: readonly string[], teams?: readonly string[]) => {
    const made = await one.request('POST', '/v1/keys', { name: 'k', scopes, teams });
    return { authorization: `Bearer ${made.body.key}` };
  };
  const apply = (document: object, headers: Readonly<Record<string, string>>) =>
    one.request('POST', '/v1/configuration/apply', { document }, { ...headers, 'if-match': '*' });
  const users = [{ id: 'eva', name: 'Eva', role: 'admin', password: 'tres tristes tigres' }];
  const writer = await key(['configuration:read', 'configuration:write']);
  assert.equal((await apply({ users }, writer)).status, 403, 'without access:write');
  assert.equal((await apply({ webhooks: [] }, writer)).status, 403, 'without webhooks:write');
  const seen = await one.request('GET', '/v1/configuration', undefined, writer);
  assert.equal(seen.text.includes('crm.example.com'), false);
  assert.deepEqual(
    [seen.body.document.users, seen.body.document.queues.length > 0],
    [undefined, true],
  );

  const access = await key(['configuration:write', 'access:read', 'access:write']);
  assert.equal((await apply({ users }, access)).body.code, 'FORBIDDEN', 'an admin has more');
  const mine = [{ ...users[0], role: 'auditor' }];
  assert.equal((await apply({ users: mine }, access)).body.code, 'FORBIDDEN', 'so has an auditor');
  assert.equal((await one.request('GET', '/v1/users/eva')).status, 404);
});

test('O8 who is limited to teams neither sees nor changes the agents of others, by a file or one by one', async () => {
  const agent = (id: string, team: string) => ({ id, name: id, extension: id, team });
  for (const [id, team] of [
    ['3001', 'norte'],
    ['3002', 'sur'],
  ] as const)
    assert.equal((await one.request('POST', '/v1/agents', agent(id, team))).status, 201);
  const scopes = ['configuration:read', 'configuration:write', 'agents:read'];
  const made = await one.request('POST', '/v1/keys', { name: 'k', scopes, teams: ['norte'] });
  const norte = { authorization: `Bearer ${made.body.key}` };
  const status = async (method: string, path: string, body?: object) =>
    (await one.request(method, path, body, { ...norte, 'if-match': '*' })).status;

  const seen = await one.request('GET', '/v1/configuration', undefined, norte);
  const ids = seen.body.document.agents.map(({ id }: { id: string }) => id);
  assert.deepEqual([ids.includes('3001'), ids.includes('3002')], [true, false]);
  const change = (id: string, team: string) =>
    status('POST', '/v1/configuration/apply', { document: { agents: [agent(id, team)] } });
  assert.equal(await change('3002', 'norte'), 403, 'somebody of others');
  const plan = (id: string, remove = false) => {
    const body = { document: { agents: [agent(id, 'norte')] } };
    return one.request('POST', `/v1/configuration/plan?remove=${remove}`, body, norte);
  };
  assert.equal((await plan('3002')).status, 403, 'nor are they told how it differs');
  assert.equal((await plan('3001', true)).status, 403);
  const planned = await plan('3001');
  assert.equal(planned.status, 200);
  const linted = await one.request('GET', '/v1/configuration/lint', undefined, norte);
  const all = await one.request('GET', '/v1/configuration/lint');
  const isNamed = (body: object, id: string) => JSON.stringify(body).includes(id);
  assert.deepEqual([isNamed(planned.body, '3001'), isNamed(planned.body, '3002')], [true, false]);
  assert.deepEqual([isNamed(linted.body, '3001'), isNamed(linted.body, '3002')], [true, false]);
  assert.ok(isNamed(all.body, '3002'));
  assert.equal(await change('3001', 'sur'), 403, 'given to others');
  assert.equal(await change('3003', 'norte'), 200);

  assert.equal(await status('PATCH', '/v1/agents/3002', { team: 'norte' }), 403);
  assert.equal(await status('PATCH', '/v1/agents/3001', { team: 'sur' }), 403);
  assert.equal(await status('DELETE', '/v1/agents/3002'), 403);
  assert.equal(await status('POST', '/v1/agents', agent('3004', 'sur')), 403);
  assert.equal(await status('PATCH', '/v1/agents/3001', { name: 'Tres mil uno' }), 200);
  assert.equal((await one.request('GET', '/v1/agents/3002')).body.team, 'sur');
  for (const id of ['3001', '3002', '3003']) await one.request('DELETE', `/v1/agents/${id}`);
});

test('O8 an extension changes hands within one file', async () => {
  const swap = {
    agents: [
      {
        id: '1001',
        name: 'Carmen Ruiz',
        extension: '1002',
        skills: { ventas: 8 },
        queueIds: ['ventas'],
      },
      { id: '1002', name: 'Diego Torres', extension: '1001', skills: {}, queueIds: ['ventas'] },
    ],
  };
  const swapped = await one.request(
    'POST',
    '/v1/configuration/apply',
    { document: swap },
    { 'if-match': '*' },
  );
  assert.equal(swapped.status, 200, swapped.text);
  assert.match(swapped.body.notes[0], /gets another extension/);
  assert.equal((await one.request('GET', '/v1/agents/1002')).body.extension, '1001');
});

test('O8 a disposition of a queue that is not there is refused, a user who is no agent of the house is told', async () => {
  const plan = async (document: object) =>
    (await one.request('POST', '/v1/configuration/plan', { document })).body;
  const lost = {
    id: 'lost',
    code: '9',
    label: { 'es-MX': 'Perdido', en: 'Lost' },
    queueIds: ['nowhere'],
  };
  assert.deepEqual((await plan({ dispositions: [lost] })).problems, [
    'dispositions/lost: there is no queue nowhere',
  ]);
  const nobody = { id: 'nadia', name: 'Nadia', role: 'agent', agentId: '9999' };
  const { notes } = await plan({ users: [nobody] });
  assert.ok(notes.includes('User nadia is the agent 9999, and there is no such agent.'), notes);
});

test('O8 a large JSON file is told what a small one is told: the place of a wrong field, and what is no JSON', async () => {
  const agents = Array.from({ length: 4_000 }, (_, n) => ({
    id: `bulk-${n}`,
    name: `Agent ${n} of a large house`,
    extension: String(40_000 + n),
  }));
  const wrong = agents.map((agent, n) => (n === 3_210 ? { ...agent, extention: '1' } : agent));
  const refused = await one.request('POST', '/v1/configuration/plan', {
    document: { agents: wrong },
  });
  assert.equal(refused.status, 400, refused.text);
  assert.match(refused.text, /body\/document\/agents\/3210/);
  const text = JSON.stringify({ document: { agents } });
  for (const [body, small] of [
    [text.slice(0, -1), '{"document":'],
    [text.replace('"document"', '"__proto__"'), '{"__proto__":{}}'],
  ] as const) {
    const large = await one.request('POST', '/v1/configuration/plan', body);
    const same = await one.request('POST', '/v1/configuration/plan', small);
    assert.equal(large.status, 400, large.text);
    assert.equal(large.body.code, same.body.code);
  }
  const plan = await one.request('POST', '/v1/configuration/plan', { document: { agents } });
  assert.equal(plan.status, 200, plan.text.slice(0, 500));
  assert.equal(plan.body.changes.length, 4_000);
  assert.deepEqual(plan.body.problems, []);
});

test('O8 a file cannot take away the last one who may manage access', async () => {
  const users = [{ id: 'root', name: 'Root', role: 'admin', password: 'tres tristes tigres' }];
  const match = { 'if-match': '*' };
  await one.request('POST', '/v1/configuration/apply', { document: { users } }, match);
  const session = await one.request('POST', '/v1/session', {
    userId: 'root',
    password: 'tres tristes tigres',
  });
  const as = { authorization: `Bearer ${session.body.token}`, ...match };
  const { items: keys } = (await one.request('GET', '/v1/keys', undefined, as)).body;
  for (const { id } of keys) await one.request('DELETE', `/v1/keys/${id}`, undefined, as);
  const document = { users: [{ id: 'root', name: 'Root', role: 'auditor' }] };
  const last = await one.request('POST', '/v1/configuration/apply', { document }, as);
  assert.deepEqual([last.status, last.body.code], [409, 'IN_USE'], last.text);
  assert.equal((await one.request('GET', '/v1/users/root', undefined, as)).body.role, 'admin');
});
