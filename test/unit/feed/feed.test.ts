import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Feed, type FeedOptions } from '../../../src/feed/feed.ts';
import { SERVER_MESSAGES } from '../../../src/feed/protocol.ts';
import type { Me } from '../../../src/feed/schemas.ts';
import type { FeedSocket } from '../../../src/feed/session.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { type Principal, SCOPES } from '../../../src/model/access.ts';
import type { AgentId, CallId, OfferId, QueueId } from '../../../src/model/ids.ts';
import type { QueueStatistics } from '../../../src/runtime/ports/feed.ts';
import type { AgentView, CallView } from '../../../src/runtime/ports/index.ts';
import { FakeControl } from '../../support/fake-control.ts';

/** What a frame of the server holds; it is one that the protocol knows. */
function messageIn(frame: Buffer): Sent {
  const length = frame[1] ?? 0;
  const head = length === 126 ? 4 : length === 127 ? 10 : 2;
  const message = JSON.parse(frame.toString('utf8', head));
  const schema = validators[message.type as keyof typeof validators];
  assert.ok(schema?.Check(message), `${message.type}: ${JSON.stringify(schema?.Errors(message))}`);
  return message;
}

type Sent = { readonly type: string; readonly [key: string]: unknown };
const validators = Object.fromEntries(
  Object.entries(SERVER_MESSAGES).map(([type, schema]) => [type, Compile(schema)]),
);

/** A client that reads as slowly as the test wants. */
class FakeSocket implements FeedSocket {
  bufferedAmount = 0;
  pings = 0;
  ended: number | 'terminated' | undefined;
  readonly messages: Sent[] = [];
  /** What else a frame costs. */
  onFrame = () => {};

  sendFrame(frame: Buffer): void {
    this.messages.push(messageIn(frame));
    this.onFrame();
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
  get last(): Sent {
    return this.messages.at(-1) ?? { type: 'nothing' };
  }
  /** What was shown at first. */
  get snapshot(): Sent {
    return this.messages.find(({ type }) => type === 'snapshot') ?? { type: 'nothing' };
  }
  /** The numbers of the changes in the last message. */
  get lastSeqs(): number[] | undefined {
    const changes = this.last.changes as { readonly seq: number }[] | undefined;
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
  const everybody: Principal = { kind: 'key', id: 'k', name: 'k', scopes: SCOPES };
  const valid = { key: true };
  const verify = async () => (valid.key ? everybody : undefined);
  const authenticator = {
    verify: async (key: string) => (key === 'good' ? everybody : undefined),
  };
  const feed = new Feed({
    control,
    authenticator,
    clock,
    log: silentLogger,
    feedId: 'run-1',
    limits: { gatherMs: 15, ...limits },
  });
  /** False: a stranger; somebody: with these rights. */
  const client = (who: boolean | Partial<Principal> = true) => {
    const socket = new FakeSocket();
    const principal = { ...everybody, ...(who === true ? {} : who) };
    const connection = feed.connect(socket, who === false ? undefined : { principal, verify });
    const say = (message: unknown) => connection.received(JSON.stringify(message));
    return { socket, connection, say };
  };
  return { clock, control, feed, client, valid };
}

test('a change after a pause is told at once, those that follow it together', () => {
  const { clock, control, client } = setUp();
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  clock.advance(100);
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(0);
  assert.deepEqual(socket.lastSeqs, [1]);
  control.change({ topic: 'agents', agent: agent(2) });
  clock.advance(10);
  assert.deepEqual(socket.lastSeqs, [1]);
  control.change({ topic: 'agents', agent: agent(3) });
  clock.advance(5);
  assert.deepEqual(socket.lastSeqs, [2, 3]);
});

test('changes are gathered for twice as long as writing takes, not for what one writing took', () => {
  const { clock, control, client } = setUp();
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  clock.advance(100);
  let writingMs = 0;
  socket.onFrame = () => clock.advance(writingMs);
  /** How long after the last message began the next one comes. */
  const writeTaking = (ms: number): number => {
    const began = clock.now();
    control.change({ topic: 'agents', agent: agent(1) });
    const before = socket.messages.length;
    writingMs = ms;
    while (socket.messages.length === before) clock.advance(1);
    return clock.now() - ms - began;
  };
  writeTaking(40);
  assert.ok(writeTaking(0) <= 15, 'a writing of 40 ms behind it');
  for (let n = 0; n < 4; n += 1) writeTaking(20);
  assert.equal(writeTaking(20), 20, '40 ms after four began that took 20 ms each');
});

test('a snapshot, then changes in order, each once', () => {
  const { clock, control, client } = setUp();
  control.change({ topic: 'agents', agent: agent(1) });
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  assert.deepEqual(socket.types, ['hello', 'snapshot']);
  assert.equal(socket.last.seq, 1);
  control.change({ topic: 'agents', agent: agent(2) });
  control.change({ topic: 'agents', agent: agent(3) });
  clock.advance(20);
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'changes']);
  assert.deepEqual(socket.lastSeqs, [2, 3]);
});

