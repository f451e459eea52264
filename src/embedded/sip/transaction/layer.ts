import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';
import { responseTo, type SipRequest, type SipResponse } from '../message.ts';
import { newTag } from '../tag.ts';
import type { Origin, Target } from '../transport/address.ts';
import { ourVia } from '../transport/routing.ts';
import type { SipTransport } from '../transport/transport.ts';
import { cancelFor, InviteClientTransaction } from './client-invite.ts';
import { ClientTransaction } from './client-other.ts';
import type { ClientEvents, ServerEvents, TransactionContext } from './context.ts';
import { clientKey, MAGIC_COOKIE, serverKey } from './keys.ts';
import { InviteServerTransaction } from './server-invite.ts';
import { ServerTransaction } from './server-other.ts';
import { defaultTimers, type TimerValues } from './timers.ts';

export type AnyClientTransaction = InviteClientTransaction | ClientTransaction;
export type AnyServerTransaction = InviteServerTransaction | ServerTransaction;

/** What the layer tells the user of the transactions (RFC 3261 section 5: the TU). */
export interface TransactionUser {
  /** A new request. For an INVITE, 100 Trying has been sent if `autoTrying` is on. */
  onRequest(transaction: AnyServerTransaction): void;
  /** The ACK to a 2xx: it is a transaction of its own and never answered. */
  onAck(ack: SipRequest, origin: Origin): void;
  /** A CANCEL for an INVITE that is still being worked on; the 200 to the CANCEL has been sent. */
  onCancel(transaction: InviteServerTransaction, cancel: SipRequest): void;
  /** A response that no transaction waits for, such as a 2xx after timer M. */
  onStrayResponse?(response: SipResponse, origin: Origin): void;
  /** A server transaction failed: a response could not be delivered, or no ACK came for a non-2xx. */
  onServerFailure?(transaction: AnyServerTransaction, failure: 'timeout' | 'transport'): void;
}

export interface LayerOptions {
  readonly transport: SipTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timers?: TimerValues;
  readonly autoTrying?: boolean;
}

/** Owns all transactions: matches what comes in, makes what goes out, forgets what has ended. */
export class TransactionLayer {
  readonly transport: SipTransport;
  readonly #context: TransactionContext;
  readonly #logger: Logger;
  readonly #autoTrying: boolean;
  readonly #clients = new Map<string, AnyClientTransaction>();
  readonly #servers = new Map<string, AnyServerTransaction>();
  #user: TransactionUser | undefined;
  #closed = false;

