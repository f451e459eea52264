import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { type OpenFeed, openFeed } from '../../../src/feed/socket.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeControl } from '../../support/fake-control.ts';

interface Message {
  readonly type: string;
  readonly seq: number;
  readonly code?: string;
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
  const apiKeys = {
    verify: async (key: string) =>
      key === 'good' ? { kind: 'key' as const, id: 'k', name: 'k', scopes: [] } : undefined,
  };
  const limits = { clientsMax: 3, bufferedBytesMax: 100_000, sweepMs: 20 };
  feed = openFeed({ server, control, apiKeys, clock: systemClock, log: silentLogger, limits });
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
  slow.socket.pause();
  // What the system's own buffers take before ours see anything differs by machine: enough is sent for all.
  for (let n = 0; n < 100; n += 1) {
    change('1001', 'x'.repeat(200_000));
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
  change('1001', 'the last');
  slow.socket.resume();
  for (;;) {
    const message = await slow.next();
    if (message.type !== 'snapshot') continue;
    assert.ok(message.seq >= 100);
    break;
  }
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
