import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { mock, test } from 'node:test';
import Srf from 'drachtio-srf';
import { silentLogger } from '../../../src/lib/log.ts';
import {
  hearNoLastWords,
  sendShortOnly,
  sendWithoutDelay,
} from '../../../src/telephony/drachtio-wire.ts';

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

test('What drachtio would lose the beginning of is not sent: a request fails, and the next one is sent', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const srf = new Srf();
  srf.on('error', () => {});
  const { port } = server.address() as AddressInfo;
  void srf.connect({ host: '127.0.0.1', port, secret: 'secret' });
  sendShortOnly(srf, silentLogger);
  const [drachtio] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    srf.disconnect();
    drachtio.destroy();
    server.close();
  });
  let heard = '';
  drachtio.on('data', (octets) => {
    heard += octets;
  });
  await once(drachtio, 'data');
  const id = /\d+#([^|]+)\|authenticate/.exec(heard)?.[1];
  const yes = `1|response|${id}|OK|tcp/127.0.0.1:5070|v0.9.10|tcp/127.0.0.1:5070`;
  drachtio.write(`${yes.length}#${yes}`);
  await once(srf, 'connect');
  const invite = (headers: Record<string, string>) => srf.createUAC('sip:a@127.0.0.1', { headers });
  await assert.rejects(invite({ 'X-Long': 'é'.repeat(2_000) }), /too long for drachtio/);
  const short = once(drachtio, 'data');
  invite({ 'X-Short': 'y' }).catch(() => {});
  await short;
  assert.match(heard, /X-Short: y/);
  assert.doesNotMatch(heard, /X-Long/);
});

test('What drachtio was in the midst of saying when it was let go is not read', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const srf = new Srf();
  const { port } = server.address() as AddressInfo;
  void srf.connect({ host: '127.0.0.1', port, secret: 'secret' });
  hearNoLastWords(srf);
  const [drachtio] = (await once(server, 'connection')) as [Socket];
  const [asked] = await once(drachtio, 'data');
  const id = /#([^|]+)\|authenticate/.exec(String(asked))?.[1];
  const yes = `1|response|${id}|OK|tcp/127.0.0.1:5070|v0.9.10|tcp/127.0.0.1:5070`;
  drachtio.write(`${yes.length}#${yes}20#half of it|`);
  await once(srf, 'connect');
  srf.disconnect();
  drachtio.write('and #half');
  drachtio.end();
  await once(drachtio, 'close');
  server.close();
});
