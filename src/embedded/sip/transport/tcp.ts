import { connect, createServer, type Server } from 'node:net';
import type { Clock } from '../../../lib/clock.ts';
import { newUuid } from '../../../lib/ids.ts';
import type { SipLimits } from '../limits.ts';
import { addressKey, bare, type Target } from './address.ts';
import { Connection, type ConnectionEvents } from './connection.ts';

/** A listening TCP socket and all connections, those that came in and those that were opened. */
export class TcpTransport {
  readonly #server: Server;
  readonly #localHost: string;
  readonly #limits: SipLimits;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #byId = new Map<string, Connection>();
  /** Remote address → connection, so that a later message reuses what is there (RFC 3261 section 18). */
  readonly #byAddress = new Map<string, Connection>();
  #open = true;

  private constructor(
    server: Server,
    localHost: string,
    limits: SipLimits,
    clock: Clock,
    events: ConnectionEvents,
  ) {
    this.#server = server;
    this.#localHost = localHost;
    this.#limits = limits;
    this.#clock = clock;
    this.#events = events;
    server.on('connection', (socket) => {
      const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      if (!this.#open || this.#byId.size >= limits.connectionsMax) socket.destroy();
      else this.#adopt(new Connection(newUuid(), socket, remote, limits, clock, this.#watching()));
    });
    server.on('error', () => {});
  }

  static listen(
    host: string,
    port: number,
    limits: SipLimits,
    clock: Clock,
    events: ConnectionEvents,
  ): Promise<TcpTransport> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.removeListener('error', reject);
        resolve(new TcpTransport(server, host, limits, clock, events));
      });
    });
  }

  get connectionCount(): number {
    return this.#byId.size;
  }

  /** Sends on the connection named, else on one to the same address, else on a new one. */
  send(data: Buffer, target: Target, onFailed: (error: Error) => void): void {
    const connection = this.#find(target) ?? this.#connect(target);
    if (connection) connection.send(data, onFailed);
    else onFailed(new Error('Too many connections.'));
  }

  close(): Promise<void> {
    this.#open = false;
    for (const connection of [...this.#byId.values()]) connection.close();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #find(target: Target): Connection | undefined {
    const named =
      target.connectionId === undefined ? undefined : this.#byId.get(target.connectionId);
    return named ?? this.#byAddress.get(addressKey(bare(target.host), target.port));
  }

  #connect(target: Target): Connection | undefined {
    if (!this.#open || this.#byId.size >= this.#limits.connectionsMax) return undefined;
    const remote = { host: bare(target.host), port: target.port };
    const localAddress = isAny(this.#localHost) ? {} : { localAddress: this.#localHost };
    const socket = connect({ ...remote, ...localAddress });
    const connection = new Connection(
      newUuid(),
      socket,
      remote,
      this.#limits,
      this.#clock,
      this.#watching(),
    );
    const timer = this.#clock.after(this.#limits.connectTimeoutMs, () => connection.close());
    socket.once('connect', () => timer.cancel());
    socket.once('close', () => timer.cancel());
    this.#adopt(connection);
    return connection;
  }

  #adopt(connection: Connection): void {
    this.#byId.set(connection.id, connection);
    this.#byAddress.set(addressKey(connection.host, connection.port), connection);
  }

  #watching(): ConnectionEvents {
    return {
      onMessage: (data, connection) => this.#events.onMessage(data, connection),
      onClosed: (connection) => {
        this.#byId.delete(connection.id);
        const key = addressKey(connection.host, connection.port);
        if (this.#byAddress.get(key) === connection) this.#byAddress.delete(key);
        this.#events.onClosed(connection);
      },
    };
  }
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::' || host === '';
