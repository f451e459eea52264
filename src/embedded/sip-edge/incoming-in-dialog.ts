import { newUuid } from '../../lib/ids.ts';
import {
  type AnyServerTransaction,
  cseqOf,
  newTag,
  type Origin,
  responseTo,
  type SipRequest,
} from '../sip/index.ts';
import { type EdgeContext, heard, type NetTransaction } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import { endDialog } from './ending.ts';
import { forgetNet, rememberNet } from './net-transactions.ts';
import { armSessionTimer, sessionExpiresOf } from './session-timer.ts';
import { sipToClient } from './wire.ts';

/** A client has this long to answer a request in a dialog before the stack does it. */
const UNANSWERED_MS_MAX = 32_000;
const SESSION_EXPIRES_S_MIN = 90;

/** Requests in a dialog that is not stable yet and that make sense without one as well. */
const ALSO_OUTSIDE = new Set(['NOTIFY', 'OPTIONS', 'INFO', 'MESSAGE', 'PUBLISH', 'SUBSCRIBE']);

/** Requests from the network inside a dialog of ours. */
export class InDialogRequests {
  readonly #context: EdgeContext;

  constructor(context: EdgeContext) {
    this.#context = context;
  }

  /** False if the request is to be treated as one outside any dialog. */
  onRequest(transaction: AnyServerTransaction, dialog: EdgeDialog): boolean {
    const { request } = transaction;
    if (request.method === 'PRACK') {
      this.#onPrack(transaction, dialog);
      return true;
    }
    if (!dialog.stable && ALSO_OUTSIDE.has(request.method)) return false;
    // Sofia lets numbers go backwards (section 12.2.2 would have 500), and late UDP packets gain by it.
    dialog.dialog.acceptSequence(request);
    if (request.method === 'UPDATE' && !dialog.stable) this.#onEarlyUpdate(transaction, dialog);
    else if (!this.#refusesTimer(transaction, dialog)) this.#route(transaction, dialog);
    return true;
  }

  onAck(ack: SipRequest, origin: Origin, dialog: EdgeDialog): void {
    const { context } = this;
    dialog.retransmitter?.stop();
    const first = context.net.get(dialog.transactionId);
    const { raw, meta } = heard(context, ack, origin);
    const transactionId = first ? dialog.transactionId : newUuid();
    if (first) forgetNet(context, first);
    dialog.client.send(sipToClient(meta, transactionId, dialog.id, raw));
  }

  private get context(): EdgeContext {
    return this.#context;
  }

  #route(transaction: AnyServerTransaction, dialog: EdgeDialog): void {
    const { context } = this;
    const { request } = transaction;
    const ends = request.method === 'BYE' || isLastNotify(request, dialog);
    if (request.method === 'INVITE' || request.method === 'UPDATE') {
      dialog.dialog.refreshTarget(request);
    }
    if (!dialog.client.connected || (!dialog.stable && request.method !== 'BYE')) {
      // The dialog's client is gone, and drachtio gives its dialogs to no other.
      transaction.respond(responseTo(request, 481));
      if (ends) endDialog(context, dialog);
      return;
    }
    const net: NetTransaction = {
      id: newUuid(),
      transaction,
      client: dialog.client,
      toTag: dialog.dialog.localTag,
      dialog,
      inDialog: true,
    };
    rememberNet(context, net);
    net.deadline = context.clock.after(UNANSWERED_MS_MAX, () => {
      transaction.respond(responseTo(request, 500));
      forgetNet(context, net);
    });
    const { raw, meta } = heard(context, request, transaction.origin);
    dialog.client.send(sipToClient(meta, net.id, dialog.id, raw));
    if (request.method === 'BYE') context.cdr.stop('network', 'normal-release', request);
    if (ends) endDialog(context, dialog);
  }

  /** RFC 4028 section 6: an interval below our minimum is refused; else the timer starts anew. */
  #refusesTimer(transaction: AnyServerTransaction, dialog: EdgeDialog): boolean {
    const { request } = transaction;
    if (request.method !== 'INVITE' && request.method !== 'UPDATE') return false;
    const wanted = sessionExpiresOf(request);
    if (wanted && wanted.seconds < SESSION_EXPIRES_S_MIN) {
      const headers: [string, string][] = [['Min-SE', String(SESSION_EXPIRES_S_MIN)]];
      transaction.respond(responseTo(request, 422, { headers }));
      return true;
    }
    // Whoever does not say who refreshes leaves it to us, as with drachtio.
    if (wanted) armSessionTimer(this.context, dialog, wanted.seconds, wanted.refresher !== 'uac');
    return false;
  }

  /** RFC 3311 section 5.2: only one offer at a time before the call is answered. */
  #onEarlyUpdate(transaction: AnyServerTransaction, dialog: EdgeDialog): void {
    const { context } = this;
    if (dialog.earlyUpdate || !dialog.client.connected) {
      transaction.respond(responseTo(transaction.request, dialog.earlyUpdate ? 500 : 481));
      return;
    }
    dialog.earlyUpdate = transaction;
    dialog.dialog.refreshTarget(transaction.request);
    const { raw, meta } = heard(context, transaction.request, transaction.origin);
    dialog.client.send(sipToClient(meta, dialog.transactionId, dialog.id, raw));
  }

  /** RFC 3262 section 3: a PRACK that matches no response of ours gets 481. */
  #onPrack(transaction: AnyServerTransaction, dialog: EdgeDialog): void {
    const { context } = this;
    const { request } = transaction;
    const { reliable } = dialog;
    const invite = context.net.get(dialog.transactionId)?.transaction.request;
    const expected = `${reliable?.rseq} ${invite && cseqOf(invite)?.seq} INVITE`;
    const rack = request.headers.get('rack')?.trim().replace(/\s+/g, ' ');
    if (!reliable || rack !== expected || !dialog.client.connected) {
      transaction.respond(responseTo(request, 481, { toTag: newTag() }));
      return;
    }
    dialog.dialog.acceptSequence(request);
    reliable.retransmitter.stop();
    delete dialog.reliable;
    const net: NetTransaction = {
      id: newUuid(),
      transaction,
      client: dialog.client,
      toTag: dialog.dialog.localTag,
      dialog,
      inDialog: true,
    };
    rememberNet(context, net);
    // A client that does not answer the PRACK (drachtio-srf does) must not hold up the call.
    net.deadline = context.clock.after(UNANSWERED_MS_MAX, () => {
      transaction.respond(responseTo(request, 200));
      forgetNet(context, net);
    });
    const { raw, meta } = heard(context, request, transaction.origin);
    dialog.client.send(sipToClient(meta, net.id, dialog.id, raw));
    reliable.heldFinal?.();
  }
}

/** The NOTIFY that ends a subscription ends its dialog (RFC 6665 section 4.4.1). */
function isLastNotify(request: SipRequest, dialog: EdgeDialog): boolean {
  const state = request.headers.get('subscription-state') ?? '';
  return (
    request.method === 'NOTIFY' && dialog.method === 'SUBSCRIBE' && /^\s*terminated/i.test(state)
  );
}
