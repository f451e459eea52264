/**
 * The other end of the feed's bench: so many wallboards in a process of their own. Argument: url, key, clients. Says
 * `ready` when all have their snapshot; at `stop` it answers with how old each change since `start` was when it came. Nine
 * of ten only take what they are sent, without so much as a look at it: to measure must not be the work that is measured.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { watchOwnDelay } from '../support/own-delay.ts';

const [url = '', key = '', count = '1'] = process.argv.slice(2);
/** One in so many looks at what it hears. */
const LOOKS_EVERY = 10;
/** Whoever is silent for fifty seconds is taken for dead. */
const ALIVE_MS = 15_000;
const TEXT = 0x81;
const PONG = 0x8a;
/** What is not looked at is all read into the same place. */
const DISCARDED = Buffer.alloc(65_536);
const SUBSCRIPTION = JSON.stringify({ type: 'subscribe', topics: ['agents', 'queues', 'calls'] });
/** Ages by the millisecond; the last place has all that are older. */
const ages = new Uint32Array(5_001);
let measuring = false;
let bytes = 0;
let ownDelay = watchOwnDelay();

await Promise.all(
  Array.from({ length: Number(count) }, (_, n) =>
    n % LOOKS_EVERY === 0 ? openClient() : openDeafClient(),
  ),
);
process.on('message', (what) => {
  measuring = what === 'start';
  if (measuring) {
    ages.fill(0);
    bytes = 0;
    ownDelay = watchOwnDelay();
  } else process.send?.({ ages: [...ages], bytes, timersLateMs: ownDelay() });
});
process.once('disconnect', () => process.exit());
process.send?.('ready');

async function openClient(): Promise<void> {
  const socket = new WebSocket(url, { headers: { 'x-api-key': key }, perMessageDeflate: false });
  await once(socket, 'open');
  const snapshot = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (measuring) bytes += data.length;
      const text = data.toString('latin1');
      if (text.startsWith('{"type":"changes"')) take(text);
      else if (text.startsWith('{"type":"snapshot"')) resolve();
    });
  });
  socket.send(SUBSCRIPTION);
  await snapshot;
}

/** Speaks as much of RFC 6455 as it takes to subscribe, and to be taken for alive. */
async function openDeafClient(): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const ear = new EventEmitter();
  const socket = connect({
    host: hostname,
    port: Number(port),
    onread: {
      buffer: DISCARDED,
      callback(count) {
        if (measuring) bytes += count;
        ear.emit('heard');
        return true;
      },
    },
  });
  const head = [
    `GET ${pathname} HTTP/1.1`,
    `host: ${hostname}`,
    ...['connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'],
    `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
    `x-api-key: ${key}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await once(ear, 'heard');
  socket.write(maskedFrame(TEXT, SUBSCRIPTION));
  await once(ear, 'heard');
  setInterval(() => socket.write(maskedFrame(PONG, '')), ALIVE_MS);
}

/** A client's short message, masked with zeros (RFC 6455 section 5.3). */
function maskedFrame(kind: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([kind, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

/** Reads the times of the changes alone: the bench is not of JSON.parse. */
function take(text: string): void {
  if (!measuring) return;
  const now = Date.now();
  for (let at = text.indexOf('"at":"'); at >= 0; at = text.indexOf('"at":"', at + 30)) {
    const age = now - Date.parse(text.slice(at + 6, at + 30));
    const place = Math.min(Math.max(0, age), ages.length - 1);
    ages[place] = (ages[place] ?? 0) + 1;
  }
}
