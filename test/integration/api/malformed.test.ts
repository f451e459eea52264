import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { openFrontOf } from '../../support/front.ts';

let api: TestApi;
let front: Awaited<ReturnType<typeof openFrontOf>>;
let port = 0;
before(async () => {
  api = await startTestApi({ isBehindFront: true });
  // Through the thread in front, as everybody comes.
  front = await openFrontOf(api);
  ({ port } = front);
});
after(async () => {
  await front.close();
  await api.stop();
});

const authorization = `Bearer ${TEST_API_KEY}`;

interface Problem {
  readonly code: string;
  readonly status: number;
  readonly type: string;
  readonly errors?: readonly { readonly detail: string; readonly pointer?: string }[];
}

/** Sends what it is told, however wrong, and wants problem details back. */
async function problem(path: string, init: RequestInit = {}): Promise<Problem> {
  const headers = { authorization, ...(init.headers as Record<string, string>) };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  const text = await answer.text();
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, text);
  const body = JSON.parse(text) as Problem;
  assert.equal(body.status, answer.status);
  assert.equal(body.type, `urn:centralita:error:${body.code}`);
  assert.doesNotMatch(text, /node_modules|at .*\.ts:\d|SELECT|INSERT/);
  return body;
}

const post = (path: string, body: string | Uint8Array, type = 'application/json') =>
  problem(path, { method: 'POST', body, headers: { 'content-type': type } });

test('without a key, or with a wrong one, nothing is told', async () => {
  for (const headers of [
    { authorization: '' },
    { authorization: 'Bearer x' },
    { authorization: 'Basic eDp5' },
  ])
    assert.equal((await problem('/v1/queues', { headers })).code, 'UNAUTHENTICATED');
  const long = { authorization: '', 'x-api-key': 'k'.repeat(5_000) };
  assert.equal((await problem('/v1/queues', { headers: long })).code, 'UNAUTHENTICATED');
});

