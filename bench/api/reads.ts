/**
 * A process of its own that reads over REST at a steady rate, whether or not the answers keep up. It speaks HTTP/1.1 by
 * itself: Node's client would cost more than the server that is measured.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../support/percentiles.ts';

interface Order {
  readonly base: string;
  readonly key: string;
  readonly paths: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

const SOCKETS = 64;
/** What has not been answered so long after the last was asked counts as unanswered. */
const GRACE_MS = 2_000;

process.on('message', (order: Order) => {
  void read(order).then((result) => process.send?.(result));
});

async function read({ base, key, paths, perSecond, seconds }: Order) {
  const url = new URL(base);
  const heads = paths.map(
    (path) => `GET ${path} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${key}\r\n\r\n`,
  );
  const tookMs: number[] = [];
  let failed = 0;
  const idle = await Promise.all(
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
  const waiting: { readonly head: string; readonly at: number }[] = [];
  let asked = 0;
  const began = performance.now();
  while (performance.now() - began < seconds * 1_000) {
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
    for (; asked < due; asked += 1) {
      const one = { head: heads[asked % heads.length] ?? '', at: performance.now() };
      const connection = idle.pop();
      if (connection) connection.ask(one.head, one.at);
      else waiting.push(one);
    }
    await delay(1);
  }
  const end = performance.now() + GRACE_MS;
  while (tookMs.length + failed < asked && performance.now() < end) await delay(1);
  const answered = tookMs.length;
  return {
    asked,
    answered,
    failed,
    unanswered: asked - answered - failed,
    answeredPerSecond: Math.round(answered / ((performance.now() - began) / 1_000)),
    readMs: distribution(tookMs),
  };
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
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket, answered);
  }

  private constructor(
    socket: Socket,
    answered: (connection: Connection, status: number, askedAt: number) => void,
  ) {
    this.#socket = socket;
    this.#answered = answered;
    socket.on('data', (chunk) => this.#take(chunk));
  }

  ask(head: string, at: number): void {
    this.#askedAt = at;
    this.#status = 0;
    this.#socket.write(head);
  }

  #take(chunk: Buffer): void {
    if (this.#status === 0) {
      // A head is written in one piece.
      const body = chunk.indexOf('\r\n\r\n') + 4;
      const head = chunk.toString('latin1', 0, body);
      this.#status = Number(head.slice(9, 12));
      this.#left = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]) + body;
    }
    this.#left -= chunk.length;
    if (this.#left <= 0) this.#answered(this, this.#status, this.#askedAt);
  }
}
