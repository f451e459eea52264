import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AgentId, CallId } from '../../../src/model/ids.ts';
import type { Webhooks } from '../../../src/webhooks/webhooks.ts';
import { startTestApi, type TestApi, testWebhooks } from '../../support/api.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { type Heard, HttpServer, signatureOf } from '../../support/http-server.ts';

let api: TestApi;
let receiver: HttpServer;
const subscribed: string[] = [];
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());
afterEach(async () => {
  for (const id of subscribed.splice(0)) await api.request('DELETE', `/v1/webhooks/${id}`);
  await receiver?.close();
});

/** A process that compiles its own sources, on a machine that has other things to do. */
const CHILD_MS_MAX = 60_000;

interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const messageOf = ({ headers, body }: Heard): Message => ({
  id: String(headers['webhook-id']),
  ...JSON.parse(body),
});
const received = (): readonly Message[] => receiver.heard.map(messageOf);

async function subscribe(id: string, events: readonly string[], more = {}): Promise<string> {
  receiver = await HttpServer.open();
  receiver.answer = (response) => void response.writeHead(204).end();
  const url = `http://${receiver.host}/hook`;
  const made = await api.request('POST', '/v1/webhooks', { id, name: id, url, events, ...more });
  assert.equal(made.status, 201, made.text);
  subscribed.push(id);
  return made.body.secret;
}

let calls = 0;
const newCall = () => `call-${++calls}` as CallId;
/** Writes a step of a call down, as the runtime does. */
function step(callId: CallId, seq: number, type: string, data = {}, to: Webhooks = api.webhooks) {
  to.tap(api.store.records).event({ callId, seq, at: Date.now(), type, data });
}
const stateOf = async (id: string) => (await api.request('GET', `/v1/webhooks/${id}`)).body;
const dead = async (id: string) =>
  (await api.request('GET', `/v1/webhooks/${id}/deliveries?state=dead`)).body.items;

test('a message is signed as Standard Webhooks has it, and holds nothing of the inside', async () => {
  const secret = await subscribe('signed', ['call.*']);
  const callId = newCall();
  step(callId, 1, 'call.arrived', { dnis: '800', ani: '+34600000001', leg: { localSdp: 'v=0' } });
  step(callId, 2, 'flow.node', { node: 'menu' });
  step(callId, 3, 'offer.made', { agentId: '1001' });
  const heard = await eventually('the message', () => receiver.heard[0]);
  assert.equal(heard.headers['webhook-signature'], signatureOf(heard, secret));
  assert.ok(Math.abs(Number(heard.headers['webhook-timestamp']) - Date.now() / 1_000) < 30);
  const { type, data } = messageOf(heard);
  assert.equal(type, 'call.arrived');
  assert.deepEqual(data, { callId, seq: 1, dnis: '800', ani: '+34600000001' });
  await pause(300);
  assert.equal(receiver.heard.length, 1, 'offers were not asked for');
});

test('numbers and names are left out for who does without', async () => {
  await subscribe('discreet', ['call.arrived'], { personalData: false });
  step(newCall(), 1, 'call.arrived', { dnis: '800', ani: '+34600000001' });
  const heard = await eventually('the message', () => received()[0]);
  assert.equal(heard.data.ani, undefined);
  assert.equal(heard.data.dnis, '800');
});

test('messages of a call come in order, also when one has to be tried again; other calls do not wait', async () => {
  await subscribe('ordered', ['call.*']);
  const [slow, quick] = [newCall(), newCall()];
  let refusals = 1;
  receiver.answer = (response, heard) => {
    const { data } = messageOf(heard);
    const refuse = data.callId === slow && data.seq === 2 && refusals-- > 0;
    response.writeHead(refuse ? 500 : 200).end();
  };
  for (const seq of [1, 2, 3]) {
    step(slow, seq, 'call.queued', { queueId: 'ventas' });
    step(quick, seq, 'call.queued', { queueId: 'ventas' });
  }
  await eventually('all of both', () => receiver.heard.length === 7);
  const seqsOf = (callId: CallId) =>
    received().flatMap(({ data }) => (data.callId === callId ? [data.seq] : []));
  assert.deepEqual(seqsOf(slow), [1, 2, 2, 3]);
  assert.deepEqual(seqsOf(quick), [1, 2, 3]);
  const [again, first] = received().filter(({ data }) => data.callId === slow && data.seq === 2);
  assert.equal(again?.id, first?.id, 'the same id at every attempt');
  const places = received().map(({ data }) => data.callId);
  assert.ok(places.lastIndexOf(quick) < places.lastIndexOf(slow), 'the other call did not wait');
});

