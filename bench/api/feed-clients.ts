/**
 * The other end of the feed's bench: wallboards in a process of their own. Arguments: url, key, and whether they look at what
 * they hear or only take it, without so much as a look: to measure must not be the work that is measured. Told to open so
 * many, says `opened` when they have their snapshots; when it is to measure no longer, how old each change was when it came.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { watchOwnDelay } from '../support/own-delay.ts';

export type Order = { readonly open: number } | { readonly measuring: boolean };

export interface Heard {
  /** Changes by their age in ms. */
  readonly ages: readonly number[];
  readonly bytes: number;
  /** The clients' own: all of them are one process. */
  readonly timersLateMs: { readonly p50: number; readonly p99: number };
}

const [url = '', key = '', kind] = process.argv.slice(2);
const looks = kind === 'looking';
/** Whoever is silent for fifty seconds is taken for dead. */
const ALIVE_MS = 15_000;
const TEXT = 0x81;
const PONG = 0x8a;
/**
 * Other machines take what comes for them without a processor of the house's. These would be woken by every message of every
 * client: so they are awake ten times a second, and take what the kernel has for them by then.
 */
const ASLEEP_MS = 100;
/** What is not looked at is all read into the same place. */
const DISCARDED = Buffer.alloc(65_536);
const SUBSCRIPTION = JSON.stringify({ type: 'subscribe', topics: ['agents', 'queues', 'calls'] });
/** Ages by the millisecond; the last place has all that are older. */
const ages = new Uint32Array(5_001);
let measuring = false;
let bytes = 0;
let ownDelay = watchOwnDelay();

process.on('message', (order: Order) => {
  if ('open' in order) return void open(order.open);
  measuring = order.measuring;
  if (measuring) {
    ages.fill(0);
    bytes = 0;
    ownDelay = watchOwnDelay();
  } else process.send?.({ ages: [...ages], bytes, timersLateMs: ownDelay() } satisfies Heard);
});
if (!looks) sleepBetween();
// A bench that is killed takes its clients along.
process.once('disconnect', () => process.exit());

async function open(count: number): Promise<void> {
  const openOne = looks ? openClient : openDeafClient;
  await Promise.all(Array.from({ length: count }, openOne));
  process.send?.('opened');
}

function sleepBetween(): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const sleep = (): void => {
    Atomics.wait(cell, 0, 0, ASLEEP_MS);
    // Behind everything that has come.
    setImmediate(sleep);
  };
  sleep();
}

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
