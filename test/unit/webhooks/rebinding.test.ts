import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import type { Resolve } from '../../../src/lib/network-guard.ts';
import { Sender } from '../../../src/webhooks/sender.ts';

/** The operator has named one neighbour; the house itself is another address of loopback, at the same port. */
const [NEIGHBOUR, HOUSE] = ['127.0.0.2', '127.0.0.1'];
const heard: string[] = [];
const servers: Server[] = [];
let port = 0;
before(async () => {
  for (const address of [NEIGHBOUR, HOUSE]) {
    const server = createServer((request, response) => {
      heard.push(`${address} ${request.url}`);
      response.writeHead(204, { connection: 'close' }).end();
    });
    server.listen(port, address);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
});
after(() => {
  for (const server of servers) server.close();
});

/** A name server of an attacker: each question gets the next answer, the last one again and again. */
function senderAmong(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  const resolve: Resolve = (_name, _options, callback) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  const sender = new Sender({ privateNetworks: [`${NEIGHBOUR}/32`], clock, resolve });
  const post = (path: string) => sender.post(`http://crm.example:${port}${path}`, {}, '{}');
  return { post, sender, asked: () => asked };
}

test('a name that is good when it is judged and bad when it is asked again gains nothing: it is asked once', async () => {
  const { post, sender, asked } = senderAmong([NEIGHBOUR], [HOUSE]);
  assert.equal((await post('/first')).ok, true);
  assert.equal(asked(), 1, 'the connection goes to the address that was judged');
  const second = await post('/second');
  assert.deepEqual([second.ok, 'error' in second && second.error], [false, 'addressRefused']);
  assert.deepEqual(heard.splice(0), [`${NEIGHBOUR} /first`]);
  sender.close();
});

test('of a name with good and bad addresses only the good ones are tried', async () => {
  const { post, sender } = senderAmong([HOUSE, NEIGHBOUR]);
  assert.equal((await post('/mixed')).ok, true);
  assert.deepEqual(heard.splice(0), [`${NEIGHBOUR} /mixed`]);
  sender.close();
});

test('the cloud’s own services, the house and its networks are no destination, however they are written', async () => {
  for (const address of [
    '169.254.169.254',
    '10.0.0.1',
    '0.0.0.0',
    '::1',
    '::ffff:127.0.0.1',
    'fd00::1',
  ]) {
    const { post, sender } = senderAmong([address]);
    const result = await post('/');
    assert.equal('error' in result && result.error, 'addressRefused', address);
    sender.close();
  }
  assert.deepEqual(heard, []);
});
