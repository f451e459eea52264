import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';
import { defaultLimits, type SipLimits } from '../limits.ts';
import { responseTo, type SipMessage, type SipRequest, type SipResponse } from '../message.ts';
import { type ParseError, parseMessage } from '../parse.ts';
import { serialise } from '../serialise.ts';
import { newTag } from '../tag.ts';
import { bracketed, isStream, type Origin, type Protocol, type Target } from './address.ts';
import { Certificate, type CertificateFiles } from './certificate.ts';
import type { Connection } from './connection.ts';
import { NameResolver } from './names.ts';
import { ReachabilityProbe } from './probe.ts';
import { markReceived, responseTarget } from './routing.ts';
import { type NamedTarget, StreamTransport } from './stream.ts';
import { UdpSocket } from './udp.ts';

export interface TransportOptions {
  readonly host: string;
  /** 0 takes any port that is free for UDP and TCP alike. */
  readonly port: number;
  /** TLS on a port of its own; 0 takes any. */
  readonly tls?: { readonly port: number; readonly files: CertificateFiles };
  /** The address written into Via and Contact, where it is not the one bound. */
  readonly externalHost?: string;
  /** Answer every UDP request where it came from, asked by rport or not. */
  readonly forceRport?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: SipLimits;
}

export interface TransportEvents {
  onRequest(request: SipRequest, origin: Origin): void;
  onResponse(response: SipResponse, origin: Origin): void;
}

/** UDP and TCP on one port, TLS on another: bytes in, messages out, and the way back. */
export class SipTransport {
  readonly limits: SipLimits;
  readonly #options: TransportOptions;
  readonly #names = new NameResolver();
  readonly #probe = new ReachabilityProbe();
  #events: TransportEvents | undefined;
  #udp: UdpSocket | undefined;
  #tcp: StreamTransport | undefined;
  #tls: StreamTransport | undefined;
  #certificate: Certificate | undefined;
  #closed = false;
  #answersWindowAt = 0;
  #answersInWindow = 0;

  private constructor(options: TransportOptions) {
    this.#options = options;
    this.limits = options.limits ?? defaultLimits;
  }

  static async open(options: TransportOptions): Promise<SipTransport> {
    const transport = new SipTransport(options);
    try {
      await transport.#bind();
      await transport.#bindTls();
    } catch (error) {
      await transport.close();
      throw error;
    }
    return transport;
  }

  /** Messages that arrive before anybody listens are dropped: UDP peers send again. */
  listen(events: TransportEvents): void {
    this.#events = events;
  }

  get port(): number {
    return this.#udp?.port ?? 0;
  }

  /** Undefined without TLS. */
  get tlsPort(): number | undefined {
    return this.#tls?.port;
  }

  /** Where peers that speak it find us. */
  portFor(protocol: Protocol): number {
    return protocol === 'tls' ? (this.tlsPort ?? this.port) : this.port;
  }

  /** Whether anything can be sent by it. */
  speaks(protocol: Protocol): boolean {
    return protocol !== 'tls' || this.#tls !== undefined;
  }

  /** Whether a port is one of ours. */
  hears(port: number): boolean {
    return port === this.port || port === this.tlsPort;
  }

  /** The address that others should use for us: in Via, Contact and Record-Route. */
  get host(): string {
    const { externalHost, host } = this.#options;
    return bracketed(externalHost ?? (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host));
  }

  get bindHost(): string {
    return this.#options.host;
  }

