import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Clock } from '../../../lib/clock.ts';
import { newUuid } from '../../../lib/ids.ts';
import type { SipLimits } from '../limits.ts';
import { addressKey, bare, plainAddress, type Target } from './address.ts';
import type { Certificate } from './certificate.ts';
import { Connection, type ConnectionEvents } from './connection.ts';

export interface StreamOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: SipLimits;
  readonly clock: Clock;
  readonly events: ConnectionEvents;
  /** With one, it is TLS. */
  readonly certificate?: Certificate;
}

/** A target with its numeric address, and the name that it had before: what a certificate must be for. */
export interface NamedTarget extends Target {
  readonly name: string;
}

/** A listening socket for TCP or TLS, and all its connections, those that came in and those that were opened. */
export class StreamTransport {
  readonly #server: Server;
  readonly #options: StreamOptions;
  readonly #byId = new Map<string, Connection>();
  /** Remote address → connection, so that a later message reuses what is there (RFC 3261 section 18). */
  readonly #byAddress = new Map<string, Connection>();
  #open = true;

  private constructor(server: Server, options: StreamOptions) {
    this.#server = server;
    this.#options = options;
    const { limits, clock, certificate } = options;
    // With TLS only those who have shaken hands are heard of.
    server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => {
      const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      if (!this.#open || !this.#hasRoomFor(remote.host)) socket.destroy();
      else this.#adopt(new Connection(newUuid(), socket, remote, limits, clock, this.#watching()));
    });
    server.on('error', () => {});
  }

  static listen(options: StreamOptions): Promise<StreamTransport> {
    const { host, port, limits } = options;
    const server = serverFor(options);
    // Those who are still shaking hands count here, too.
    server.maxConnections = limits.connectionsMax;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.removeListener('error', reject);
        resolve(new StreamTransport(server, options));
      });
    });
  }

  get connectionCount(): number {
    return this.#byId.size;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** Sends on the connection named, else on one to the same address, else on a new one. */
  send(data: Buffer, target: NamedTarget, onFailed: (error: Error) => void): void {
    const connection = this.#find(target) ?? this.#connect(target);
    if (connection) connection.send(data, onFailed);
    else onFailed(new Error('Too many connections.'));
  }

  close(): Promise<void> {
    this.#open = false;
    for (const connection of [...this.#byId.values()]) connection.close();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Half of the places are the most that one host gets: whoever takes all that there are locks nobody else out. */
  #hasRoomFor(host: string): boolean {
    const { connectionsMax } = this.#options.limits;
    if (this.#byId.size >= connectionsMax) return false;
    const theirs = [...this.#byId.values()].filter((one) => one.host === plainAddress(host));
    return theirs.length < connectionsMax / 2;
  }

  #find(target: Target): Connection | undefined {
    const named =
      target.connectionId === undefined ? undefined : this.#byId.get(target.connectionId);
    return named ?? this.#byAddress.get(addressKey(bare(target.host), target.port));
  }

  #connect(target: NamedTarget): Connection | undefined {
    const { limits, clock } = this.#options;
    if (!this.#open || this.#byId.size >= limits.connectionsMax) return undefined;
    const remote = { host: bare(target.host), port: target.port };
    const socket = this.#socketTo(remote, target.name);
    const connection = new Connection(newUuid(), socket, remote, limits, clock, this.#watching());
    const timer = clock.after(limits.connectTimeoutMs, () => connection.close());
    socket.once(this.#options.certificate ? 'secureConnect' : 'connect', () => timer.cancel());
    socket.once('close', () => timer.cancel());
    this.#adopt(connection);
    return connection;
  }

  /** By TLS, whoever cannot prove to be the one that was named is not spoken to (RFC 5922 section 7). */
  #socketTo(remote: { readonly host: string; readonly port: number }, name: string): Socket {
    const { host, certificate } = this.#options;
    const to = { ...remote, ...(isAny(host) ? {} : { localAddress: host }) };
    if (!certificate) return connect(to);
    const servername = bare(name);
    // An address is no name for the handshake (RFC 6066 section 3), but still what the certificate is compared with.
    const named = isIP(servername) === 0 ? { servername } : {};
    return connectTls({ ...to, ...named, secureContext: certificate.context });
  }

  #adopt(connection: Connection): void {
    this.#byId.set(connection.id, connection);
    this.#byAddress.set(addressKey(connection.host, connection.port), connection);
  }

  #watching(): ConnectionEvents {
    const { events } = this.#options;
    return {
      onMessage: (data, connection) => events.onMessage(data, connection),
      onClosed: (connection) => {
        this.#byId.delete(connection.id);
        const key = addressKey(connection.host, connection.port);
        if (this.#byAddress.get(key) === connection) this.#byAddress.delete(key);
        events.onClosed(connection);
      },
    };
  }
}

function serverFor({ certificate, limits }: StreamOptions): Server {
  if (!certificate) return createServer({ noDelay: true });
  const server = createTlsServer({
    ...certificate.pem,
    minVersion: 'TLSv1.2',
    noDelay: true,
    handshakeTimeout: limits.connectTimeoutMs,
  });
  certificate.onRenewed = () => server.setSecureContext(certificate.pem);
  return server;
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::' || host === '';
