import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Logger } from '../../lib/log.ts';
import {
  type ClientMessage,
  DRACHTIO_VERSION,
  FrameReader,
  frame,
  parseClientMessage,
  responseToClient,
} from './wire.ts';

/** A client that does not read is let go at this many unsent bytes. */
const UNSENT_BYTES_MAX = 16_777_216;
/** How long a client that was let go may take to read the last word. */
const LINGER_MS = 2_000;
/** A connection must prove itself within this time. */
const AUTHENTICATE_MS_MAX = 10_000;

export interface ClientHost {
  readonly secret: string;
  readonly logger: Logger;
  hostports(): string;
  onRoute(client: Client, verb: string): void;
  onRemoveRoute(client: Client): void;
  onSip(client: Client, message: ClientMessage): void;
  onProxy(client: Client, message: ClientMessage): void;
  onGone(client: Client): void;
}

/**
 * One application that is connected to us.
 *
 *   connected --authenticate, right secret--> authenticated --close, garbage--> gone
 *        \--wrong secret, garbage, too late---------------------------------> gone
 */
export class Client {
  readonly #socket: Socket;
  readonly #host: ClientHost;
  readonly #reader = new FrameReader();
  readonly #deadline: NodeJS.Timeout;
  #state: 'connected' | 'authenticated' | 'gone' = 'connected';
  tags: readonly string[] = [];

  constructor(socket: Socket, host: ClientHost) {
    this.#socket = socket;
    this.#host = host;
    this.#deadline = setTimeout(() => this.close(), AUTHENTICATE_MS_MAX);
    this.#deadline.unref();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 45_000);
    socket.on('data', (chunk) => this.#heard(chunk));
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  get connected(): boolean {
    return this.#state !== 'gone';
  }

  send(text: string): void {
    if (this.#state === 'gone') return;
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) {
      this.#host.logger.warn({}, 'A drachtio client does not read and is disconnected.');
      this.close();
      return;
    }
    this.#socket.write(frame(text));
  }

  reply(message: ClientMessage, outcome: 'OK' | 'NO' | 'NOK', text?: string): void {
    this.send(responseToClient(message.id, outcome, text));
  }

  close(): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    clearTimeout(this.#deadline);
    // A refusal that was just written should still arrive.
    this.#socket.end(() => this.#socket.destroy());
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
    this.#host.onGone(this);
  }

  #heard(chunk: Buffer): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) {
      this.#host.logger.warn({ reason: read.error }, 'A drachtio client sent garbage.');
      this.close();
      return;
    }
    for (const text of read.value) {
      if (this.#state === 'gone') return;
      const message = parseClientMessage(text);
      if (message) this.#handle(message);
      else this.close();
    }
  }

  #handle(message: ClientMessage): void {
    if (message.type === 'authenticate') this.#authenticate(message);
    else if (this.#state !== 'authenticated') this.#refuse(message, 'not authenticated');
    else this.#dispatch(message);
  }

  #dispatch(message: ClientMessage): void {
    switch (message.type) {
      case 'ping':
        this.reply(message, 'OK', 'pong');
        return;
      case 'route':
        this.#host.onRoute(this, message.tokens[0] ?? '');
        this.reply(message, 'OK');
        return;
      case 'remove_route':
        this.#host.onRemoveRoute(this);
        this.reply(message, 'OK');
        return;
      case 'sip':
        this.#host.onSip(this, message);
        return;
      case 'proxy':
        this.#host.onProxy(this, message);
        return;
      default:
        this.#refuse(message, 'Unknown message type');
    }
  }

  #authenticate(message: ClientMessage): void {
    const [secret = '', tags = ''] = message.tokens;
    if (!sameSecret(secret, this.#host.secret)) {
      this.#host.logger.warn({}, 'A drachtio client gave a wrong secret.');
      this.#refuse(message, 'incorrect secret');
      return;
    }
    clearTimeout(this.#deadline);
    this.#state = 'authenticated';
    this.tags = tags.split(',').filter((tag) => tag !== '');
    const hostports = this.#host.hostports();
    this.reply(message, 'OK', `${hostports}|${DRACHTIO_VERSION}|${hostports}`);
  }

  #refuse(message: ClientMessage, reason: string): void {
    this.reply(message, 'NO', reason);
    this.close();
  }
}

/** Compares in a time that does not tell how much of the secret was right. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