test('what fails too often is a dead letter, seen in the list, and can be sent again', async () => {
  await subscribe('dying', ['agent.state']);
  receiver.answer = (response) => void response.writeHead(503, { 'retry-after': '0' }).end();
  const record = { agentId: '1001' as AgentId, at: Date.now(), seq: 1, kind: 'ready' } as const;
  api.webhooks.tap(api.store.records).agentState(record);
  const [letter] = await eventually('a dead letter', async () => {
    const items = await dead('dying');
    return items.length > 0 && items;
  });
  assert.deepEqual([letter.attempts, letter.lastStatus, letter.lastError], [3, 503, 'status']);
  assert.equal(letter.data.state, 'ready');
  receiver.answer = (response) => void response.writeHead(200).end();
  const replayed = await api.request('POST', '/v1/webhooks/dying/replay');
  assert.equal(replayed.body.replayed, 1);
  await eventually('delivered', async () => (await stateOf('dying')).deliveries.delivered === 1);
  assert.equal(messageOf(receiver.heard.at(-1) as Heard).id, letter.messageId);
  assert.equal((await stateOf('dying')).state, 'active');
});

test('410 Gone ends it, visibly; what happens then waits as dead letters until it is enabled', async () => {
  await subscribe('gone', ['call.arrived']);
  receiver.answer = (response) => void response.writeHead(410).end();
  const died = api.deadLetters();
  step(newCall(), 1, 'call.arrived');
  const given = await eventually('given up', async () => {
    const now = await stateOf('gone');
    return now.state === 'disabled' && now;
  });
  assert.match(given.disabledReason, /410/);
  step(newCall(), 1, 'call.arrived');
  await eventually('both are kept', async () => (await stateOf('gone')).deliveries.dead === 2);
  await eventually('and counted, whoever gave them up', () => api.deadLetters() - died === 2);
  receiver.answer = (response) => void response.writeHead(200).end();
  await api.request('PATCH', '/v1/webhooks/gone', { enabled: true });
  const before = receiver.heard.length;
  await api.request('POST', '/v1/webhooks/gone/replay');
  await eventually('both arrive', () => receiver.heard.length === before + 2);
});

test('all that waits for an endpoint that is given up is counted, and has an end, also what was on its way', async () => {
  await subscribe('buried', ['call.arrived']);
  const late: ServerResponse[] = [];
  receiver.answer = (response) => void late.push(response);
  const before = api.deadLetters();
  for (let n = 0; n < 9; n += 1) step(newCall(), 1, 'call.arrived');
  // Five are on their way at once; the first of them ends it for all nine.
  const [first, ...others] = await eventually('five under way', () => late.length === 5 && late);
  first?.writeHead(410).end();
  await eventually('given up', async () => (await stateOf('buried')).deliveries.dead === 9);
  for (const one of others) one.writeHead(500).end();
  await eventually(
    'the others have failed',
    async () =>
      (await dead('buried')).filter((one: { lastStatus?: number }) => one.lastStatus === 500)
        .length === 4,
  );
  for (const letter of await dead('buried'))
    assert.ok(letter.finishedAt, `since when: ${letter.number}`);
  assert.equal(api.deadLetters() - before, 9);
});

test('an endpoint that fails is left in peace for a while', async () => {
  await subscribe('resting', ['call.arrived']);
  receiver.answer = (response) => void response.writeHead(500).end();
  for (let n = 0; n < 12; n += 1) step(newCall(), 1, 'call.arrived');
  const resting = await eventually('a rest', async () => {
    const now = await stateOf('resting');
    return now.state === 'resting' && now;
  });
  assert.ok(resting.failures >= 5 && resting.failures < 12, String(resting.failures));
  assert.ok(Date.parse(resting.restUntil) > Date.now());
});

