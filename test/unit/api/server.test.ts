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

test('a request without a Host, with two of them or that expects too much is told so in problem details', async () => {
  const app = createServer({ log: silentLogger });
  app.get('/x', async () => ({}));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const answerTo = async (lines: string): Promise<string> => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`${lines}connection: close\r\n\r\n`);
    const [said] = await once(socket, 'data');
    socket.destroy();
    return String(said);
  };
  const head = 'GET /x HTTP/1.1\r\n';
  try {
    assert.match(
      await answerTo(`${head}host: x\r\nexpect: 100-continue\r\n`),
      /^HTTP\/1.1 (100|200) /,
    );
    assert.match(await answerTo('GET /x HTTP/1.0\r\n'), /^HTTP\/1.1 200 /);
    for (const wrong of [head, `${head}host: x\r\nHost: y\r\n`])
      assert.match(
        await answerTo(wrong),
        /^HTTP\/1.1 400 [\s\S]*application\/problem\+json[\s\S]*REQUEST_INVALID/,
      );
    assert.match(
      await answerTo(`${head}host: x\r\nexpect: wonders\r\n`),
      /^HTTP\/1.1 417 [\s\S]*application\/problem\+json[\s\S]*EXPECTATION_FAILED/,
    );
  } finally {
    await app.close();
  }
});
