import {
  type ClientEvents,
  type ClientFailure,
  cseqOf,
  Dialog,
  newTag,
  responseTo,
  type SipRequest,
  type SipResponse,
  type Target,
  toTagOf,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import { type AppTransaction, type EdgeContext, heard, madeUp } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import { endDialog } from './ending.ts';
import { targetOfCallee } from './nat.ts';
import { armSessionTimer, sessionExpiresOf } from './session-timer.ts';
import { armSubscription } from './subscriptions.ts';
import { sipToClient } from './wire.ts';

/** Responses from the network to requests of clients. */
export class NetworkResponses {
  readonly #context: EdgeContext;

  constructor(context: EdgeContext) {
    this.#context = context;
  }

  /** The events of a client's transaction, which is looked up anew each time: it may be gone. */
  eventsOf(id: string): ClientEvents {
    return {
      onResponse: (response) => {
        const app = this.#context.app.get(id);
        if (app) this.#onResponse(app, response);
      },
      onFailure: (failure) => {
        const app = this.#context.app.get(id);
        if (app) this.#onFailure(app, failure);
      },
      onTerminated: () => {
        const dialog = this.#context.app.get(id)?.dialog;
        this.#context.app.delete(id);
        // An early dialog whose INVITE ended without any final answer has nothing left to live for.
        const initial = dialog?.transactionId === id;
        if (initial && !dialog.stable) this.#context.dialogs.remove(dialog);
      },
    };
  }

  private get context(): EdgeContext {
    return this.#context;
  }

  #onResponse(app: AppTransaction, response: SipResponse): void {
    const first = !app.heard;
    app.heard = true;
    if (first && response.status < 200) app.heldCancel?.();
    // Sofia keeps 100 Trying to itself.
    if (response.status === 100) return;
    const { method } = app.transaction.request;
    if (method === 'INVITE' || method === 'SUBSCRIBE') {
      if (this.#isOrphan(app, response)) {
        this.#endFork(app.transaction.request, response, app.transaction.target);
        return;
      }
      if (this.#absorbs(app, response)) return;
      if (app.dialog) this.#learn(app, app.dialog, response);
    }
    this.#tell(app, response, app.transaction.target);
    this.#settle(app, response);
  }

  /** Timeouts and unreachable peers look to the client like responses (RFC 3261 section 8.1.3.1). */
  #onFailure(app: AppTransaction, failure: ClientFailure): void {
    const { request } = app.transaction;
    const status = failure === 'timeout' ? 408 : 503;
    const response = responseTo(request, status, { toTag: newTag() });
    this.#tell(app, response, undefined);
    this.#settle(app, response);
  }

  /** A client is gone: what rings for it stops ringing. */
  onClientGone(client: Client): void {
    for (const app of this.context.app.values()) {
      const { request } = app.transaction;
      const rings = app.dialog?.transactionId === app.id && !app.dialog.stable;
      if (app.client !== client || request.method !== 'INVITE' || !rings) continue;
      const cancel = () => void this.context.layer.cancel(app.transaction);
      if (app.heard) cancel();
      else app.heldCancel ??= cancel;
    }
  }

  /** An answer for a client that is gone: nobody would ever acknowledge it. */
  #isOrphan(app: AppTransaction, response: SipResponse): boolean {
    const initial = app.id === app.dialog?.transactionId;
    const success = response.status >= 200 && response.status < 300;
    const invite = app.transaction.request.method === 'INVITE';
    return invite && initial && success && !app.client.connected && !app.dialog?.stable;
  }

  /** 2xx that come again, and those of other branches of a fork, are the stack's business. */
  #absorbs(app: AppTransaction, response: SipResponse): boolean {
    const { dialog, transaction } = app;
    if (transaction.request.method !== 'INVITE' || response.status < 200 || response.status > 299) {
      return false;
    }
    if (!dialog) return false;
    const { remoteTag } = dialog.dialog;
    const answered = dialog.stable && dialog.ackSeq >= (cseqOf(response)?.seq ?? 0);
    const mine = remoteTag === (toTagOf(response) ?? '');
    if (dialog.stable && !mine) {
      this.#endFork(transaction.request, response, transaction.target);
      return true;
    }
    if (dialog.lastAck?.seq === cseqOf(response)?.seq) {
      this.#ackAgain(dialog);
      return true;
    }
    // The client has been told and has not given its ACK yet: it need not hear it twice.
    return answered && dialog.status >= 200 && app.heard && this.#told.has(app);
  }

  /** Transactions whose 2xx the client has been told of. */
  readonly #told = new WeakSet<AppTransaction>();

  #learn(app: AppTransaction, dialog: EdgeDialog, response: SipResponse): void {
    const initial = app.id === dialog.transactionId;
    const { status } = response;
    if (status >= 200 && status < 300) this.#told.add(app);
    if (!initial) {
      if (status >= 200 && status < 300) dialog.dialog.refreshTarget(response);
      return;
    }
    dialog.status = status;
    const reliable = status < 200 && response.headers.has('rseq');
    if (!reliable && (status < 200 || status > 299)) return;
    dialog.dialog.learnRemote(response);
    dialog.dialog.override = targetOfCallee(response, app.transaction.target, dialog.dialog);
    if (status < 200) return;
    dialog.stable = true;
    dialog.dialog.state = 'confirmed';
  }

  /** Without an origin: a response that the stack made up, of no bytes and from nowhere. */
  #tell(app: AppTransaction, response: SipResponse, origin: Target | undefined): void {
    const { protocol } = app.transaction.target;
    const { raw, meta } = origin
      ? heard(this.context, response, origin)
      : madeUp(this.context, response, protocol);
    app.client.send(sipToClient(meta, app.id, app.dialog?.id ?? '', raw));
  }

  #settle(app: AppTransaction, response: SipResponse): void {
    const { context } = this;
    const { status } = response;
    const { dialog } = app;
    const { method } = app.transaction.request;
    if (status < 200) return;
    if (dialog && method === 'SUBSCRIBE' && status < 300)
      armSubscription(context, dialog, response);
    if (method === 'INVITE' && dialog) this.#settleInvite(app, dialog, response);
    else if (method === 'BYE' && dialog) {
      // A challenged BYE is sent again by the client, in the same dialog.
      if (status !== 401 && status !== 407) endDialog(context, dialog);
    } else if (dialog && !dialog.stable && status >= 300) context.dialogs.remove(dialog);
    else if (dialog && isLastNotify(app.transaction.request, dialog)) endDialog(context, dialog);
    if (method !== 'INVITE') context.app.delete(app.id);
  }

  #settleInvite(app: AppTransaction, dialog: EdgeDialog, response: SipResponse): void {
    const { context } = this;
    const initial = app.id === dialog.transactionId;
    if (!initial) delete dialog.pendingInvite;
    if (response.status >= 300) {
      if (!initial) return;
      const reason = response.status === 487 ? 'call-canceled' : 'call-rejected';
      context.cdr.stop('network', reason, response);
      context.dialogs.remove(dialog);
      return;
    }
    const timer = sessionExpiresOf(response);
    if (timer) armSessionTimer(context, dialog, timer.seconds, timer.refresher !== 'uas');
    if (initial) context.cdr.start('network', 'uac', response);
  }

  #ackAgain(dialog: EdgeDialog): void {
    const { lastAck } = dialog;
    if (!lastAck) return;
    const again = { ...lastAck.request, headers: lastAck.request.headers.clone() };
    // The very same message, Via and all: it is retransmitted, not made anew.
    this.context.layer.transport.send(again, lastAck.target);
  }

  /** Another branch of a fork was answered too: acknowledged, and ended at once (section 13.2.2.4). */
  #endFork(invite: SipRequest, response: SipResponse, target: Target): void {
    const branch = Dialog.ofClient(invite, response, target.protocol);
    const ack = branch.ack(cseqOf(response)?.seq ?? 0);
    const hop = branch.targetOf(ack);
    if (!hop) return;
    this.context.layer.sendAck(ack, hop);
    const bye = branch.request('BYE');
    this.context.layer.request(bye, hop, { onResponse() {}, onFailure() {}, onTerminated() {} });
  }
}

function isLastNotify(request: SipRequest, dialog: EdgeDialog): boolean {
  const state = request.headers.get('subscription-state') ?? '';
  return (
    request.method === 'NOTIFY' && dialog.method === 'SUBSCRIBE' && /^\s*terminated/i.test(state)
  );
}
