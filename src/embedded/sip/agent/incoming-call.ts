import { Dialog } from '../dialog/dialog.ts';
import { Retransmitter } from '../dialog/retransmitter.ts';
import { cseqOf, responseTo, type SipRequest } from '../message.ts';
import { newTag } from '../tag.ts';
import type { AnyServerTransaction } from '../transaction/layer.ts';
import type { InviteServerTransaction } from '../transaction/server-invite.ts';
import { composed } from './compose.ts';
import type { AgentCore } from './core.ts';
import { Session } from './session.ts';
import type { MessageParts, SessionHandlers } from './types.ts';

/**
 * An INVITE that wants to become a call.
 *
 *   ringing --accept()--> answered (a Session takes over)
 *      |  \--reject()---> over
 *      \--CANCEL: 487---> over (onCancel)
 */
export class IncomingCall {
  readonly request: SipRequest;
  readonly transaction: InviteServerTransaction;
  readonly localTag: string = newTag();
  onCancel: (cancel: SipRequest) => void = () => {};
  readonly #core: AgentCore;
  #over = false;
  #earlyId: string | undefined;
  #rseq = Math.ceil(Math.random() * 1_000);
  #reliable: Retransmitter | undefined;
  #acknowledged: (() => void) | undefined;

  constructor(transaction: InviteServerTransaction, core: AgentCore) {
    this.request = transaction.request;
    this.transaction = transaction;
    this.#core = core;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Sends a provisional response: 180, or 183 with a body for early media. */
  progress(status: number, parts?: MessageParts): void {
    if (this.#over) return;
    const response = this.#response(status, parts);
    // RFC 3261 section 12.1: 100 alone begins no dialog.
    if (status > 100) this.#rememberEarly(response);
    this.transaction.respond(response);
  }

  /**
   * A provisional response that is sure to arrive (RFC 3262). Resolves at its PRACK, with false if the
   * peer cannot do it (then it went out unreliably) or none came.
   */
  progressReliably(status: number, parts?: MessageParts): Promise<boolean> {
    const { headers } = this.request;
    const able = [...headers.tokens('supported'), ...headers.tokens('require')].includes('100rel');
    if (this.#over || !able || this.#reliable?.running) {
      this.progress(status, parts);
      return Promise.resolve(false);
    }
    const response = this.#response(status, parts);
    response.headers.set('Require', '100rel').set('RSeq', String(++this.#rseq));
    this.#rememberEarly(response);
    this.transaction.respond(response);
    return new Promise((resolve) => {
      this.#acknowledged = () => resolve(true);
      this.#reliable = new Retransmitter(
        this.#core.clock,
        this.#core.timers,
        '1xx',
        () => this.transaction.respond(response),
        () => {
          resolve(false);
          // RFC 3262 section 3: without PRACK the INVITE is refused with a 5xx.
          this.reject(504);
        },
      );
    });
  }

  /** Answers with 200 and hands the call to a session. undefined if the caller was faster to leave. */
  accept(parts: MessageParts, handlers?: SessionHandlers): Session | undefined {
    if (this.#over || this.transaction.state !== 'proceeding') return undefined;
    this.#finish();
    const response = this.#response(200, parts);
    const dialog = Dialog.ofServer(this.request, response, this.transaction.origin.protocol);
    const session = new Session(dialog, this.#core, handlers);
    session.sendAccepted(this.transaction, response);
    return session;
  }

  reject(status: number, parts?: MessageParts & { readonly reason?: string }): void {
    if (this.#over) return;
    this.#finish();
    const { headers, body } = composed(parts);
    const reason = parts?.reason === undefined ? {} : { reason: parts.reason };
    this.transaction.respond(
      responseTo(this.request, status, { toTag: this.localTag, headers, body, ...reason }),
    );
  }

  /** Called by the agent when the caller gives up: the answer is 487 (RFC 3261 section 9.2). */
  cancelled(cancel: SipRequest): void {
    if (this.#over) return;
    this.reject(487);
    this.onCancel(cancel);
  }

  /** Requests in the early dialog: PRACK, and UPDATE, which this agent does not negotiate early. */
  receive(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'PRACK') this.#receivePrack(transaction);
    else if (request.method === 'BYE') {
      // RFC 3261 section 15: a caller may end an early dialog by BYE; the INVITE then gets 487.
      transaction.respond(responseTo(request, 200));
      this.cancelled(request);
    } else transaction.respond(responseTo(request, request.method === 'UPDATE' ? 500 : 200));
  }

  receiveAck(): void {}

  stop(): void {
    this.#finish();
  }

  #receivePrack(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    const expected = `${this.#rseq} ${cseqOf(this.request)?.seq} INVITE`;
    const rack = request.headers.get('rack')?.replace(/\s+/g, ' ').trim();
    if (!this.#reliable?.running || rack !== expected) {
      transaction.respond(responseTo(request, 481));
      return;
    }
    this.#reliable.stop();
    transaction.respond(responseTo(request, 200));
    this.#acknowledged?.();
  }

  #response(status: number, parts?: MessageParts) {
    const { headers, body } = composed(parts, [this.#core.contactHeader()]);
    return responseTo(this.request, status, { toTag: this.localTag, headers, body });
  }

  #rememberEarly(response: ReturnType<typeof responseTo>): void {
    if (this.#earlyId !== undefined) return;
    this.#earlyId = Dialog.ofServer(this.request, response, 'udp').id;
    this.#core.addDialog(this.#earlyId, this);
  }

  #finish(): void {
    this.#over = true;
    this.#reliable?.stop();
    if (this.#earlyId !== undefined) this.#core.removeDialog(this.#earlyId);
  }
}
