import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { asksForWebsocket, ignoreUpgrade } from '../../../src/lib/ignored-upgrade.ts';
import { eventually } from '../../support/eventually.ts';

test('who offers HTTP/2 is answered in HTTP/1.1, bodies and all, and goes on by the same connection', async () => {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const odd = request.headers['x-odd'] ?? '';
    response.end(`<${request.method} ${request.url} ${odd} ${body}>`, 'latin1');
  });
  server.on('upgrade', (request, socket, head) => {
    assert.equal(asksForWebsocket(request), false);
    ignoreUpgrade(server, request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => {
    heard += data.toString('latin1');
  });
  const offer =
    'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAA\r\n';
  const ask = async (text: string, answer: string) => {
    socket.write(Buffer.from(text, 'latin1'));
    await eventually(answer, () => heard.includes(answer));
  };
  await ask(`GET /a HTTP/1.1\r\nhost: x\r\nx-odd: \xe9\r\n${offer}\r\n`, '<GET /a \xe9 >');
  const post = `POST /b HTTP/1.1\r\nhost: x\r\n${offer}content-length: 6\r\n\r\n`;
  await ask(`${post}abcdef`, '<POST /b  abcdef>');
  // The body comes later than the headers.
  await ask(post, '');
  await ask('ghi', '');
  await ask('jkl', '<POST /b  ghijkl>');
  await ask('GET /c HTTP/1.1\r\nhost: x\r\n\r\n', '<GET /c  >');
  const closing = `connection: close, Upgrade\r\nupgrade: h2c\r\n`;
  const closed = once(socket, 'end');
  await ask(`GET /d HTTP/1.1\r\nhost: x\r\n${closing}\r\n`, '<GET /d  >');
  await closed;
  socket.destroy();
  server.close();
});
