import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Of the upgrade that is ignored (RFC 9110 section 7.8; RFC 7540 section 3.2.1). */
const LEFT_OUT = /^(upgrade|http2-settings)$/i;

export const asksForWebsocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

const isConnection = (name: string): boolean => /^connection$/i.test(name);

/** Whoever wants the connection closed after the answer still does. */
const withoutOffer = (options: string): string =>
  options
    .split(',')
    .filter((option) => !LEFT_OUT.test(option.trim()))
    .join();

/**
 * Has the request answered as if it had not asked for another protocol: Java's HttpClient offers `h2c` with its first
 * request wherever it goes. Node gives such a connection away with its request unread, so the request is put back, without
 * the offer, and the connection begins anew.
 */
export function ignoreUpgrade(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const [name = '', value = ''] = rawHeaders.slice(n, n + 2);
    if (!LEFT_OUT.test(name))
      lines.push(`${name}: ${isConnection(name) ? withoutOffer(value) : value}`);
  }
  // Headers are bytes, and Node reads them as Latin-1.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