test('only the topics that were asked for', () => {
  const { clock, control, client } = setUp();
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['queues'] });
  assert.equal(socket.last.agents, undefined);
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(20);
  assert.deepEqual(socket.types, ['hello', 'snapshot']);
});

test('a client that was away gets what it missed, and a snapshot where that is forgotten', () => {
  const { clock, control, client } = setUp({ historyMax: 2 });
  for (let n = 1; n <= 4; n += 1) control.change({ topic: 'agents', agent: agent(n) });
  clock.advance(20);
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
  const { clock, control, client } = setUp({ historyMax: 50 });
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  socket.bufferedAmount = 2_000_000;
  for (let n = 1; n <= 100; n += 1) {
    control.change({ topic: 'agents', agent: agent(n) });
    clock.advance(20);
  }
  say({ type: 'subscribe', topics: ['agents'] });
  assert.deepEqual(socket.types, ['hello', 'snapshot']);
  socket.bufferedAmount = 0;
  clock.advance(250);
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'snapshot']);
  assert.deepEqual([socket.last.why, socket.last.seq], ['lagged', 100]);
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(20);
  assert.equal(socket.last.type, 'changes');
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

test('who asks again and again and reads no answer gets none, and is let go', () => {
  const { clock, client } = setUp();
  const { socket, say } = client();
  say({ type: 'ping' });
  socket.bufferedAmount = 2_000_000;
  for (let second = 0; second < 29; second += 1) {
    say({ type: 'ping' });
    say({ type: 'nonsense' });
    clock.advance(1_000);
  }
  assert.deepEqual(socket.types, ['hello', 'pong']);
  assert.equal(socket.ended, undefined);
  socket.bufferedAmount = 0;
  clock.advance(250);
  say({ type: 'ping' });
  assert.deepEqual(socket.types, ['hello', 'pong', 'pong'], 'it was slow for a while, no more');
  socket.bufferedAmount = 2_000_000;
  for (let second = 0; second < 31; second += 1) {
    say({ type: 'ping' });
    clock.advance(1_000);
  }
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
  assert.equal(right.socket.last.type, 'authenticated');
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

test('who was behind for a moment gets what they missed, merged', () => {
  const { clock, control, client } = setUp();
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['agents'] });
  control.change({ topic: 'agents', agent: agent(1) });
  clock.advance(20);
  socket.bufferedAmount = 2_000_000;
  for (let n = 0; n < 50; n += 1) {
    control.change({ topic: 'agents', agent: agent(1 + (n % 2)) });
    clock.advance(20);
  }
  socket.bufferedAmount = 0;
  clock.advance(250);
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'changes', 'changes']);
  assert.deepEqual([socket.last.merged, socket.last.seq, socket.lastSeqs], [true, 51, [50, 51]]);
});

const call = (id: string, more: Partial<CallView> = {}): CallView => ({
  id: id as CallId,
  stage: 'queued',
  arrivedAt: 0,
  context: { dnis: '800', status: 'vip', language: 'es-MX', name: 'Ana', variables: { a: '1' } },
  queueId: 'ventas' as QueueId,
  ...more,
});
const inTeam = (n: number, team: string, queueIds = ['ventas']): AgentView => ({
  ...agent(n),
  team,
  queueIds: queueIds as QueueId[],
});

test('topics need their scopes', () => {
  const { client } = setUp();
  const { socket, say } = client({ scopes: ['feed:read', 'agents:read'] });
  for (const topics of [['calls'], ['agents', 'messages'], ['callbacks']]) {
    say({ type: 'subscribe', topics });
    assert.deepEqual([socket.last.type, socket.last.code], ['error', 'FORBIDDEN']);
  }
  say({ type: 'subscribe', topics: ['agents', 'queues'] });
  assert.equal(socket.last.type, 'snapshot');
});

