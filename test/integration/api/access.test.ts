import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { sessionStore } from '../../../src/store/access/sessions.ts';
import { openPool } from '../../../src/store/pool.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { holderOf, person, signIn, TEST_PASSWORD } from '../../support/people.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(api.database.databaseUrl);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a session is over when nobody has used it for long, and when it is old', async () => {
  const user = { id: 'tired', name: 'T', role: 'auditor', password: 'tres tristes tigres' };
  assert.equal((await api.request('POST', '/v1/users', user)).status, 201);
  const clock = new ManualClock(Date.now());
  const pool = openPool(
    api.database.databaseUrl,
    { name: 'sessions', size: 1, queryMsMax: 5_000 },
    silentLogger,
  );
  const sessions = sessionStore(pool, clock, { idleMs: 3_600_000, ageMsMax: 4 * 3_600_000 });
  const from = { address: '192.0.2.7', userAgent: 'test' };
  const open = async () =>
    (await sessions.open({ userId: 'tired', password: user.password }, from))?.token ?? '';
  const after = async (token: string, minutes: number) => {
    clock.advance(minutes * 60_000);
    return (await sessions.verify(token))?.id;
  };
  const idle = await open();
  assert.equal(await after(idle, 59), 'tired');
  assert.equal(await after(idle, 59), 'tired', 'it was used a moment ago');
  assert.equal(await after(idle, 60), undefined, 'nobody has used it for an hour');
  const busy = await open();
  for (let hour = 0; hour < 5; hour += 1) assert.equal(await after(busy, 45), 'tired', `${hour}`);
  assert.equal(await after(busy, 15), undefined, 'four hours old');
  await open();
  assert.equal((await sessions.list('tired')).length, 1, 'what is over is gone');
  await pool.end();
});

test('somebody signs in, is known, and signs out; the database knows neither password nor token', async () => {
  const elena = await person(api, 'elena', 'supervisor', { teams: ['norte'] });
  const who = await elena.request('GET', '/v1/session');
  assert.equal(who.body.role, 'supervisor');
  assert.deepEqual(who.body.teams, ['norte']);
  assert.ok(!who.body.scopes.includes('access:read'));
  const stored = JSON.stringify(
    await rows('SELECT *, encode(token_hash, $$base64$$) FROM sessions, users'),
  );
  assert.ok(!stored.includes(elena.token) && !stored.includes(TEST_PASSWORD));
  assert.match(stored, /scrypt\$32768\$8\$3\$/);
  assert.equal((await elena.request('DELETE', '/v1/session')).status, 204);
  assert.equal((await elena.request('GET', '/v1/session')).status, 401);
});

test('a password under an Idempotency-Key leaves nothing that it could be guessed from', async () => {
  const body = { id: 'pin', name: 'Pin', role: 'auditor', password: TEST_PASSWORD };
  const send = (password = TEST_PASSWORD) =>
    api.request('POST', '/v1/users', { ...body, password }, { 'idempotency-key': 'p' });
  assert.equal((await send()).status, 201);
  assert.equal((await send()).headers['idempotency-replayed'], 'true');
  assert.equal((await send(`${TEST_PASSWORD}!`)).body.code, 'IDEMPOTENCY_KEY_REUSED');
  const [kept] = await rows('SELECT * FROM idempotency_keys WHERE key = $$p$$');
  const guessed = createHash('sha256')
    .update(`POST /v1/users\n${JSON.stringify(body)}`)
    .digest();
  assert.ok(kept?.fingerprint instanceof Buffer && !kept.fingerprint.equals(guessed));
});

test('a wrong password and an unknown user are answered alike', async () => {
  const answers = await Promise.all(
    ['elena', 'nobody'].map((userId) =>
      api.request('POST', '/v1/session', { userId, password: 'wrong' }),
    ),
  );
  for (const { status, body } of answers) {
    assert.equal(status, 401);
    assert.equal(body.code, 'CREDENTIALS_WRONG');
  }
  assert.deepEqual(answers[0]?.body, answers[1]?.body);
});

test('the cookie is for browsers and our own pages only', async () => {
  const opened = await api.request(
    'POST',
    '/v1/session',
    { userId: 'elena', password: TEST_PASSWORD },
    { 'x-forwarded-proto': 'https' },
  );
  const set = String(opened.headers['set-cookie']);
  assert.match(
    set,
    /^centralita_session=cs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43\d{3}; Secure$/,
  );
  const cookie = set.split(';')[0] ?? '';
  const by = (method: string, url: string, headers: Record<string, string>) =>
    api.app.inject({
      method: method as 'GET',
      url,
      headers: { cookie, host: 'here:8080', ...headers },
    });
  assert.equal((await by('GET', '/v1/session', {})).statusCode, 200);
  const stolen = await by('DELETE', '/v1/session', { 'sec-fetch-site': 'cross-site' });
  assert.equal(stolen.statusCode, 403);
  assert.equal((await by('DELETE', '/v1/session', { origin: 'http://evil' })).statusCode, 403);
  assert.equal((await by('DELETE', '/v1/session', { origin: 'http://here:8080' })).statusCode, 204);
  assert.equal((await by('GET', '/v1/session', {})).statusCode, 401);
});

