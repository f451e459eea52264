import { Dialog } from '../dialog/dialog.ts';
import { cseqOf, type SipRequest, type SipResponse, toTagOf } from '../message.ts';
import type { ClientFailure } from '../transaction/context.ts';
import type { AnyClientTransaction } from '../transaction/layer.ts';
import type { Target } from '../transport/address.ts';
import { composed } from './compose.ts';
import type { AgentCore } from './core.ts';
import { Session } from './session.ts';
import type { MessageParts, SessionHandlers } from './types.ts';

export interface OutgoingHandlers {
  onProgress?(response: SipResponse): void;
  /** The call was answered and acknowledged; further branches of a fork are ended by themselves. */
  onAnswer(session: Session, response: SipResponse): void;
  /** 300-699, or no answer at all. Called once, and never after `onAnswer`. */
  onFailure(failure: SipResponse | ClientFailure): void;
  readonly session?: SessionHandlers;
  /** The body of the ACK, made from the 2xx, where the INVITE had no offer. */
  answerFor?(response: SipResponse): MessageParts;
}

/**
 * A call that we place.
 *
 *   calling --1xx--> ringing --2xx--> answered (a Session takes over)
 *      |               |  \--300-699, timeout--> failed
 *      \---cancel()----/---- 487 or a late 2xx, which is ended by BYE
 */
export class OutgoingCall {
  readonly request: SipRequest;
  readonly #core: AgentCore;
  readonly #handlers: OutgoingHandlers;
  readonly #early = new Map<string, Dialog>();
  readonly #sessions = new Map<string, Session>();
  #transaction: AnyClientTransaction | undefined;
  #heard = false;
  #cancelled = false;
  #done = false;

  constructor(request: SipRequest, core: AgentCore, handlers: OutgoingHandlers) {
    this.request = request;
    this.#core = core;
    this.#handlers = handlers;
  }

  start(target: Target | undefined): void {
    this.#transaction = this.#core.sendRequest(this.request, target, {
      onResponse: (response) => this.#onResponse(response),
      onFailure: (failure) => this.#fail(failure),
      onTerminated: () => {},
    });
  }

  /** Gives up. A CANCEL waits for the first provisional response (RFC 3261 section 9.1). */
  cancel(): void {
    if (this.#done || this.#cancelled) return;
    this.#cancelled = true;
    if (this.#heard && this.#transaction) this.#core.cancel(this.#transaction);
  }

  #onResponse(response: SipResponse): void {
    if (response.status < 200) this.#progress(response);
    else if (response.status < 300) this.#answer(response);
    else this.#fail(response);
  }

  #progress(response: SipResponse): void {
    const first = !this.#heard;
    this.#heard = true;
    if (first && this.#cancelled && this.#transaction) this.#core.cancel(this.#transaction);
    if (response.headers.has('rseq')) this.#prack(response);
    if (response.status > 100) this.#handlers.onProgress?.(response);
  }

  /** RFC 3262 section 4: a reliable provisional response is acknowledged, each in its own dialog. */
  #prack(response: SipResponse): void {
    const tag = toTagOf(response);
    if (tag === undefined) return;
    const dialog =
      this.#early.get(tag) ?? Dialog.ofClient(this.request, response, this.#protocol());
    this.#early.set(tag, dialog);
    const rack = `${response.headers.get('rseq')} ${response.headers.get('cseq')}`;
    const prack = dialog.request('PRACK', [['RAck', rack]]);
    const ignore = { onResponse() {}, onFailure() {}, onTerminated() {} };
    this.#core.sendRequest(prack, dialog.targetOf(prack), ignore);
  }

  #answer(response: SipResponse): void {
    const tag = toTagOf(response) ?? '';
    const known = this.#sessions.get(tag);
    if (known) {
      known.acknowledgeAgain();
      return;
    }
    const session = new Session(this.#dialogOf(tag, response), this.#core, this.#handlers.session);
    this.#sessions.set(tag, session);
    session.acknowledge(response, this.#handlers.answerFor?.(response));
    // Section 13.2.2.4: one branch of a fork is kept; the others, and a cancelled one, get BYE.
    if (this.#done || this.#cancelled) {
      session.handle({});
      session.bye();
      if (!this.#done) this.#fail('timeout');
      return;
    }
    this.#done = true;
    this.#handlers.onAnswer(session, response);
  }

  #dialogOf(tag: string, response: SipResponse): Dialog {
    const early = this.#early.get(tag);
    if (!early) return Dialog.ofClient(this.request, response, this.#protocol());
    early.confirm(response);
    early.localSeq = Math.max(early.localSeq, cseqOf(this.request)?.seq ?? 0);
    return early;
  }

  #protocol() {
    return this.#transaction?.target.protocol ?? 'udp';
  }

  #fail(failure: SipResponse | ClientFailure): void {
    if (this.#done) return;
    this.#done = true;
    this.#handlers.onFailure(failure);
  }
}

/** Headers that a request outside any dialog needs (RFC 3261 section 8.1.1). */
export function outsideHeaders(
  method: string,
  identity: { from: string; to: string; callId: string; tag: string },
  parts: MessageParts | undefined,
  contact: [string, string],
): { headers: [string, string][]; body: string } {
  return composed(parts, [
    ['Max-Forwards', '70'],
    ['From', `${identity.from};tag=${identity.tag}`],
    ['To', identity.to],
    ['Call-ID', identity.callId],
    ['CSeq', `1 ${method}`],
    contact,
  ]);
}
