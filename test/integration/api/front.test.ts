import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import type { MeasuredRequest } from '../../../src/api/plugins/measures.ts';
import { agentId } from '../../../src/model/ids.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { within } from '../../support/eventually.ts';
import { openFrontOf } from '../../support/front.ts';

let api: TestApi;
let front: Awaited<ReturnType<typeof openFrontOf>>;
const measured: MeasuredRequest[] = [];
before(async () => {
  api = await startTestApi();
  await api.request('POST', '/v1/queues', { id: 'ventas', name: 'Ventas' });
  await api.request('POST', '/v1/agents', {
    id: '1001',
    name: 'Carmen',
    extension: '1001',
    queueIds: ['ventas'],
  });
  front = await openFrontOf(api, (request) => void measured.push(request));
});
after(async () => {
  await front.close();
  await api.stop();
});

/** `GET /v1/agents/{id}` as Fastify writes it. */
const patternOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

test('reads are answered in front as they are behind; nothing else is, and no path of another route', async () => {
  const { body: document } = await api.request('GET', '/openapi.json');
  const paths = Object.entries(document.paths as Record<string, Record<string, unknown>>)
    .filter(([, methods]) => methods.get)
    .map(([path]) => path);
  const own = paths.filter((path) => front.reads.hasRoute({ method: 'GET', url: patternOf(path) }));
  assert.ok(own.includes('/v1/agents') && own.includes('/v1/cdrs/{callId}'), own.join());
  for (const path of paths) {
    const before = measured.length;
    await front.ask('GET', path.replaceAll(/\{\w+\}/g, 'x'));
    // What is answered in front is measured in front.
    assert.equal(measured.length > before, own.includes(path), path);
  }
  for (const path of own.map((one) => one.replace('{id}', '1001').replace(/\{\w+\}/, 'x'))) {
    const [here, there] = [await front.ask('GET', path), await api.request('GET', path)];
    assert.equal(here.status, there.status, path);
    assert.deepEqual(here.body, there.body, path);
    assert.equal(here.headers.get('etag') ?? undefined, there.headers.etag, path);
  }
});

test('a change goes to the API behind, and whoever reads after its answer reads it', async () => {
  for (const name of ['Ana', 'Berta', 'Clara']) {
    const changed = await front.ask('PATCH', '/v1/agents/1001', { name });
    assert.equal(changed.status, 200);
    assert.equal((await front.ask('GET', '/v1/agents/1001')).body.name, name);
    assert.equal((await front.ask('GET', '/v1/agents')).body.items[0].name, name);
  }
});

test('what happens is read, and told on the feed, once the turn that changed it is over', async () => {
  const client = new WebSocket(`ws://${front.host}/v1/feed`, {
    headers: { 'x-api-key': TEST_API_KEY },
  });
  await once(client, 'message');
  client.send(JSON.stringify({ type: 'subscribe', topics: ['agents'] }));
  await once(client, 'message');
  const heard = once(client, 'message');
  const agent = {
    id: agentId('1001'),
    name: 'Clara',
    extension: '1001',
    state: { kind: 'ready' as const, since: 5 },
    reachable: true,
    failures: { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 },
    misses: 0,
  };
  api.control.change({ topic: 'agents', agent } as never);
  assert.equal((await front.ask('GET', '/v1/agents/1001')).body.live.state, 'ready');
  const [message] = await heard;
  assert.equal(JSON.parse(String(message)).changes[0].agent.state, 'ready');
  client.close();
});

test('a key is known as soon as it is made, and no longer than until it is revoked', async () => {
  const made = await front.ask('POST', '/v1/keys', { name: 'muro', scopes: ['agents:read'] });
  assert.equal(made.status, 201);
  const { id, key } = made.body;
  const read = () => front.ask('GET', '/v1/agents', undefined, key);
  assert.equal((await read()).status, 200);
  assert.equal((await front.ask('GET', '/v1/queues', undefined, key)).status, 403);
  assert.equal((await front.ask('DELETE', `/v1/keys/${id}`)).status, 204);
  assert.equal((await read()).status, 401);
});

test('an allowance is one, whichever of the two is asked', async () => {
  const key = async (scopes: readonly string[]): Promise<string> =>
    (await front.ask('POST', '/v1/keys', { name: 'k', scopes })).body.key;
  const [few, boss] = [await key(['agents:read']), await key(['configuration:write'])];
  const allow = (requestsPerMinute: number | null) =>
    front.ask('PATCH', '/v1/settings', { requestsPerMinute }, boss);
  await allow(10);
  const seen = [];
  // In front, behind, and so on.
  for (let n = 0; n < 6; n += 1)
    for (const path of ['/v1/agents', '/v1/agents/1001/ledger']) {
      const { status, headers } = await front.ask('GET', path, undefined, few);
      seen.push(`${status} ${headers.get('ratelimit-remaining')}`);
    }
  await allow(null);
  const left = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `${n % 2 ? 200 : 404} ${n}`);
  assert.deepEqual(seen, [...left, '429 0', '429 0']);
});

test('what is wrong with a request is said by the API behind', async () => {
  assert.equal((await front.ask('GET', '/v1/nix')).body.code, 'ROUTE_UNKNOWN');
  assert.equal((await front.ask('PUT', '/v1/agents')).body.code, 'METHOD_NOT_ALLOWED');
  assert.equal((await front.ask('POST', '/v1/agents', { id: 'no' })).body.code, 'REQUEST_INVALID');
});

/** All that comes for these bytes, behind which the way there is closed. */
async function sayAndHangUp(port: number, bytes: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.end(bytes);
  const heard = async (): Promise<string> => {
    let text = '';
    for await (const bytes of socket) text += bytes;
    return text;
  };
  return within('the end of the connection', heard());
}

test('who says that no more comes is answered, in front and behind, and not kept', async () => {
  const head = (method: string, path: string, more = '') =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TEST_API_KEY}\r\n${more}\r\n`;
  for (const path of ['/v1/queues', '/v1/configuration/lint'])
    assert.match(await sayAndHangUp(front.port, head('GET', path)), /^HTTP\/1.1 200 /, path);
  const both = await sayAndHangUp(front.port, head('GET', '/v1/queues') + head('GET', '/healthz'));
  assert.equal(both.match(/HTTP\/1.1 200 /g)?.length, 2, both);
  const body = '{"id":"2000","name":"Diana","extension":"2000"}';
  const json = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const made = await sayAndHangUp(front.port, head('POST', '/v1/agents', json) + body);
  assert.match(made, /^HTTP\/1.1 201 /);
  const cut = await sayAndHangUp(front.port, head('POST', '/v1/agents', json) + body.slice(0, 9));
  assert.match(cut, /^HTTP\/1.1 400 /, 'half a body is no request');
  assert.equal(await sayAndHangUp(front.port, ''), '');
});
