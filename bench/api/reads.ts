/**
 * A process of its own that reads over REST at a steady rate, whether or not the answers keep up, once for each order that
 * it is sent. It speaks HTTP/1.1 by itself: Node's client would cost more than the server that is measured.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { watchOwnDelay } from '../support/own-delay.ts';
import { distribution } from '../support/percentiles.ts';

interface Order {
  readonly base: string;
  readonly key: string;
  readonly paths: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

const SOCKETS = 64;
/** Where all that comes is read into: it is looked at before more comes. */
const READ = Buffer.alloc(65_536);
/** What has not been answered so long after the last was asked counts as unanswered. */
const GRACE_MS = 2_000;

process.on('message', (order: Order) => {
  void read(order).then((result) => process.send?.(result));
});
// A bench that is killed takes its readers along.
process.once('disconnect', () => process.exit());
process.send?.('ready');

async function read({ base, key, paths, perSecond, seconds }: Order) {
  const url = new URL(base);
  const heads = paths.map(
    (path) => `GET ${path} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${key}\r\n\r\n`,
  );
  const tookMs: number[] = [];
  const askedLateMs: number[] = [];
  let failed = 0;
  const connections = await Promise.all(
    Array.from({ length: SOCKETS }, () =>
      Connection.open(url, (connection, status, askedAt) => {
        if (status === 200) tookMs.push(performance.now() - askedAt);
        else failed += 1;
        const next = waiting.shift();
        if (next) connection.ask(next.head, next.at);
        else idle.push(connection);
      }),
    ),
  );
  const idle = [...connections];
  const waiting: { readonly head: string; readonly at: number }[] = [];
  let asked = 0;
  const ownDelay = watchOwnDelay();
  const began = performance.now();
  await everyMs(() => {
    const now = performance.now();
    const due = Math.floor(((now - began) / 1_000) * perSecond);
    for (; asked < due; asked += 1) {
      const one = { head: heads[asked % heads.length] ?? '', at: performance.now() };
      askedLateMs.push(now - began - ((asked + 1) / perSecond) * 1_000);
      const connection = idle.pop();
      if (connection) connection.ask(one.head, one.at);
      else waiting.push(one);
    }
    return now - began < seconds * 1_000;
  });
  const timersLateMs = ownDelay();
  const end = performance.now() + GRACE_MS;
  await everyMs(() => tookMs.length + failed < asked && performance.now() < end);
  // What has not been answered by now is no load on what is measured next.
  for (const connection of connections) connection.close();
  const answered = tookMs.length;
  return {
    asked,
    answered,
    failed,
    unanswered: asked - answered - failed,
    answeredPerSecond: Math.round(answered / ((performance.now() - began) / 1_000)),
    readMs: distribution(tookMs),
    /** What is the reader's own: how late it asked, which no answer is charged with, and how late it may have heard. */
    askedLateMs: distribution(askedLateMs),
    readerTimersLateMs: timersLateMs,
  };
}

/** As often as a timer goes, for as long as there is more to do. */
function everyMs(work: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const next = () => (work() ? setTimeout(next, 1) : resolve());
    next();
  });
}

/** One question at a time; answers have a length. */
class Connection {
  readonly #socket: Socket;
  readonly #answered: (connection: Connection, status: number, askedAt: number) => void;
  #askedAt = 0;
  #status = 0;
  /** Bytes of the answer that are still to come. */
  #left = 0;

  static async open(
    { hostname, port }: URL,
    answered: (connection: Connection, status: number, askedAt: number) => void,
  ): Promise<Connection> {
    const connection = new Connection(hostname, Number(port), answered);
    await once(connection.#socket, 'connect');
    return connection;
  }

  private constructor(
    host: string,
    port: number,
    answered: (connection: Connection, status: number, askedAt: number) => void,
  ) {
    this.#answered = answered;
    const callback = (count: number) => this.#take(count);
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer: READ, callback } });
  }

  ask(head: string, at: number): void {
    this.#askedAt = at;
    this.#status = 0;
    this.#socket.write(head);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(count: number): boolean {
    if (this.#status === 0) {
      // A head is written in one piece.
      const body = READ.indexOf('\r\n\r\n') + 4;
      const head = READ.toString('latin1', 0, body);
      this.#status = Number(head.slice(9, 12));
      this.#left = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]) + body;
    }
    this.#left -= count;
    if (this.#left <= 0) this.#answered(this, this.#status, this.#askedAt);
    return true;
  }
}
