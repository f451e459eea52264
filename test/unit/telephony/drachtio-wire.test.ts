import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { mock, test } from 'node:test';
import Srf from 'drachtio-srf';
import { sendWithoutDelay } from '../../../src/telephony/drachtio-wire.ts';

test('A connection to drachtio that takes the place of another sends without delay, too', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked: (number | undefined)[] = [];
  const noDelay = mock.method(Socket.prototype, 'setNoDelay', function (this: Socket) {
    if (this.remotePort === port) asked.push(this.localPort);
    return this;
  });
  t.after(() => noDelay.mock.restore());
  const srf = new Srf();
  srf.on('error', () => {});
  void srf.connect({ host: '127.0.0.1', port, secret: 'secret' });
  sendWithoutDelay(srf);
  const [first] = (await once(server, 'connection')) as [Socket];
  first.destroy();
  const [second] = (await once(server, 'connection')) as [Socket];
  await once(second, 'data');
  assert.ok(asked.includes(second.remotePort), 'of the second connection as well');
  srf.disconnect();
  second.destroy();
  server.close();
});