  /** Sends a message; `onFailed` hears of a failure at most once, never synchronously. */
  send(message: SipMessage, target: Target, onFailed: (error: Error) => void = () => {}): void {
    if (this.#closed) return;
    let failed = false;
    const failOnce = (error: Error): void => {
      if (failed) return;
      failed = true;
      this.#options.logger.debug({ target, error: error.message }, 'A SIP message was not sent.');
      setImmediate(() => onFailed(error));
    };
    const data = Buffer.from(serialise(message));
    if (target.port < 1) {
      failOnce(new Error('The target has no port.'));
      return;
    }
    // An ACK has no answer to wait for, and a response goes to where a request just came from.
    const waits = message.kind === 'request' && message.method !== 'ACK';
    this.#names.with(target.host, failOnce, (host) => {
      this.#sendTo(data, { ...target, host, name: target.host }, failOnce);
      if (waits && target.protocol === 'udp') this.#probe.watch(host, target.port, failOnce);
    });
  }

  /** Answers on the way that the request came. */
  respond(response: SipResponse, origin: Origin, onFailed?: (error: Error) => void): void {
    this.send(response, responseTarget(response, origin), onFailed);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#probe.close();
    this.#certificate?.close();
    await Promise.all([this.#udp?.close(), this.#tcp?.close(), this.#tls?.close()]);
  }

  #sendTo(data: Buffer, target: NamedTarget, onFailed: (error: Error) => void): void {
    if (this.#closed) return;
    const { protocol } = target;
    if (!isStream(protocol)) this.#udp?.send(data, target.host, target.port, onFailed);
    else if (this.speaks(protocol)) this.#streams(protocol)?.send(data, target, onFailed);
    else onFailed(new Error('There is no TLS without a certificate.'));
  }

  #streams(protocol: 'tcp' | 'tls'): StreamTransport | undefined {
    return protocol === 'tls' ? this.#tls : this.#tcp;
  }

  async #bind(): Promise<void> {
    const { host, port } = this.#options;
    // With port 0 the system picks a port for UDP, and TCP may find the same one taken: try again.
    for (let attempt = 1; ; attempt++) {
      this.#udp = await UdpSocket.open(host, port, {
        onDatagram: (data, from, fromPort) => this.#onDatagram(data, from, fromPort),
        onError: (error) => this.#options.logger.warn({ error: error.message }, 'UDP failed.'),
      }).catch((error: unknown) => {
        throw portError('udp', host, port, error);
      });
      try {
        this.#tcp = await this.#listen(host, this.#udp.port);
        return;
      } catch (error) {
        await this.#udp.close();
        if (port !== 0 || attempt === 20) throw portError('tcp', host, port, error);
      }
    }
  }

  async #bindTls(): Promise<void> {
    const { host, tls, clock, logger } = this.#options;
    if (!tls) return;
    this.#certificate = new Certificate(tls.files, clock, logger);
    try {
      this.#tls = await this.#listen(host, tls.port, this.#certificate);
    } catch (error) {
      throw portError('tls', host, tls.port, error);
    }
  }

  #listen(host: string, port: number, certificate?: Certificate): Promise<StreamTransport> {
    const protocol = certificate ? 'tls' : 'tcp';
    return StreamTransport.listen({
      host,
      port,
      limits: this.limits,
      clock: this.#options.clock,
      events: {
        onMessage: (data, connection) => this.#onStreamMessage(data, connection, protocol),
        onClosed: () => {},
      },
      ...(certificate ? { certificate } : {}),
    });
  }

  #onDatagram(data: Buffer, host: string, port: number): void {
    // Keep-alives and strays shorter than any SIP message are no reason to start a parser.
    if (data.length < 20) return;
    const { bindHost } = this;
    this.#receive(data, { protocol: 'udp', host, port, localHost: bindHost, localPort: this.port });
  }

  #onStreamMessage(data: Buffer, connection: Connection, protocol: 'tcp' | 'tls'): void {
    const { host, port, id, localHost } = connection;
    const localPort = this.portFor(protocol);
    this.#receive(data, { protocol, host, port, connectionId: id, localHost, localPort });
  }

  #receive(data: Buffer, origin: Origin): void {
    if (this.#closed) return;
    const parsed = parseMessage(data, this.limits);
    if (!parsed.ok) {
      this.#refuse(parsed.error, origin);
      return;
    }
    const message = parsed.value;
    try {
      if (message.kind === 'response') this.#events?.onResponse(message, origin);
      else {
        markReceived(message, origin, this.#options.forceRport);
        this.#events?.onRequest(message, origin);
      }
    } catch (error) {
      // One bad call must not take the others with it; the stack's user hears of it in the log.
      this.#options.logger.error({ error: String(error) }, 'Handling a SIP message failed.');
    }
  }

  /** 400 and the like for a request that can be answered at all, and only so many in a second. */
  #refuse(error: ParseError, origin: Origin): void {
    this.#options.logger.debug({ reason: error.reason, host: origin.host }, 'Malformed SIP.');
    if (!error.answerable || !this.#mayAnswer()) return;
    markReceived(error.answerable, origin, this.#options.forceRport);
    const { answerable, status, reason } = error;
    this.respond(responseTo(answerable, status, { reason, toTag: newTag() }), origin);
  }

  #mayAnswer(): boolean {
    const now = this.#options.clock.now();
    if (now - this.#answersWindowAt >= 1_000) {
      this.#answersWindowAt = now;
      this.#answersInWindow = 0;
    }
    return ++this.#answersInWindow <= this.limits.malformedAnswersPerSecondMax;
  }
}

function portError(protocol: string, host: string, port: number, error: unknown): Error {
  const code = (error as { code?: string }).code ?? String(error);
  const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code})`;
  return new Error(`SIP port ${host}:${port}/${protocol} ${why}.`, { cause: error });
}