test('guessers wait, and the owner elsewhere does not', async () => {
  await person(api, 'mario', 'auditor');
  const guess = (password: string, remoteAddress: string) =>
    api.app.inject({
      method: 'POST',
      url: '/v1/session',
      remoteAddress,
      payload: { userId: 'mario', password },
    });
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1)
    statuses.push((await guess(`wrong ${n}`, '192.0.2.66')).statusCode);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  assert.equal((await guess(TEST_PASSWORD, '192.0.2.66')).statusCode, 429);
  assert.equal((await guess(TEST_PASSWORD, '192.0.2.7')).statusCode, 201);
});

test('rights that change hold at once in open sessions; a disabled user is out', async () => {
  const pablo = await person(api, 'pablo', 'auditor');
  assert.equal((await pablo.request('GET', '/v1/audit')).status, 200);
  const read = await api.request('GET', '/v1/users/pablo');
  const etag = String(read.headers.etag);
  const stale = await api.request('PATCH', '/v1/users/pablo', { name: 'X' }, { 'if-match': '"7"' });
  assert.equal(stale.status, 412);
  const weak = { 'if-match': `W/${etag}` };
  assert.equal((await api.request('PATCH', '/v1/users/pablo', { name: 'X' }, weak)).status, 412);
  const changed = await api.request(
    'PATCH',
    '/v1/users/pablo',
    { role: 'supervisor' },
    { 'if-match': etag },
  );
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await pablo.request('GET', '/v1/audit')).status, 403);
  assert.equal((await pablo.request('GET', '/v1/queues')).status, 200);
  assert.equal((await api.request('PATCH', '/v1/users/pablo', { disabled: true })).status, 200);
  assert.equal((await pablo.request('GET', '/v1/queues')).status, 401);
  const again = await api.request('POST', '/v1/session', {
    userId: 'pablo',
    password: TEST_PASSWORD,
  });
  assert.equal(again.status, 401);
});

test('a new password ends the sessions and replaces the old one', async () => {
  const rosa = await person(api, 'rosa', 'supervisor');
  const wrong = { current: 'not mine', password: 'cuatro vientos' };
  assert.equal((await rosa.request('PUT', '/v1/session/password', wrong)).status, 401);
  const right = { current: TEST_PASSWORD, password: 'cuatro vientos' };
  assert.equal((await rosa.request('PUT', '/v1/session/password', right)).status, 204);
  assert.equal((await rosa.request('GET', '/v1/session')).status, 401);
  await signIn(api, 'rosa', 'cuatro vientos');
  const mine = await api.request('PUT', '/v1/session/password', right);
  assert.equal(mine.status, 403, 'a key has no password');
});

test('a key is shown once, holds to its scopes, and is revoked at once', async () => {
  const wanted = { name: 'CRM', scopes: ['contacts:read'] };
  const made = await api.request('POST', '/v1/keys', wanted);
  assert.equal(made.status, 201, made.text);
  const { id, key } = made.body;
  const crm = holderOf(api, key);
  assert.equal((await crm.request('GET', '/v1/contacts')).status, 200);
  const refused = await crm.request('POST', '/v1/contacts', {});
  assert.equal(refused.status, 403, 'before the body is looked at');
  assert.match(refused.body.detail, /contacts:write/);
  const read = await api.request('GET', `/v1/keys/${id}`);
  assert.equal(read.body.key, undefined);
  assert.ok(!JSON.stringify(await rows('SELECT * FROM api_keys')).includes(key));
  const wider = await api.request('PATCH', `/v1/keys/${id}`, { scopes: ['queues:read'] });
  assert.equal(wider.status, 400);
  await api.request('PATCH', `/v1/keys/${id}`, { scopes: ['configuration:read'] });
  assert.equal((await crm.request('GET', '/v1/contacts')).status, 403);
  assert.equal((await crm.request('GET', '/v1/queues')).status, 200);
  assert.equal((await api.request('DELETE', `/v1/keys/${id}`)).status, 204);
  assert.equal((await crm.request('GET', '/v1/queues')).status, 401);
  assert.equal((await api.request('DELETE', `/v1/keys/${id}`)).status, 404);
  const past = { ...wanted, expiresAt: '2020-01-01T00:00:00Z' };
  assert.equal((await api.request('POST', '/v1/keys', past)).status, 400);
});