test('the key is taken from either header', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/queues`, {
    headers: { 'x-api-key': TEST_API_KEY },
  });
  assert.equal(answer.status, 200);
});

test('malformed bodies', async () => {
  assert.equal((await post('/v1/queues', '{"id":')).code, 'JSON_MALFORMED');
  assert.equal((await post('/v1/queues', '{"__proto__":{"id":1}}')).code, 'JSON_MALFORMED');
  assert.equal((await post('/v1/queues', Uint8Array.of(0xff, 0xfe))).code, 'JSON_MALFORMED');
  assert.equal((await post('/v1/queues', '')).code, 'REQUEST_INVALID');
  assert.equal((await post('/v1/queues', 'null')).code, 'REQUEST_INVALID');
  assert.equal((await post('/v1/queues', '[]')).code, 'REQUEST_INVALID');
  assert.equal((await post('/v1/queues', 'a=1', 'text/plain')).code, 'MEDIA_TYPE_UNSUPPORTED');
  assert.equal((await post('/v1/queues', 'a=1', 'nonsense')).code, 'MEDIA_TYPE_UNSUPPORTED');
  const deep = `{"id":"x","document":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`;
  assert.equal((await post('/v1/flows', deep)).code, 'REQUEST_INVALID');
  const large = JSON.stringify({ id: 'x', name: 'y'.repeat(1_100_000) });
  for (let n = 0; n < 5; n += 1)
    assert.equal((await post('/v1/queues', large)).code, 'BODY_TOO_LARGE');
});

test('every error of a body is reported, with its place', async () => {
  const body = { id: '../x', name: '', wrapUpMs: '5', strategy: 'best', nonsense: 1 };
  const { code, errors = [] } = await post('/v1/queues', JSON.stringify(body));
  assert.equal(code, 'REQUEST_INVALID');
  const pointers = errors.map((error) => error.pointer);
  for (const place of ['#/id', '#/name', '#/wrapUpMs', '#/strategy', '#'])
    assert.ok(pointers.includes(place), `${place} in ${JSON.stringify(errors)}`);
  assert.ok(errors.some((error) => error.detail.includes('"nonsense"')));
});

test('text that a database cannot keep is refused before it gets there', async () => {
  const contact = { id: 'x', name: 'a\0b', status: 'vip', numbers: ['+525555550001'] };
  assert.equal((await post('/v1/contacts', JSON.stringify(contact))).code, 'REQUEST_INVALID');
  const sql = { id: "x'; DROP TABLE queues; --", name: 'x' };
  assert.equal((await post('/v1/queues', JSON.stringify(sql))).code, 'REQUEST_INVALID');
});

test('a map has no names but those that its schema knows, and what stands under them is looked at', async () => {
  const queue = (message: object) => {
    const notice = { version: '1', message };
    const recording = { mode: 'all', percent: 100, stereo: false, notice };
    return post('/v1/queues', JSON.stringify({ id: 'm', name: 'M', recording }));
  };
  for (const message of [{ klingon: 'x' }, { text: { es: 'x' } }, { audio: 5 }])
    assert.equal((await queue(message)).code, 'REQUEST_INVALID', JSON.stringify(message));
  const skills = { 'a\nb': 'nine' };
  const agent = JSON.stringify({ id: '77', name: 'M', extension: '77', skills });
  assert.equal((await post('/v1/agents', agent)).code, 'REQUEST_INVALID');
});

test('malformed paths and queries', async () => {
  assert.equal((await problem('/v1/queues/%zz')).code, 'REQUEST_INVALID');
  assert.equal((await problem('/v1/queues/%00')).code, 'REQUEST_INVALID');
  assert.equal((await problem('/v1/queues/..%2f..%2fetc')).code, 'REQUEST_INVALID');
  assert.equal((await problem(`/v1/queues/${'x'.repeat(300)}`)).status, 414);
  assert.equal((await problem('/v1/queues?limit=0')).code, 'REQUEST_INVALID');
  assert.equal((await problem('/v1/queues?limit=x')).code, 'REQUEST_INVALID');
  assert.equal((await problem('/v1/queues?limit=1&limit=2')).code, 'REQUEST_INVALID');
  assert.equal((await problem('/v1/queues?sort=colour')).code, 'REQUEST_INVALID');
  assert.equal((await problem('/v1/cdrs?from=yesterday')).code, 'REQUEST_INVALID');
  const { code, errors = [] } = await problem('/v1/cdrs?from=2026-02-01T00:00:00');
  assert.equal(code, 'REQUEST_INVALID');
  assert.match(
    errors[0]?.detail ?? '',
    /from must match format "date-time", as 2026-11-23T09:00:00Z/,
  );
  assert.equal((await problem('/v1/cdrs?cursor=W10')).code, 'CURSOR_INVALID');
});

test('what is not there, and what is not done there', async () => {
  assert.equal((await problem('/v1/nothing')).code, 'ROUTE_UNKNOWN');
  assert.equal((await problem('/v2/queues')).code, 'ROUTE_UNKNOWN');
  const answer = await fetch(`http://127.0.0.1:${port}/v1/queues/x`, { method: 'POST' });
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.get('allow'), 'DELETE, GET, HEAD, PATCH');
  assert.equal((await problem('/v1/queues', { method: 'DELETE' })).code, 'METHOD_NOT_ALLOWED');
});

test('what is no HTTP is answered and closed, and the next request works', async () => {
  const large = `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`;
  const wrong = { 'INVITE sip:x SIP/2.0\r\n\r\n': 400, [large]: 431 };
  for (const [text, status] of Object.entries(wrong)) {
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), new RegExp(`^HTTP/1.1 ${status} [^]*problem\\+json`));
    socket.destroy();
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
});

test('what a route does not know of its query is refused, also by those that ask for nothing there', async () => {
  const status = async (method: string, path: string) => (await api.request(method, path)).status;
  assert.equal(await status('GET', '/v1/webhooks?sort=name'), 400);
  assert.equal(await status('DELETE', '/v1/webhooks/x?force=true'), 400);
  assert.equal(await status('GET', '/v1/webhooks'), 200);
  for (const path of ['/healthz?at=1', '/metrics?at=1', '/docs?at=1'])
    assert.equal(await status('GET', path), 200, path);
});

test('a day that its month does not have is no time', async () => {
  const status = async (from: string) =>
    (await api.request('GET', `/v1/cdrs?from=${from}T00:00:00Z`)).status;
  assert.deepEqual(
    await Promise.all(['2026-02-30', '2026-02-28', '2028-02-29'].map(status)),
    [400, 200, 200],
  );
});