test('a supervisor of a team sees its agents, and the calls that they have or may get', () => {
  const { clock, control, client } = setUp();
  control.change({ topic: 'agents', agent: inTeam(1, 'norte') });
  control.change({ topic: 'agents', agent: inTeam(2, 'sur', ['ventas', 'soporte']) });
  control.change({ topic: 'calls', call: call('a') });
  control.change({ topic: 'calls', call: call('b', { queueId: 'soporte' as QueueId }) });
  clock.advance(20);
  const { socket, say } = client({ teams: ['norte'] });
  say({ type: 'subscribe', topics: ['agents', 'calls'] });
  const ids = (what: string) => (socket.last[what] as { id: string }[]).map(({ id }) => id);
  assert.deepEqual([ids('agents'), ids('calls')], [['1'], ['a']]);
  // Another team's agent takes the call: it is gone from here, without a word about it.
  control.change({
    topic: 'agents',
    agent: { ...inTeam(2, 'sur', ['ventas', 'soporte']), misses: 1 },
  });
  control.change({
    topic: 'calls',
    call: call('a', { stage: 'talking', agentId: '2' as AgentId }),
  });
  control.change({ topic: 'calls', call: call('a', { stage: 'ended', agentId: '2' as AgentId }) });
  clock.advance(20);
  const changes = socket.last.changes as { goneId?: string; topic: string }[];
  assert.deepEqual(
    changes.map(({ topic, goneId }) => [topic, goneId]),
    [['calls', 'a']],
  );
});

test('when an agent changes teams, those who see teams only are shown their floor anew', () => {
  const { clock, control, client } = setUp();
  control.change({ topic: 'agents', agent: inTeam(1, 'norte') });
  const { socket, say } = client({ teams: ['sur'] });
  say({ type: 'subscribe', topics: ['agents'] });
  assert.deepEqual(socket.last.agents, []);
  control.change({ topic: 'agents', agent: inTeam(1, 'sur') });
  clock.advance(20);
  assert.deepEqual([socket.last.type, socket.last.why], ['snapshot', 'changed']);
  assert.equal((socket.last.agents as unknown[]).length, 1);
});

test('filters: one queue, one team', () => {
  const { clock, control, client } = setUp();
  const one = client();
  one.say({ type: 'subscribe', topics: ['agents', 'calls'], queueIds: ['ventas'] });
  const two = client();
  two.say({ type: 'subscribe', topics: ['agents'], teams: ['sur'] });
  control.change({ topic: 'calls', call: call('a') });
  control.change({ topic: 'calls', call: call('b', { queueId: 'soporte' as QueueId }) });
  clock.advance(20);
  assert.deepEqual(one.socket.lastSeqs, [1]);
  // It goes over to the queue that is looked at, and away again.
  control.change({ topic: 'calls', call: call('b') });
  control.change({ topic: 'calls', call: call('b', { queueId: 'soporte' as QueueId }) });
  clock.advance(20);
  const [came, went] = one.socket.last.changes as { call?: unknown; goneId?: string }[];
  assert.ok(came?.call);
  assert.equal(went?.goneId, 'b');
  assert.equal(two.socket.types.at(-1), 'snapshot');
});

test("an agent's own view pops up who calls, with their state and budget, and nobody else's", () => {
  const { clock, control, client } = setUp();
  const ledger = {
    month: '2026-11',
    cap: 30,
    spent: 3,
    reserved: 1,
    day: '2026-11-22',
    daySpent: 1,
    isOpen: true,
  };
  control.change({ topic: 'agents', agent: { ...inTeam(1, 'norte'), ledger } });
  control.change({ topic: 'agents', agent: inTeam(2, 'norte') });
  const { socket, say } = client({ kind: 'user', agentId: '1' as AgentId });
  say({ type: 'subscribe', topics: ['me', 'agents', 'calls'] });
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'me']);
  assert.deepEqual(
    (socket.snapshot.agents as { id: string }[]).map(({ id }) => id),
    ['1'],
  );
  const offered = {
    kind: 'offered',
    since: 0,
    offerId: 'o' as OfferId,
    callId: 'a' as CallId,
  } as const;
  control.change({ topic: 'calls', call: call('a') });
  clock.advance(20);
  assert.equal(socket.last.type, 'me', 'who waits is nobody’s yet');
  control.change({
    topic: 'calls',
    call: call('a', { stage: 'offered', agentId: '1' as AgentId }),
  });
  control.change({ topic: 'agents', agent: { ...inTeam(1, 'norte'), ledger, state: offered } });
  clock.advance(20);
  const { me } = socket.last as unknown as { me: Static<typeof Me> };
  assert.equal(me.call?.caller.name, 'Ana');
  assert.deepEqual(me.call?.caller.variables, { a: '1' });
  assert.equal(me.agent.ledger?.spent, 3);
  // The call is over, and they still write down what it was about.
  control.change({ topic: 'calls', call: call('a', { stage: 'ended', agentId: '1' as AgentId }) });
  const wrapUp = { kind: 'wrapUp', since: 0, until: 9_000, callId: 'a' as CallId } as const;
  control.change({ topic: 'agents', agent: { ...inTeam(1, 'norte'), state: wrapUp } });
  clock.advance(20);
  const after = (socket.last as unknown as { me: Static<typeof Me> }).me;
  assert.deepEqual([after.agent.state, after.call?.stage], ['wrapUp', 'ended']);
  const messages = socket.messages.length;
  control.change({ topic: 'agents', agent: { ...inTeam(2, 'norte'), misses: 3 } });
  clock.advance(20);
  assert.equal(socket.messages.length, messages);
  say({ type: 'subscribe', topics: ['me'], agentId: '2' });
  assert.equal(socket.last.code, 'FORBIDDEN');
});

