import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../../lib/clock.ts';
import { StreamFramer } from '../framing.ts';
import type { SipLimits } from '../limits.ts';
import { plainAddress } from './address.ts';

export interface ConnectionEvents {
  onMessage(data: Buffer, connection: Connection): void;
  onClosed(connection: Connection): void;
}

/**
 * One TCP or TLS connection, whoever opened it.
 *
 *   connecting --connect--> open --end / error / mute / idle / garbage / stuck--> closed
 *
 * What is sent while connecting waits in the socket's own buffer, which has a limit like any other.
 */
export class Connection {
  readonly id: string;
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  readonly #limits: SipLimits;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #host: string;
  readonly #port: number;
  #lastHeardAt: number;
  #idle: Timer | undefined;
  #spoke = false;
  #closed = false;
  readonly #failures = new Set<(error: Error) => void>();

  constructor(
    id: string,
    socket: Socket,
    remote: { host: string; port: number },
    limits: SipLimits,
    clock: Clock,
    events: ConnectionEvents,
  ) {
    this.id = id;
    this.#socket = socket;
    this.#limits = limits;
    this.#clock = clock;
    this.#events = events;
    this.#host = plainAddress(remote.host);
    this.#port = remote.port;
    this.#framer = new StreamFramer(limits);
    this.#lastHeardAt = clock.now();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk) => this.#heard(chunk));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.close());
    this.#idle = clock.after(limits.firstMessageMs, () => {
      if (this.#spoke) this.#watchIdle(limits.connectionIdleMs - limits.firstMessageMs);
      else this.close();
    });
  }

  get host(): string {
    return this.#host;
  }

  get port(): number {
    return this.#port;
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  get localHost(): string {
    return plainAddress(this.#socket.localAddress ?? '');
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** `onFailed` is called if the connection breaks before the bytes are handed to the system. */
  send(data: Buffer, onFailed: (error: Error) => void): void {
    if (this.#closed) {
      onFailed(new Error('The connection is closed.'));
      return;
    }
    if (this.#socket.writableLength > this.#limits.sendBufferBytesMax) {
      onFailed(new Error('The peer does not read: its send buffer is full.'));
      this.close();
      return;
    }
    this.#failures.add(onFailed);
    this.#socket.write(data, (error) => {
      if (this.#failures.delete(onFailed) && error) onFailed(error);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#idle?.cancel();
    this.#socket.destroy();
    this.#tellFailures(new Error('The connection was closed.'));
    this.#events.onClosed(this);
  }

  #failed(error: Error): void {
    this.#tellFailures(error);
    this.close();
  }

  #tellFailures(error: Error): void {
    const failures = [...this.#failures];
    this.#failures.clear();
    for (const failed of failures) failed(error);
  }

  #heard(chunk: Buffer): void {
    this.#lastHeardAt = this.#clock.now();
    for (const frame of this.#framer.push(chunk)) {
      if (this.#closed) return;
      this.#spoke = true;
      if (frame.kind === 'message') this.#events.onMessage(frame.data, this);
      // RFC 5626 section 4.4.1: a ping (double CRLF) is answered by a pong (single CRLF).
      else if (frame.kind === 'ping') this.send(Buffer.from('\r\n'), () => {});
      else this.close();
    }
  }

  #watchIdle(delayMs: number): void {
    this.#idle = this.#clock.after(delayMs, () => {
      const silentMs = this.#clock.now() - this.#lastHeardAt;
      if (silentMs >= this.#limits.connectionIdleMs) this.close();
      else this.#watchIdle(this.#limits.connectionIdleMs - silentMs);
    });
  }
}
