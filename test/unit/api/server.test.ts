import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { createServer } from '../../../src/api/server.ts';
import { silentLogger } from '../../../src/lib/log.ts';

const HEAD = 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

test('headers that do not come and a body that does not end are answered 408 when their time is over', async () => {
  const app = createServer({ log: silentLogger });
  app.post('/x', async () => ({}));
  const { server } = app;
  assert.ok(server.headersTimeout <= server.requestTimeout && server.requestTimeout <= 120_000);
  // The same, sooner: Node looks at neither while the time for headers is the longer one.
  const sooner = { headersTimeout: 200, requestTimeout: 300, connectionsCheckingInterval: 50 };
  Object.assign(server, sooner);
  await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    for (const part of [HEAD, `${HEAD}content-length: 500\r\n\r\n{"id":`]) {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.write(part);
      const [said] = await once(socket, 'data');
      assert.match(String(said), /^HTTP\/1.1 408 [\s\S]*REQUEST_TIMEOUT/);
      await once(socket, 'close');
    }
  } finally {
    await app.close();
  }
});