test('statistics tick as often as was asked for, and only for the queues that are seen', () => {
  const { clock, control, client } = setUp();
  const agents = { offline: 0, ready: 1, notReady: 0, offered: 0, talking: 0, wrapUp: 0 };
  const today = {
    offered: 4,
    answered: 2,
    answeredWithin: 1,
    abandoned: 1,
    shortAbandons: 1,
    leftOtherwise: 0,
    waitedMs: 30_000,
  };
  const figures = (id: string): QueueStatistics => ({
    id: id as QueueId,
    name: id,
    waiting: 1,
    ringing: 0,
    talking: 2,
    longestWaitMs: 9_000,
    agents,
    today,
  });
  control.figures = [figures('ventas'), figures('soporte')];
  const { socket, say } = client();
  say({ type: 'subscribe', topics: ['statistics'], statisticsSeconds: 2, queueIds: ['ventas'] });
  assert.deepEqual(socket.types, ['hello', 'snapshot', 'statistics']);
  const queues = socket.last.queues as { id: string; today: Record<string, number> }[];
  assert.deepEqual(
    queues.map(({ id }) => id),
    ['ventas'],
  );
  assert.deepEqual(
    [queues[0]?.today.serviceLevel, queues[0]?.today.averageWaitMs],
    [1 / 3, 15_000],
  );
  clock.advance(6_000);
  assert.equal(socket.types.filter((type) => type === 'statistics').length, 4);
  say({ type: 'subscribe', topics: ['statistics'], statisticsSeconds: 0 });
  assert.equal(socket.last.code, 'REQUEST_INVALID');
});

test('who says what is not understood hears what is wrong with it', () => {
  const { client } = setUp();
  const { socket, connection } = client();
  const answerTo = (text: string) => {
    connection.received(text);
    return [socket.last.code, socket.last.detail] as const;
  };
  const wrong = {
    '{"type":"subscribe","topics":["agents"],"statisticsSeconds":0}':
      /^subscribe: \/statisticsSeconds must be >= 1\. See/,
    '{"type":"subscribe"}': /^subscribe: .*topics/,
    '{"type":"subscribe","topics":["agentes"]}': /^subscribe: \/topics\/0 /,
    '{"type":"subscribed"}': /type that is one of authenticate, subscribe, ping\./,
    '[1]': /type that is one of/,
    null: /type that is one of/,
    '{"type":"ping"': /not JSON/,
  };
  for (const [text, reason] of Object.entries(wrong)) {
    const [code, detail] = answerTo(text);
    assert.equal(code, 'REQUEST_INVALID');
    assert.match(String(detail), reason, text);
  }
});

test('a key that is revoked closes the door behind it', async () => {
  const { clock, client, valid } = setUp();
  const { socket, connection } = client();
  clock.advance(30_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(socket.ended, undefined);
  valid.key = false;
  connection.pong();
  clock.advance(19_000);
  clock.advance(11_250);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(socket.ended, 4401);
});

test('one person has so many connections, and strangers together', () => {
  const { feed, client } = setUp({ perUserMax: 2, strangersMax: 1 });
  const person: Principal = { kind: 'user', id: 'u', name: 'u', scopes: SCOPES };
  assert.equal(feed.isFullFor(person), false);
  client(person);
  client(person);
  assert.ok(feed.isFullFor(person));
  assert.equal(feed.isFullFor({ ...person, id: 'other' }), false);
  client(false);
  assert.ok(feed.isFullFor(undefined));
});