test('one that never answers, and one whose answer never ends, delay nobody else', async () => {
  await subscribe('silent', ['call.arrived']);
  const silent = receiver;
  silent.answer = () => undefined;
  await subscribe('endless', ['call.arrived']);
  const endless = receiver;
  endless.answer = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
    response.on('close', () => clearInterval(timer));
  };
  await subscribe('well', ['call.arrived']);
  const began = performance.now();
  for (let n = 0; n < 30; n += 1) step(newCall(), 1, 'call.arrived');
  await eventually('the healthy one has all', () => receiver.heard.length === 30);
  assert.ok(performance.now() - began < 3_000);
  await eventually('so has the endless one', () => endless.heard.length === 30);
  await eventually('the other is failing', async () => (await stateOf('silent')).failures > 0);
  assert.equal((await stateOf('silent')).lastError, 'timeout');
  await Promise.all([silent.close(), endless.close()]);
});

test('redirects are not followed, and private addresses are not sent to', async () => {
  await subscribe('moving', ['call.arrived']);
  const target = await HttpServer.open();
  receiver.answer = (response) =>
    void response.writeHead(302, { location: `http://${target.host}/` }).end();
  const tested = await api.request('POST', '/v1/webhooks/moving/test');
  assert.deepEqual([tested.body.delivered, tested.body.status], [false, 302]);
  assert.equal(target.heard.length, 0);
  await target.close();
  const refused = [
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://0x7f.1.1.1.1/',
    'http://8.8.8.8/',
    'https://user:pass@example.com/',
    'ftp://example.com/',
    'nonsense',
  ];
  for (const url of refused) {
    const body = { id: 'near', name: 'near', url, events: ['*'] };
    const answer = await api.request('POST', '/v1/webhooks', body);
    assert.deepEqual([answer.status, answer.body.code], [422, 'WEBHOOK_URL_REFUSED'], url);
  }
  // A name is judged by where it leads when the connection is made.
  const url = 'https://localhost.localdomain:1/';
  await api.request('PATCH', '/v1/webhooks/moving', { url });
  const { body } = await api.request('POST', '/v1/webhooks/moving/test');
  assert.equal(body.delivered, false);
});

test('what was under way when the process ended is delivered by the next one', async () => {
  await subscribe('survivor', ['call.arrived']);
  receiver.answer = (response) => void response.writeHead(500).end();
  step(newCall(), 1, 'call.arrived');
  await eventually('a first attempt', () => receiver.heard.length > 0);
  await api.webhooks.close();
  receiver.answer = (response) => void response.writeHead(200).end();
  const next = await testWebhooks(api.store);
  try {
    await eventually(
      'delivered',
      async () => (await stateOf('survivor')).deliveries.delivered === 1,
    );
    const ids = new Set(received().map(({ id }) => id));
    assert.equal(ids.size, 1);
  } finally {
    await next.close();
  }
});

test('kill -9 in the middle of a delivery: the next process sends it again, once, and what followed after it', async () => {
  await subscribe('mourner', ['call.*']);
  await api.webhooks.close();
  receiver.answer = () => undefined;
  const child = fork(
    fileURLToPath(new URL('../../support/webhook-child.ts', import.meta.url)),
    [api.store.databaseUrl, join(api.database.dataDir, 'child'), 'killed-call'],
    { execArgv: ['--import', 'tsx'] },
  );
  const gone = once(child, 'exit');
  try {
    await eventually('a delivery under way', () => receiver.heard.length === 1, CHILD_MS_MAX);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  receiver.answer = (response) => void response.writeHead(204).end();
  const next = await testWebhooks(api.store);
  try {
    await eventually('all three', () => received().length >= 4);
    await pause(300);
    assert.deepEqual(
      received().map(({ data }) => data.seq),
      [1, 1, 2, 3],
    );
    assert.equal(new Set(received().map(({ id }) => id)).size, 3);
    assert.equal((await stateOf('mourner')).deliveries.delivered, 3);
  } finally {
    await next.close();
  }
});
