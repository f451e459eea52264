import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../client/', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

let api: TestApi;
before(async () => {
  api = await startTestApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await Promise.all(
    ['openapi.json', 'centralita.d.ts'].map((name) => rm(`${folder}${name}`, { force: true })),
  );
  await api.stop();
});

test('a client is generated from the document, compiles, refuses what is not in it, and works', async () => {
  const document = await api.request('GET', '/openapi.json');
  await writeFile(`${folder}openapi.json`, document.text);
  const generate = [
    'scripts/client/generate.mjs',
    `${folder}openapi.json`,
    `${folder}centralita.d.ts`,
  ];
  await run(process.execPath, generate, { cwd: root });
  const compile = ['node_modules/typescript/bin/tsc', '-p', `${folder}tsconfig.json`];
  await run(process.execPath, compile, { cwd: root }).catch((error: { stdout?: string }) =>
    assert.fail(`The client does not compile:\n${error.stdout}`),
  );
  const { port } = api.app.server.address() as AddressInfo;
  // Not resolved by the compiler: it is checked against types that are made here.
  const usage: string = `${folder}usage.ts`;
  const { use } = await import(usage);
  await use(`http://127.0.0.1:${port}`, TEST_API_KEY);
});

test('a POST under a key is done once: the same again, another under it, at once, after a failure', async () => {
  const post = (key: string, url: string, body: unknown) =>
    api.request('POST', url, body, { 'idempotency-key': key });
  const ana = { id: 'ana', name: 'Ana', status: 'vip', numbers: ['+525555550001'] };
  const answers = await Promise.all([1, 2, 3].map(() => post('a', '/v1/contacts', ana)));
  const statuses = answers.map(({ status }) => status).sort();
  assert.ok(statuses.includes(201) && statuses.every((status) => status === 201 || status === 409));
  const again = await post('a', '/v1/contacts', ana);
  assert.equal(again.status, 201);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.equal(again.headers.location, '/v1/contacts/ana');
  assert.equal(again.body.name, 'Ana');
  const other = await post('a', '/v1/contacts', { ...ana, name: 'Eva' });
  assert.equal(other.body.code, 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(other.status, 422);
  const without = await api.request('POST', '/v1/contacts', ana);
  assert.equal(without.body.code, 'ALREADY_EXISTS');
  const eva = { ...ana, id: 'eva', name: 'Eva' };
  assert.equal((await post('b', '/v1/contacts', eva)).status, 409, 'the number is Ana’s');
  await api.request('DELETE', '/v1/contacts/ana');
  assert.equal((await post('b', '/v1/contacts', eva)).status, 201, 'what failed is tried again');
  assert.equal((await post('ä', '/v1/contacts', eva)).status, 400);
});

test('an answer with a secret in it is not kept', async () => {
  const body = { name: 'CRM', scopes: ['contacts:read'] };
  const send = () => api.request('POST', '/v1/keys', body, { 'idempotency-key': 'k' });
  assert.equal((await send()).status, 201);
  const again = await send();
  assert.equal(again.body.code, 'IDEMPOTENCY_ANSWER_GONE');
  const keys = await api.request('GET', '/v1/keys');
  assert.equal(keys.body.items.filter(({ name }: { name: string }) => name === 'CRM').length, 1);
});

test('what is left of the minute is in the headers, and who has none left waits', async () => {
  const first = await api.request('GET', '/v1/queues');
  const {
    'ratelimit-limit': limit,
    'ratelimit-remaining': left,
    'ratelimit-reset': reset,
  } = first.headers;
  assert.equal(Number(limit), 60_000);
  assert.ok(Number(left) < 60_000 && Number(reset) <= 60);
  const wrong = () =>
    api.app.inject({
      method: 'POST',
      url: '/v1/session',
      remoteAddress: '192.0.2.99',
      payload: {},
    });
  for (let n = 0; n < 300; n += 1) assert.equal((await wrong()).statusCode, 400);
  const refused = await wrong();
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.json().code, 'TOO_MANY_REQUESTS');
  assert.ok(Number(refused.headers['retry-after']) > 0);
});
