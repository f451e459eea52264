import { err, ok } from '../../../lib/result.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { Retransmitter } from '../dialog/retransmitter.ts';
import { cseqOf, responseTo, type SipRequest, type SipResponse } from '../message.ts';
import type { AnyServerTransaction } from '../transaction/layer.ts';
import { composed } from './compose.ts';
import type { AgentCore } from './core.ts';
import type { EndCause, IncomingOffer, MessageParts, Outcome, SessionHandlers } from './types.ts';

/**
 * An answered call: one confirmed dialog and what may happen in it.
 *
 *   confirmed --bye(), BYE, no ACK, 408 or 481--> ended
 *
 * Offers exclude each other (RFC 3261 section 14): one that comes while ours is pending gets 491, one
 * that comes while another of the peer's is unanswered gets 500 with Retry-After.
 */
export class Session {
  readonly dialog: Dialog;
  readonly #core: AgentCore;
  #handlers: SessionHandlers;
  #ended = false;
  #localOffer = false;
  #remoteOffer = false;
  #retransmitter: Retransmitter | undefined;
  /** The ACK of our last INVITE, sent again whenever its 2xx comes again (section 13.2.2.4). */
  #lastAck: SipRequest | undefined;

  constructor(dialog: Dialog, core: AgentCore, handlers: SessionHandlers = {}) {
    this.dialog = dialog;
    this.#core = core;
    this.#handlers = handlers;
    core.addDialog(dialog.id, this);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sets or replaces the handlers. */
  handle(handlers: SessionHandlers): void {
    this.#handlers = handlers;
  }

  /** Ends the call. The session is over at once; the BYE goes its way. */
  bye(parts?: MessageParts): void {
    if (this.#ended) return;
    this.#sendBye(parts);
    this.#end({ by: 'local' });
  }

  /** Any request inside the dialog but INVITE and BYE: INFO, REFER, NOTIFY, UPDATE, MESSAGE, OPTIONS. */
  request(method: string, parts?: MessageParts): Promise<Outcome> {
    return this.#send(method, parts);
  }

  /** Offers a new session description; the ACK is sent by itself. 491 tells that the peer was faster. */
  async reinvite(parts: MessageParts): Promise<Outcome> {
    if (this.#localOffer || this.#remoteOffer) return ok(this.#pendingHere());
    this.#localOffer = true;
    const outcome = await this.#send('INVITE', parts);
    this.#localOffer = false;
    return outcome;
  }

  /** Acknowledges a 2xx to an INVITE of ours. The body is an answer if the INVITE had no offer. */
  acknowledge(response: SipResponse, parts?: MessageParts): void {
    const { headers, body } = composed(parts);
    const ack = this.dialog.ack(cseqOf(response)?.seq ?? 0, headers, body);
    this.#lastAck = ack;
    this.#transmitAck(ack);
  }

  /** The 2xx of our INVITE came again: so does its ACK. */
  acknowledgeAgain(): void {
    if (this.#lastAck) this.#transmitAck(this.#lastAck);
  }

  /** Sends a 2xx to an INVITE and sends it again until the ACK comes (section 13.3.1.4). */
  sendAccepted(transaction: AnyServerTransaction, response: SipResponse): void {
    transaction.respond(response);
    this.#retransmitter?.stop();
    this.#retransmitter = new Retransmitter(
      this.#core.clock,
      this.#core.timers,
      '2xx',
      () => transaction.respond(response),
      () => this.#noAck(),
    );
  }

  /** An ACK found this dialog. */
  receiveAck(ack: SipRequest): void {
    const first = this.#retransmitter?.running ?? false;
    this.#retransmitter?.stop();
    this.#remoteOffer = false;
    if (first) this.#handlers.onAck?.(ack);
  }

  /** A request found this dialog. */
  receive(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    if (this.dialog.acceptSequence(request) === 'old') {
      // Section 12.2.2: out of order is a server error, not a protocol one.
      transaction.respond(responseTo(request, 500));
    } else if (request.method === 'BYE') {
      transaction.respond(responseTo(request, 200));
      this.#end({ by: 'remote', request });
    } else if (request.method === 'INVITE' || request.method === 'UPDATE') {
      this.#receiveOffer(transaction);
    } else if (this.#handlers.onRequest) this.#handlers.onRequest(transaction);
    else transaction.respond(responseTo(request, request.method === 'REFER' ? 603 : 200));
  }

  stop(): void {
    this.#end({ by: 'local' });
  }

  #receiveOffer(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    if (this.#localOffer) {
      transaction.respond(responseTo(request, 491));
      return;
    }
    if (this.#remoteOffer) {
      const headers: [string, string][] = [['Retry-After', String(Math.ceil(Math.random() * 10))]];
      transaction.respond(responseTo(request, 500, { headers }));
      return;
    }
    this.dialog.refreshTarget(request);
    const handler =
      request.method === 'UPDATE'
        ? (this.#handlers.onUpdate ?? this.#handlers.onReinvite)
        : this.#handlers.onReinvite;
    this.#remoteOffer = true;
    const offer = this.#offerOf(transaction);
    if (handler) handler.call(this.#handlers, offer);
    else offer.reject(488);
  }

  #offerOf(transaction: AnyServerTransaction): IncomingOffer {
    const { request } = transaction;
    return {
      request,
      accept: (parts) => {
        const response = responseTo(request, 200, composed(parts, [this.#core.contactHeader()]));
        // A re-INVITE blocks further offers until its ACK, an UPDATE only until its answer.
        if (request.method === 'INVITE') this.sendAccepted(transaction, response);
        else transaction.respond(response);
        if (request.method !== 'INVITE') this.#remoteOffer = false;
      },
      reject: (status, parts) => {
        this.#remoteOffer = false;
        transaction.respond(responseTo(request, status, composed(parts)));
      },
    };
  }

  #send(method: string, parts?: MessageParts): Promise<Outcome> {
    if (this.#ended) return Promise.resolve(err('transport'));
    const contact = method === 'INVITE' || method === 'UPDATE' ? [this.#core.contactHeader()] : [];
    const { headers, body } = composed(parts, contact);
    const request = this.dialog.request(method, headers, body);
    return new Promise((resolve) => {
      this.#core.sendRequest(request, this.dialog.targetOf(request), {
        onResponse: (response) => this.#onResponse(method, response, resolve),
        onFailure: (failure) => {
          // Section 12.2.1.2: no answer at all inside a dialog ends it.
          if (failure === 'timeout') this.#fail('no answer inside the dialog');
          resolve(err(failure));
        },
        onTerminated: () => {},
      });
    });
  }

  #onResponse(method: string, response: SipResponse, resolve: (outcome: Outcome) => void): void {
    const { status } = response;
    if (status < 200) return;
    if (status < 300 && (method === 'INVITE' || method === 'UPDATE')) {
      this.dialog.refreshTarget(response);
    }
    // Every 2xx of an INVITE, repeated ones included, wants an ACK.
    if (status < 300 && method === 'INVITE') this.acknowledge(response);
    resolve(ok(response));
    if (status === 408 || status === 481) this.#fail(`${status} inside the dialog`);
  }

  #sendBye(parts?: MessageParts): void {
    const { headers, body } = composed(parts);
    const bye = this.dialog.request('BYE', headers, body);
    const ignore = { onResponse() {}, onFailure() {}, onTerminated() {} };
    this.#core.sendRequest(bye, this.dialog.targetOf(bye), ignore);
  }

  #transmitAck(ack: SipRequest): void {
    const target = this.dialog.targetOf(ack);
    // A retransmitted ACK is the same message: the Via of the first time must not pile up.
    const fresh = { ...ack, headers: ack.headers.clone() };
    if (target) this.#core.sendAck(fresh, target);
  }

  /** Section 13.3.1.4: without ACK the dialog is confirmed all the same, and ended by a BYE. */
  #noAck(): void {
    if (this.#ended) return;
    this.#sendBye();
    this.#end({ by: 'failure', reason: 'no ACK' });
  }

  #fail(reason: string): void {
    this.#end({ by: 'failure', reason });
  }

  #end(cause: EndCause): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#retransmitter?.stop();
    this.dialog.state = 'terminated';
    this.#core.removeDialog(this.dialog.id);
    this.#handlers.onEnd?.(cause);
  }

  /** What the peer would have answered, had we sent an offer into a pending one. */
  #pendingHere(): SipResponse {
    const request = this.dialog.ack(this.dialog.localSeq);
    return responseTo(request, 491);
  }
}