test('nobody gives what they do not have, and somebody is always left who may', async () => {
  const made = await api.request('POST', '/v1/keys', {
    name: 'Personnel',
    scopes: ['access:read', 'access:write', 'agents:read'],
  });
  const personnel = holderOf(api, made.body.key);
  const more = await personnel.request('POST', '/v1/keys', { name: 'x', scopes: ['audit:read'] });
  assert.equal(more.status, 403);
  const user = { id: 'boss', name: 'Boss', role: 'admin', password: TEST_PASSWORD };
  assert.equal((await personnel.request('POST', '/v1/users', user)).status, 403);
  assert.equal((await personnel.request('DELETE', '/v1/keys/admin')).status, 403);
  assert.equal((await api.request('DELETE', `/v1/keys/${made.body.id}`)).status, 204);
  const last = await api.request('DELETE', '/v1/keys/admin');
  assert.equal(last.status, 409, last.text);
  assert.equal((await api.request('GET', '/v1/keys')).status, 200);
});

test('limits belong to the roles that have them', async () => {
  const user = { id: 'ines', name: 'Inés', password: TEST_PASSWORD };
  for (const wrong of [
    { role: 'agent' },
    { role: 'auditor', teams: ['norte'] },
    { role: 'auditor', agentId: '1001' },
    { role: 'supervisor', teams: [] },
    { role: 'king' },
    { role: 'admin', password: 'short' },
  ])
    assert.equal((await api.request('POST', '/v1/users', { ...user, ...wrong })).status, 400);
  // Who has a phone of the house may supervise from it.
  const chief = { ...user, role: 'supervisor', agentId: '1001' };
  assert.equal((await api.request('POST', '/v1/users', chief)).body.agentId, '1001');
  assert.equal((await api.request('DELETE', '/v1/users/ines')).status, 204);
});

test('the first administrator: made once, or given by the environment', async () => {
  const { store } = api;
  assert.equal(await store.ensureAdmin(undefined), undefined, 'there are users');
  assert.equal(await store.ensureAdmin('given by the environment'), undefined);
  const admin = await signIn(api, 'admin', 'given by the environment');
  assert.equal((await admin.request('GET', '/v1/users')).status, 200);
  await store.ensureAdmin('given by the environment');
  assert.equal((await admin.request('GET', '/v1/users')).status, 200, 'nothing has changed');
});

test('times in the audit log are ISO 8601, those of an object before and after it was changed, too', async () => {
  const hook = { id: 'crm', name: 'CRM', url: 'https://crm.example.com/x', events: ['*'] };
  assert.equal((await api.request('POST', '/v1/webhooks', hook)).status, 201);
  const headers = { 'if-match': '*' };
  const renamed = await api.request('PATCH', '/v1/webhooks/crm', { name: 'C' }, headers);
  assert.equal(renamed.status, 200);
  const { body } = await api.request('GET', '/v1/audit?objectKind=webhook&objectId=crm');
  const [{ before, after }] = body.items;
  assert.match(before.updatedAt, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.equal(after.updatedAt, renamed.body.updatedAt);
  await api.request('DELETE', '/v1/webhooks/crm', undefined, headers);
});

test('all of it is in the audit log, which is listed, filtered and exported', async () => {
  const { body } = await api.request('GET', '/v1/audit?objectKind=user&objectId=pablo');
  const actions = body.items.map((entry: { action: string }) => entry.action);
  assert.deepEqual(actions, ['session.refused', 'user.changed', 'user.changed', 'user.created']);
  assert.equal(body.items[1].before.disabled, false);
  assert.equal(body.items[1].after.disabled, true);
  assert.equal(body.items[1].actor.id, 'admin');
  const page = await api.request('GET', '/v1/audit?limit=1');
  const next = await api.request('GET', `/v1/audit?limit=1&cursor=${page.body.nextCursor}`);
  assert.equal(next.body.items[0].seq, page.body.items[0].seq - 1);
  const jsonl = await api.request('GET', '/v1/audit/export?objectKind=key');
  const lines = jsonl.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.length >= 4);
  const csv = await api.request('GET', '/v1/audit/export?format=csv&objectKind=key');
  assert.equal(csv.text.trimEnd().split('\r\n').length, lines.length + 1);
  const secrets = JSON.stringify(await rows('SELECT * FROM audit_log'));
  for (const secret of [TEST_PASSWORD, TEST_API_KEY, 'cuatro vientos', 'cs_', 'ck_'])
    assert.ok(!secrets.includes(secret), secret);
});
