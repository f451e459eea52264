import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { compileDirectory } from '../../../src/runtime/directory.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { dereferenced } from '../../support/openapi.ts';
import { type Person, person } from '../../support/people.ts';

type Schema = Readonly<Record<string, unknown>>;
interface Operation {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

let api: TestApi;
let port = 0;
let agent: Person;
before(async () => {
  api = await startTestApi();
  api.control.reloading = problems;
  await api.request('POST', '/v1/agents', { id: '1001', name: 'Carmen', extension: '1001' });
  agent = await person(api, 'carmen', 'agent', { agentId: '1001' });
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  port = (api.app.server.address() as AddressInfo).port;
});
after(() => api.stop());

/** What the house would refuse: zones that are none, say. Flows here are none that the interpreter knows. */
async function problems(): Promise<readonly string[]> {
  const stored = await api.store.configuration.load();
  const outcome = compileDirectory({ ...stored, flows: [], numbers: [] }, 'Europe/Madrid');
  return 'problems' in outcome ? outcome.problems : [];
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    "'; DROP TABLE queues; --",
    '../../etc/passwd',
    'a\r\nset-cookie: x=1',
    '\ud800',
    '\0',
    '{"$gt":""}',
    '__proto__',
    '9'.repeat(400),
  ),
);

/** What nearly is as the schema says: the right shape, with values of all kinds in it. */
function near(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const odd = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }));
  const anything = { arbitrary: odd, weight: 1 };
  const mostly = (right: fc.Arbitrary<unknown>) =>
    fc.oneof({ arbitrary: right, weight: 5 }, anything);
  const { enum: values, examples, anyOf, properties, items, type, required = [] } = schema;
  if (depth > 6) return odd;
  if (Array.isArray(values)) return mostly(fc.constantFrom(...values));
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one: Schema) => near(one, depth + 1)));
  if (typeof properties === 'object' && properties !== null) {
    const fields = Object.entries(properties as Record<string, Schema>).map(
      ([key, child]) => [key, near(child, depth + 1)] as const,
    );
    const record = fc.record(Object.fromEntries(fields), { requiredKeys: required as string[] });
    const more = fc.dictionary(fc.string(), odd, { maxKeys: 1 });
    return mostly(
      fc.oneof(
        { arbitrary: record, weight: 4 },
        { arbitrary: fc.tuple(record, more).map(([a, b]) => ({ ...b, ...a })), weight: 1 },
      ),
    );
  }
  if (type === 'array')
    return mostly(fc.array(near((items ?? {}) as Schema, depth + 1), { maxLength: 4 }));
  if (type === 'integer' || type === 'number')
    return mostly(fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 1, -1, 2 ** 53, 1e308)));
  if (type === 'boolean') return mostly(fc.boolean());
  const known = Array.isArray(examples) ? examples : ['x'];
  return mostly(fc.oneof(fc.constantFrom(...known), text));
}

function leaksNothing(what: string, status: number, answer: string): void {
  assert.ok(status < 500, `${what}: ${status} ${answer}`);
  assert.doesNotMatch(
    answer,
    /node_modules|at .*\.[jt]s:\d|\bSELECT\b|\bINSERT INTO\b|scrypt\$/,
    what,
  );
}

test('every body of the document, nearly as its schema says, and by an agent who may do little', async () => {
  const document = dereferenced((await api.request('GET', '/openapi.json')).body);
  const bodies = Object.entries<Record<string, Operation>>(document.paths).flatMap(
    ([path, operations]) =>
      Object.entries(operations).flatMap(([method, { requestBody }]) => {
        const schema = requestBody?.content['application/json']?.schema;
        return schema ? [{ method: method.toUpperCase(), path, schema }] : [];
      }),
  );
  assert.ok(bodies.length > 30, `${bodies.length} bodies`);
  let stored = 0;
  for (const { method, path, schema } of bodies) {
    const url = path
      .replace('{version}', '1')
      .replace('{dnis}', '123')
      .replace(/\{\w+\}/g, '1001');
    const property = fc.asyncProperty(near(schema), fc.boolean(), async (value, asAgent) => {
      const payload = JSON.stringify(value) ?? 'null';
      const answer = await (asAgent ? agent : api).request(method, url, payload);
      leaksNothing(`${method} ${path} ${payload}`, answer.status, answer.text);
      if (answer.status < 300) stored += 1;
    });
    await fc.assert(property, { numRuns: 12 });
  }
  assert.ok(stored > 0, 'some of it is valid');
});

