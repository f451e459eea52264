import { systemClock } from '../../../lib/clock.ts';
import { newUuid } from '../../../lib/ids.ts';
import { silentLogger } from '../../../lib/log.ts';
import { err, ok } from '../../../lib/result.ts';
import { dialogKey } from '../dialog/dialog.ts';
import {
  callIdOf,
  fromTagOf,
  newRequest,
  responseTo,
  type SipRequest,
  toTagOf,
} from '../message.ts';
import { newTag } from '../tag.ts';
import { type AnyServerTransaction, TransactionLayer } from '../transaction/layer.ts';
import { InviteServerTransaction } from '../transaction/server-invite.ts';
import { defaultTimers, type TimerValues } from '../transaction/timers.ts';
import type { Target } from '../transport/address.ts';
import { nextHopUri, targetOfUri } from '../transport/routing.ts';
import { SipTransport, type TransportOptions } from '../transport/transport.ts';
import type { AgentCore, DialogUser } from './core.ts';
import { IncomingCall } from './incoming-call.ts';
import { OutgoingCall, type OutgoingHandlers, outsideHeaders } from './outgoing-call.ts';
import type { MessageParts, Outcome } from './types.ts';

export interface UserAgentOptions extends Partial<TransportOptions> {
  readonly host: string;
  readonly port: number;
  readonly timers?: TimerValues;
  /** The user part of our Contact. */
  readonly user?: string;
  /** A call for us. Without this handler every INVITE gets 404. */
  onInvite?(call: IncomingCall): void;
  /** A request outside any dialog but INVITE. Default: OPTIONS 200, others 405. */
  onRequest?(transaction: AnyServerTransaction): void;
}

export interface OutgoingParts extends MessageParts {
  /** Name-addr without tag; our Contact unless told otherwise. */
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  /** Sends there instead of where Route or Request-URI point. */
  readonly target?: Target;
}

const METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, MESSAGE';

/** A whole SIP user agent: transport, transactions, dialogs, calls. One per address. */
export class UserAgent {
  readonly layer: TransactionLayer;
  readonly #options: UserAgentOptions;
  readonly #timers: TimerValues;
  readonly #dialogs = new Map<string, DialogUser>();
  /** Weak: an entry lives as long as the layer keeps the transaction that can still be cancelled. */
  readonly #calls = new WeakMap<InviteServerTransaction, IncomingCall>();
  readonly #core: AgentCore;

  private constructor(layer: TransactionLayer, options: UserAgentOptions) {
    this.layer = layer;
    this.#options = options;
    this.#timers = options.timers ?? defaultTimers;
    this.#core = this.#makeCore();
    layer.start({
      onRequest: (transaction) => this.#onRequest(transaction),
      onAck: (ack) => this.#findDialog(ack)?.receiveAck(ack),
      onCancel: (transaction, cancel) => this.#calls.get(transaction)?.cancelled(cancel),
    });
  }

  /** Binds UDP and TCP. Fails with an error that names the port if it is in use. */
  static async open(options: UserAgentOptions): Promise<UserAgent> {
    const clock = options.clock ?? systemClock;
    const logger = options.logger ?? silentLogger;
    const transport = await SipTransport.open({ ...options, clock, logger });
    const timers = options.timers ?? defaultTimers;
    return new UserAgent(new TransactionLayer({ transport, clock, logger, timers }), options);
  }

  get port(): number {
    return this.layer.transport.port;
  }

  get host(): string {
    return this.layer.transport.host;
  }

  get contact(): string {
    const user = this.#options.user === undefined ? '' : `${this.#options.user}@`;
    return `<sip:${user}${this.host}:${this.port}>`;
  }

  get dialogCount(): number {
    return this.#dialogs.size;
  }

  /** Places a call. */
  invite(uri: string, parts: OutgoingParts, handlers: OutgoingHandlers): OutgoingCall {
    const request = this.#outside('INVITE', uri, parts);
    const call = new OutgoingCall(request, this.#core, handlers);
    call.start(parts.target ?? targetOfUri(nextHopUri(request)));
    return call;
  }

  /** Sends a request outside any dialog and waits for its final response. */
  request(method: string, uri: string, parts: OutgoingParts = {}): Promise<Outcome> {
    const request = this.#outside(method, uri, parts);
    const target = parts.target ?? targetOfUri(nextHopUri(request));
    return new Promise((resolve) => {
      this.#core.sendRequest(request, target, {
        onResponse: (response) => {
          if (response.status >= 200) resolve(ok(response));
        },
        onFailure: (failure) => resolve(err(failure)),
        onTerminated: () => {},
      });
    });
  }

  /** Ends everything without a word to the peers; say `bye` to the sessions before, if they should know. */
  close(): Promise<void> {
    for (const user of [...this.#dialogs.values()]) user.stop();
    return this.layer.close();
  }

  #outside(method: string, uri: string, parts: OutgoingParts): SipRequest {
    const from = parts.from ?? this.contact;
    const to = parts.to ?? `<${uri}>`;
    const identity = { from, to, callId: parts.callId ?? newUuid(), tag: newTag() };
    const { headers, body } = outsideHeaders(method, identity, parts, ['Contact', this.contact]);
    const request = newRequest(method, uri, [], body);
    // What the caller gives replaces what was made up; Route and the like may come several times.
    const seen = new Set<string>();
    for (const [name, value] of headers) {
      const single = /^(max-forwards|from|to|call-id|cseq|contact)$/i.test(name);
      if (single && seen.has(name.toLowerCase())) request.headers.set(name, value);
      else request.headers.add(name, value);
      seen.add(name.toLowerCase());
    }
    return request;
  }

  #onRequest(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    if (toTagOf(request) !== undefined) this.#onDialogRequest(transaction);
    else if (transaction instanceof InviteServerTransaction) this.#onInvite(transaction);
    else if (this.#options.onRequest) this.#options.onRequest(transaction);
    else {
      const status = request.method === 'OPTIONS' ? 200 : 405;
      const headers: [string, string][] = [['Allow', METHODS]];
      transaction.respond(responseTo(request, status, { toTag: newTag(), headers }));
    }
  }

  #onDialogRequest(transaction: AnyServerTransaction): void {
    const user = this.#findDialog(transaction.request);
    if (user) user.receive(transaction);
    else transaction.respond(responseTo(transaction.request, 481));
  }

  #onInvite(transaction: InviteServerTransaction): void {
    if (!this.#options.onInvite) {
      transaction.respond(responseTo(transaction.request, 404, { toTag: newTag() }));
      return;
    }
    const call = new IncomingCall(transaction, this.#core);
    this.#calls.set(transaction, call);
    this.#options.onInvite(call);
  }

  #findDialog(request: SipRequest): DialogUser | undefined {
    const key = dialogKey(callIdOf(request), toTagOf(request) ?? '', fromTagOf(request) ?? '');
    return this.#dialogs.get(key);
  }

  #makeCore(): AgentCore {
    return {
      clock: this.#options.clock ?? systemClock,
      timers: this.#timers,
      contactHeader: () => ['Contact', this.contact],
      addDialog: (id, user) => this.#dialogs.set(id, user),
      removeDialog: (id) => this.#dialogs.delete(id),
      sendRequest: (request, target, events) => {
        if (target) return this.layer.request(request, target, events);
        setImmediate(() => events.onFailure('transport'));
        return undefined;
      },
      sendAck: (ack, target) => this.layer.sendAck(ack, target),
      cancel: (invite) => this.layer.cancel(invite),
    };
  }
}