  constructor(options: LayerOptions) {
    this.transport = options.transport;
    this.#logger = options.logger;
    this.#autoTrying = options.autoTrying ?? true;
    this.#context = {
      clock: options.clock,
      timers: options.timers ?? defaultTimers,
      transport: options.transport,
    };
  }

  /** Starts to hand messages to the user. */
  start(user: TransactionUser): void {
    this.#user = user;
    this.transport.listen({
      onRequest: (request, origin) => this.#onRequest(request, origin),
      onResponse: (response, origin) => this.#onResponse(response, origin),
    });
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  get serverCount(): number {
    return this.#servers.size;
  }

  /**
   * Puts our Via on top of the request and sends it in a new client transaction. The branch is returned
   * inside the request's Via. At the limit of transactions the request fails like an unreachable peer.
   */
  request(request: SipRequest, target: Target, events: ClientEvents): AnyClientTransaction {
    request.headers.prepend('Via', this.#newVia(target));
    return this.#startClient(request, target, events);
  }

  /** Cancels an INVITE that was sent by {@link request} (RFC 3261 section 9.1). */
  cancel(
    invite: AnyClientTransaction,
    extraHeaders: Iterable<readonly [string, string]> = [],
  ): SipRequest {
    const cancel = this.cancelRequest(invite, extraHeaders);
    this.sendCancel(invite, cancel);
    return cancel;
  }

  /** The CANCEL of an INVITE, not sent yet: it may have to wait for the first provisional response. */
  cancelRequest(
    invite: AnyClientTransaction,
    extraHeaders: Iterable<readonly [string, string]> = [],
  ): SipRequest {
    const cancel = cancelFor(invite.request);
    for (const [name, value] of extraHeaders) cancel.headers.set(name, value);
    return cancel;
  }

  sendCancel(invite: AnyClientTransaction, cancel: SipRequest): void {
    this.#startClient(cancel, invite.target, ignoreClient);
    if (invite instanceof InviteClientTransaction) invite.expectEndAfterCancel();
  }

  /** Sends a request outside any transaction: the ACK to a 2xx. */
  sendAck(ack: SipRequest, target: Target, onFailed?: (error: Error) => void): void {
    ack.headers.prepend('Via', this.#newVia(target));
    this.transport.send(ack, target, onFailed);
  }

  /** Finds the INVITE that a CANCEL or a late event is about. */
  findInvite(request: SipRequest): InviteServerTransaction | undefined {
    const found = this.#servers.get(serverKey(request, 'INVITE'));
    return found instanceof InviteServerTransaction ? found : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) {
      transaction.terminate();
    }
    await this.transport.close();
  }

  #newVia(target: Target): string {
    const { host } = this.transport;
    const port = this.transport.portFor(target.protocol);
    return ourVia(target.protocol, host, port, MAGIC_COOKIE + randomBytes(12).toString('hex'));
  }

  #startClient(request: SipRequest, target: Target, events: ClientEvents): AnyClientTransaction {
    const key = clientKey(request) ?? '';
    const watched: ClientEvents = {
      onResponse: (response) => events.onResponse(response),
      onFailure: (failure) => events.onFailure(failure),
      onTerminated: () => {
        this.#clients.delete(key);
        events.onTerminated();
      },
    };
    const Kind = request.method === 'INVITE' ? InviteClientTransaction : ClientTransaction;
    const transaction = new Kind(request, target, this.#context, watched);
    const full = this.#clients.size >= this.transport.limits.transactionsMax;
    if (full) this.#logger.warn({ count: this.#clients.size }, 'Too many SIP client transactions.');
    if (full || this.#closed) {
      setImmediate(() => {
        events.onFailure('transport');
        events.onTerminated();
      });
      return transaction;
    }
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  #onResponse(response: SipResponse, origin: Origin): void {
    const transaction = this.#clients.get(clientKey(response) ?? '');
    if (transaction) transaction.receive(response);
    else this.#user?.onStrayResponse?.(response, origin);
  }

  #onRequest(request: SipRequest, origin: Origin): void {
    const known = this.#servers.get(serverKey(request));
    if (request.method === 'ACK') this.#onAck(request, origin, known);
    else if (known) known.receiveAgain();
    else if (this.#servers.size >= this.transport.limits.transactionsMax) {
      // RFC 3261 section 21.5.4, stateless: what cannot be remembered can still be refused.
      this.transport.respond(
        responseTo(request, 503, { toTag: newTag(), headers: [['Retry-After', '5']] }),
        origin,
      );
    } else if (request.method === 'CANCEL') this.#onCancel(request, origin);
    else this.#user?.onRequest(this.#startServer(request, origin));
  }

  #onAck(ack: SipRequest, origin: Origin, known: AnyServerTransaction | undefined): void {
    if (known instanceof InviteServerTransaction && known.receiveAck()) return;
    this.#user?.onAck(ack, origin);
  }

  /** RFC 3261 section 9.2: the CANCEL is answered by itself, the INVITE by its user. */
  #onCancel(cancel: SipRequest, origin: Origin): void {
    const invite = this.findInvite(cancel);
    const transaction = this.#startServer(cancel, origin);
    if (!invite) {
      transaction.respond(responseTo(cancel, 481, { toTag: newTag() }));
      return;
    }
    transaction.respond(responseTo(cancel, 200, { toTag: newTag() }));
    if (invite.state === 'proceeding') this.#user?.onCancel(invite, cancel);
  }

  #startServer(request: SipRequest, origin: Origin): AnyServerTransaction {
    const key = serverKey(request);
    const Kind = request.method === 'INVITE' ? InviteServerTransaction : ServerTransaction;
    const events: ServerEvents = {
      onFailure: (failure) => this.#user?.onServerFailure?.(transaction, failure),
      onTerminated: () => this.#servers.delete(key),
    };
    const transaction: AnyServerTransaction = new Kind(request, origin, this.#context, events);
    this.#servers.set(key, transaction);
    if (request.method === 'INVITE' && this.#autoTrying) {
      transaction.respond(responseTo(request, 100));
    }
    return transaction;
  }
}

const ignoreClient: ClientEvents = {
  onResponse: () => {},
  onFailure: () => {},
  onTerminated: () => {},
};