test('no query, header or cursor of the document is our fault', async () => {
  const { body: document } = await api.request('GET', '/openapi.json');
  const forged = [
    'x',
    'W10',
    'WyIiXQ',
    Buffer.from('["\u0000","\'--"]').toString('base64url'),
    'e30',
    '9'.repeat(900),
  ];
  for (const [path, operations] of Object.entries<
    Record<string, { parameters?: { name: string; in: string }[] }>
  >(document.paths)) {
    const names =
      operations.get?.parameters?.filter((one) => one.in === 'query').map(({ name }) => name) ?? [];
    const url = path
      .replace('{version}', '1')
      .replace('{dnis}', '123')
      .replace(/\{\w+\}/g, 'x');
    for (const name of names)
      for (const value of [
        ...forged,
        "' OR 1=1 --",
        '../../../etc/passwd',
        'a\r\nx: y',
        '\ud800',
        '2026-99-99T00:00:00Z',
      ]) {
        const asked = `${url}?${name}=${encodeURIComponent(value.toWellFormed())}`;
        const answer = await api.request('GET', asked);
        leaksNothing(asked, answer.status, answer.text.slice(0, 2_000));
        assert.equal(answer.headers.x, undefined);
      }
  }
});

test('ids that climb out of their folder, or name what is somebody else’s', async () => {
  const ids = [
    '..%2F..%2Fsecrets.json',
    '%2e%2e%2fx',
    '..\\..\\x',
    'x%00.wav',
    '%00',
    'a%0d%0ab',
    'x'.repeat(190),
  ];
  const paths = [
    'voicemails/ID/audio',
    'recordings/ID/audio',
    'recordings/ID',
    'prompts/ID/sound',
    'contacts/imports/ID/rejected',
    'users/ID',
    'keys/ID',
  ];
  for (const path of paths)
    for (const id of ids) {
      const answer = await api.request('GET', `/v1/${path.replace('ID', id)}`);
      leaksNothing(`${path} ${id}`, answer.status, answer.text);
      assert.ok(answer.status >= 400, `${path} ${id}: ${answer.status}`);
    }
  assert.equal((await agent.request('GET', '/v1/agents/1002')).status, 403);
});

test('forged keys and tokens of any shape are strangers', async () => {
  const secrets = [
    `cs_${'A'.repeat(43)}`,
    'cs_',
    'ck_x',
    'null',
    'undefined',
    '\u00ff',
    `${TEST_API_KEY} `,
    'x'.repeat(8_000),
  ];
  for (const secret of secrets) {
    const answer = await api.request('GET', '/v1/queues', undefined, {
      authorization: `Bearer ${secret}`,
    });
    assert.ok([401, 200].includes(answer.status), `${secret.slice(0, 50)}: ${answer.status}`);
    if (answer.status === 200) assert.equal(secret.trim(), TEST_API_KEY);
  }
  const cookie = await api.app.inject({
    url: '/v1/queues',
    headers: { cookie: "centralita_session=' OR 1=1" },
  });
  assert.equal(cookie.statusCode, 401);
});

test('a body that comes too slowly, or says to be longer than it is, holds nobody else up', async () => {
  const head = (length: number) =>
    `POST /v1/queues HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TEST_API_KEY}\r\n` +
    `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n{"id":`;
  const slow = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
  for (const socket of slow) {
    socket.on('error', () => undefined);
    socket.write(head(100));
  }
  const started = performance.now();
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  assert.ok(performance.now() - started < 5_000);
  const huge = connect(port, '127.0.0.1');
  huge.on('error', () => undefined);
  huge.write(head(5_000_000_000));
  const [answer] = await once(huge, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 413/);
  for (const socket of [...slow, huge]) socket.destroy();
});
