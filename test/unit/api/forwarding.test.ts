import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { type Forwarder, openForwarder } from '../../../src/api/forwarding.ts';

const folder = mkdtempSync(join(tmpdir(), 'forwarding-'));
const path = join(folder, 'api.sock');
type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let behind: Server;
let front: Server;
let forwarder: Forwarder;
let port = 0;

before(async () => {
  behind = createServer((asked, response) => answer(asked, response));
  behind.listen(path);
  forwarder = openForwarder(path);
  front = createServer((asked, response) => forwarder.forward(asked, response));
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  port = (front.address() as AddressInfo).port;
});
after(async () => {
  forwarder.close();
  front.closeAllConnections();
  front.close();
  behind.closeAllConnections();
  behind.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  answer = (asked, response) => {
    void text(asked).then((body) =>
      response
        .writeHead(207, { 'x-answer': 'ours', etag: '"3"' })
        .end(
          JSON.stringify({ method: asked.method, url: asked.url, headers: asked.headers, body }),
        ),
    );
  };
});

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire has no type yet.
const said = (answered: Response): Promise<any> => answered.json();
const url = (): string => `http://127.0.0.1:${port}/v1/things?a=%20b`;

test('a request is passed on as it came, and its answer too', async () => {
  const answered = await fetch(url(), {
    method: 'PATCH',
    headers: { authorization: 'Bearer x', 'if-match': '"2"', 'content-type': 'application/json' },
    body: '{"name":"ñ"}',
  });
  assert.equal(answered.status, 207);
  assert.equal(answered.headers.get('etag'), '"3"');
  const { method, url: path, headers, body } = await said(answered);
  assert.deepEqual([method, path, body], ['PATCH', '/v1/things?a=%20b', '{"name":"ñ"}']);
  assert.equal(headers.authorization, 'Bearer x');
  assert.equal(headers['if-match'], '"2"');
});

test('where a request comes from is what we have seen, and not what it says', async () => {
  const forged = {
    'x-forwarded-for': '8.8.8.8',
    forwarded: 'for=8.8.8.8',
    'x-forwarded-host': 'x',
  };
  const { headers } = await said(await fetch(url(), { headers: forged }));
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers.forwarded, undefined);
  assert.equal(headers['x-forwarded-host'], undefined);
});

test('a body without a length streams, and a header of a body that never was makes none', async () => {
  const asked = request(url(), { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
  asked.write('one ');
  setImmediate(() => asked.end('two'));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  assert.equal(JSON.parse(await text(response)).body, 'one two');
});

test('who goes away in the midst of an answer takes our question along', async () => {
  const over = new Promise<void>((resolve) => {
    answer = (_asked, response) => {
      response.write('the beginning');
      response.once('close', () => resolve());
    };
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /v1/things HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  await over;
});

test('who has the answer and goes on sending its body slowly holds no place behind', async () => {
  const over = new Promise<void>((resolve) => {
    answer = (asked, response) => {
      asked.socket.once('close', () => resolve());
      response.writeHead(401).end('no');
    };
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{');
  const [said] = await once(socket, 'data');
  assert.match(String(said), /^HTTP\/1.1 401 /);
  await over;
  socket.destroy();
});

test('nobody behind: 503 with a problem, and no word of why', async () => {
  const alone = openForwarder(join(folder, 'nobody.sock'));
  const server = createServer((asked, response) => alone.forward(asked, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answered = await fetch(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x?ani=1`,
  );
  assert.equal(answered.status, 503);
  const problem = await said(answered);
  assert.deepEqual([problem.code, problem.instance], ['OVERLOADED', '/v1/x']);
  assert.doesNotMatch(JSON.stringify(problem), /ENOENT|sock/);
  alone.close();
  server.closeAllConnections();
  server.close();
});
