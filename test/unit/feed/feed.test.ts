import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feed, type FeedOptions } from '../../../src/feed/feed.ts';
import type { FeedSocket } from '../../../src/feed/session.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import type { AgentView } from '../../../src/runtime/ports.ts';
import { FakeControl } from '../../support/fake-control.ts';

/** A client that reads as slowly as the test wants. */
class FakeSocket implements FeedSocket {
  bufferedAmount = 0;
  pings = 0;
  ended: number | 'terminated' | undefined;
  readonly messages: { readonly type: string; readonly [key: string]: unknown }[] = [];

  send(text: string): void {
    this.messages.push(JSON.parse(text));
  }
  ping(): void {
    this.pings += 1;
  }
  close(code: number): void {
    this.ended = code;
  }
  terminate(): void {
    this.ended = 'terminated';
  }

  get types(): string[] {
    return this.messages.map((message) => message.type);
  }
  get last() {
    return this.messages.at(-1);
  }
  /** The numbers of the changes in the last message. */
  get lastSeqs(): number[] | undefined {
    const changes = this.last?.changes as { readonly seq: number }[] | undefined;
    return changes?.map((change) => change.seq);
  }
}

const agent = (n: number): AgentView => ({
  id: String(n) as AgentId,
  name: `Agent ${n}`,
  extension: String(n),
  state: { kind: 'ready', since: 0 },
  reachable: true,
  failures: { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 },
  misses: 0,
});

function setUp(limits: FeedOptions['limits'] = {}) {
  const clock = new ManualClock();
  const control = new FakeControl();
  const apiKeys = {
    verify: async (key: string) =>
      key === 'good' ? { kind: 'key' as const, id: 'k', name: 'k', scopes: [] } : undefined,
  };
  const feed = new Feed({ control, apiKeys, clock, log: silentLogger, feedId: 'run-1', limits });
  const client = (authenticated = true) => {
    const socket = new FakeSocket();
    const connection = feed.connect(socket, authenticated);
    const say = (message: unknown) => connection.received(JSON.stringify(message));
    return { socket, connection, say };
  };
  return { clock, control, feed, client };
}

test('a snapshot, then changes in order, each once', () => {
  const { clock, control, client } = setUp();
  control.change({ topic: 'agents', agent: agent(1) });
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  assert.deepEqual(socket.types, ['hello', 'snapshot']);
  assert.equal(socket.last?.seq, 1);
  control.change({ topic: 'agents', agent: agent(2) });
  control.change({ topic: 'agents', agent: agent(3) });
  clock.advance(10);
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'changes']);
  assert.deepEqual(socket.lastSeqs, [2, 3]);
});

test('only the topics that were asked for', () => {
  const { clock, control, client } = setUp();
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['queues'] });
  assert.equal(socket.last?.agents, undefined);
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(10);
  assert.deepEqual(socket.types, ['hello', 'snapshot']);
});

test('a client that was away gets what it missed, and a snapshot where that is forgotten', () => {
  const { clock, control, client } = setUp({ historyMax: 2 });
  for (let n = 1; n <= 4; n += 1) control.change({ topic: 'agents', agent: agent(n) });
  clock.advance(10);
  const resume = (resumeFrom: number, feedId: string) => {
    const { socket, say } = client();
    say({ type: 'subscribe', topics: ['agents'], resumeFrom, feedId });
    return socket;
  };
  assert.deepEqual(resume(2, 'run-1').lastSeqs, [3, 4]);
  assert.deepEqual(resume(4, 'run-1').lastSeqs, []);
  assert.equal(resume(1, 'run-1').last?.type, 'snapshot');
  assert.equal(resume(9, 'run-1').last?.type, 'snapshot');
  assert.equal(resume(3, 'another run').last?.type, 'snapshot');
});

test('who reads too slowly gets nothing more, then one fresh snapshot', () => {
  const { clock, control, client } = setUp();
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  socket.bufferedAmount = 2_000_000;
  for (let n = 1; n <= 100; n += 1) {
    control.change({ topic: 'agents', agent: agent(n) });
    clock.advance(10);
  }
  say({ type: 'subscribe', topics: ['agents'] });
  assert.deepEqual(socket.types, ['hello', 'snapshot']);
  socket.bufferedAmount = 0;
  clock.advance(250);
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'snapshot']);
  assert.deepEqual([socket.last?.why, socket.last?.seq], ['lagged', 100]);
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(10);
  assert.equal(socket.last?.type, 'changes');
});

test('who reads nothing at all is let go', () => {
  const { clock, control, client } = setUp();
  const { socket, say, connection } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  socket.bufferedAmount = 2_000_000;
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(20_000);
  connection.pong();
  clock.advance(11_000);
  assert.equal(socket.ended, 'terminated');
});

test('silence is asked about, then taken for death', () => {
  const { clock, client } = setUp();
  const { socket, connection } = client();
  clock.advance(20_000);
  assert.equal(socket.pings, 1);
  connection.pong();
  clock.advance(50_000);
  assert.equal(socket.ended, undefined);
  clock.advance(500);
  assert.equal(socket.ended, 'terminated');
});

test('without a key nothing is shown, and not for long', async () => {
  const { clock, client } = setUp();
  const early = client(false);
  early.say({ type: 'subscribe', topics: ['agents'] });
  assert.deepEqual([early.socket.types, early.socket.ended], [['hello', 'error'], 4401]);
  const late = client(false);
  clock.advance(5_250);
  assert.equal(late.socket.ended, 4401);
  const wrong = client(false);
  wrong.say({ type: 'authenticate', key: 'bad' });
  const right = client(false);
  right.say({ type: 'authenticate', key: 'good' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(wrong.socket.ended, 4401);
  assert.equal(right.socket.last?.type, 'authenticated');
});

test('nonsense is answered, a flood is not', () => {
  const { clock, client } = setUp();
  const { socket, connection } = client();
  for (const text of ['', '{', '[]', '{"type":"x"}', '{"type":"subscribe","topics":["secrets"]}'])
    connection.received(text);
  assert.equal(socket.types.filter((type) => type === 'error').length, 5);
  clock.advance(1_000);
  for (let n = 0; n < 30; n += 1) connection.received('{"type":"ping"}');
  assert.equal(socket.ended, 1008);
  assert.equal(socket.types.filter((type) => type === 'pong').length, 20);
});

test('closing says goodbye and stops listening', () => {
  const { control, feed, client } = setUp();
  const { socket } = client();
  feed.close();
  feed.close();
  assert.deepEqual([socket.ended, control.listeners], [1001, 0]);
});
