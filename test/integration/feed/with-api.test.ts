import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { type OpenFeed, openFeed } from '../../../src/feed/socket.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';

let api: TestApi;
let feed: OpenFeed;
before(async () => {
  api = await startTestApi();
  const { app, control, store } = api;
  const { apiKeys: authenticator } = store.admin;
  feed = openFeed({
    server: app.server,
    control,
    authenticator,
    clock: systemClock,
    log: silentLogger,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await feed.close();
  await api.stop();
});

test('the feed shares server and keys with the API, and neither disturbs the other', async () => {
  const { port } = api.app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${TEST_API_KEY}` };
  const client = new WebSocket(`ws://127.0.0.1:${port}/v1/feed`, { headers });
  const [hello] = await once(client, 'message');
  assert.equal(JSON.parse(String(hello)).authenticated, true);
  client.send(JSON.stringify({ type: 'subscribe', topics: ['agents', 'queues', 'calls'] }));
  const [snapshot] = await once(client, 'message');
  assert.deepEqual(JSON.parse(String(snapshot)).agents, []);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/queues`, { headers });
  assert.equal(answer.status, 200);
  await answer.text();
  const closed = once(client, 'close');
  await feed.close();
  await closed;
});
