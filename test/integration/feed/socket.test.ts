import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { type OpenFeed, openFeed } from '../../../src/feed/socket.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { SCOPES } from '../../../src/model/access.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeControl } from '../../support/fake-control.ts';

interface Message {
  readonly type: string;
  readonly seq: number;
  readonly code?: string;
  readonly merged?: boolean;
  readonly agents?: readonly { readonly id: string; readonly since: string }[];
  readonly changes: readonly { readonly seq: number; readonly agent: { readonly id: string } }[];
}

let server: Server;
let feed: OpenFeed;
let control: FakeControl;
let url = '';
const clients: Client[] = [];

before(async () => {
  server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/feed`;
  control = new FakeControl();
  const authenticator = {
    verify: async (key: string) =>
      key === 'good' ? { kind: 'key' as const, id: 'k', name: 'k', scopes: SCOPES } : undefined,
  };
  const limits = {
    clientsMax: 3,
    bufferedBytesMax: 100_000,
    sweepMs: 20,
    historyMax: 40,
    pingEveryMs: 300,
    silenceMsMax: 5_000,
  };
  feed = openFeed({
    server,
    control,
    authenticator,
    clock: systemClock,
    log: silentLogger,
    limits,
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.leave();
  await eventually('the feed knows that they left', () => feed.clients === 0);
});
after(async () => {
  await feed.close();
  await new Promise((resolve) => server.close(resolve));
});

/** The status that an upgrade was refused with. */
async function refusal(address: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(address, { headers });
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  socket.terminate();
  return response.statusCode;
}

/** A real client that keeps what it hears until it is asked. */
class Client {
  readonly socket: WebSocket;
  readonly #heard: Message[] = [];
  #wake: () => void = () => undefined;

  constructor(headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data) => {
      this.#heard.push(JSON.parse(String(data)));
      this.#wake();
    });
    clients.push(this);
  }

  static async enter(headers: Record<string, string> = { 'x-api-key': 'good' }): Promise<Client> {
    const client = new Client(headers);
    await once(client.socket, 'open');
    assert.equal((await client.next()).type, 'hello');
    return client;
  }

  say(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  async next(): Promise<Message> {
    for (;;) {
      const message = this.#heard.shift();
      if (message) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async leave(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.terminate();
    await closed;
  }
}

const change = (id: string, name = 'Carmen') =>
  control.change({
    topic: 'agents',
    agent: {
      id: id as AgentId,
      name,
      extension: id,
      state: { kind: 'ready', since: 0 },
      reachable: true,
      failures: { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 },
      misses: 0,
    },
  });

test('a client sees where things stand, then what changes', async () => {
  change('1001');
  const client = await Client.enter();
  client.say({ type: 'subscribe', topics: ['agents', 'queues'] });
  const snapshot = await client.next();
  assert.equal(snapshot.type, 'snapshot');
  assert.equal(snapshot.agents?.[0]?.since, '1970-01-01T00:00:00.000Z');
  change('1002');
  const { changes, seq } = await client.next();
  assert.equal(changes[0]?.agent.id, '1002');
  assert.equal(seq, snapshot.seq + 1);
});

test('the key comes in a header of the upgrade, or in the first message, or not at all', async () => {
  assert.equal(await refusal(url, { authorization: 'Bearer bad' }), 401);

  const browser = await Client.enter({});
  browser.say({ type: 'authenticate', key: 'good' });
  assert.equal((await browser.next()).type, 'authenticated');

  const stranger = await Client.enter({});
  stranger.say({ type: 'subscribe', topics: ['calls'] });
  assert.equal((await stranger.next()).code, 'UNAUTHENTICATED');
  const [code] = await once(stranger.socket, 'close');
  assert.equal(code, 4401);
});

test('no more clients than there is room for', async () => {
  await Promise.all([Client.enter(), Client.enter(), Client.enter()]);
  assert.equal(await refusal(url, { 'x-api-key': 'good' }), 503);
});

test('a client that stops reading costs no memory, and is brought up to date when it reads again', async () => {
  const slow = await Client.enter();
  slow.say({ type: 'subscribe', topics: ['agents'] });
  await slow.next();
  // What the system's own buffers take before ours see anything differs by machine: enough is sent for all.
  const sendWhileAsleep = async (count: number): Promise<number> => {
    slow.socket.pause();
    const before = process.memoryUsage().rss;
    for (let n = 0; n < count; n += 1) {
      change('1001', 'x'.repeat(700_000));
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    const grown = process.memoryUsage().rss - before;
    change('1001', 'the last');
    slow.socket.resume();
    return grown;
  };
  // What is still known comes merged …
  await sendWhileAsleep(30);
  for (let heard = 1; ; heard += 1) {
    const message = await slow.next();
    assert.notEqual(message.type, 'snapshot');
    assert.ok(heard < 25, 'it was not spared most of them');
    if (!message.merged) continue;
    assert.equal(message.changes.length, 1);
    break;
  }
  // … and where it is forgotten, a snapshot.
  const grown = await sendWhileAsleep(60);
  assert.ok(grown < 150_000_000, `grown by ${grown} bytes`);
  while ((await slow.next()).type !== 'snapshot');
});

test('a huge message, a flood of messages and a flood of pings end the connection', async () => {
  const huge = await Client.enter();
  huge.say({ type: 'ping', more: 'x'.repeat(20_000) });
  assert.equal((await once(huge.socket, 'close'))[0], 1009);
  const flood = await Client.enter();
  for (let n = 0; n < 100; n += 1) flood.say({ type: 'ping' });
  assert.equal((await once(flood.socket, 'close'))[0], 1008);
  const pings = await Client.enter();
  for (let n = 0; n < 100; n += 1) pings.socket.ping();
  assert.equal((await once(pings.socket, 'close'))[0], 1008);
});

test('a peer that is there no more is found out', async () => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const key = Buffer.alloc(16).toString('base64');
  socket.write(
    `GET /v1/feed HTTP/1.1\r\nhost: x\r\nx-api-key: good\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  await eventually('it is let in', () => feed.clients === 1);
  // It answers no ping: as if its network were gone.
  socket.resume();
  await once(socket, 'close');
  await eventually('it is forgotten', () => feed.clients === 0);
});

test('a protocol that is not spoken here is refused, a page of another site too', async () => {
  const wrong = new WebSocket(url, ['centralita.feed.v9'], { headers: { 'x-api-key': 'good' } });
  wrong.on('error', () => undefined);
  const [, response] = await once(wrong, 'unexpected-response');
  assert.equal(response.statusCode, 400);
  wrong.terminate();
  const right = new WebSocket(url, ['centralita.feed.v1'], { headers: { 'x-api-key': 'good' } });
  await once(right, 'open');
  assert.equal(right.protocol, 'centralita.feed.v1');
  right.terminate();
  const cookie = 'centralita_session=good';
  assert.equal(await refusal(url, { cookie, origin: 'https://evil.example' }), 403);
});

test('another path is no feed', async () => {
  assert.equal(await refusal(url.replace('feed', 'other'), {}), 404);
});

test('closing says goodbye to clients', async () => {
  const client = await Client.enter();
  const closed = once(client.socket, 'close');
  await feed.close();
  assert.equal((await closed)[0], 1001);
  assert.equal(feed.clients, 0);
});
