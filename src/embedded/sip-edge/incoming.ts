import { newUuid } from '../../lib/ids.ts';
import {
  type AnyServerTransaction,
  callIdOf,
  fromTagOf,
  type InviteServerTransaction,
  newTag,
  type Origin,
  parseNameAddr,
  responseTo,
  type SipRequest,
  toTagOf,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import { type EdgeContext, heard, localAddress, type NetTransaction } from './context.ts';
import { dialogIdOf } from './dialogs.ts';
import type { InDialogRequests } from './incoming-in-dialog.ts';
import { forgetNet, rememberNet } from './net-transactions.ts';
import { sipToClient } from './wire.ts';

/** An application that never says a word about a new request has lost it: its sender is told so. */
const UNANSWERED_MS_MAX = 64_000;
/** A call that was announced (180) and never answered nor refused ends some day. */
const RINGING_MS_MAX = 3_600_000;

/** What clients may get outside a dialog; the rest is refused by the stack, as drachtio does. */
const ROUTED = new Set([
  'INVITE',
  'REGISTER',
  'MESSAGE',
  'OPTIONS',
  'INFO',
  'NOTIFY',
  'SUBSCRIBE',
  'PUBLISH',
]);

/** Requests from the network: into their dialog, or to the client whose turn it is. */
export class Incoming {
  readonly #context: EdgeContext;
  readonly #inDialog: InDialogRequests;

  constructor(context: EdgeContext, inDialog: InDialogRequests) {
    this.#context = context;
    this.#inDialog = inDialog;
  }

  onRequest(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    const dialog = this.#context.dialogs.ofRequest(request);
    const handled = dialog && this.#inDialog.onRequest(transaction, dialog);
    if (!handled) this.#onOutside(transaction);
  }

  onAck(ack: SipRequest, origin: Origin): void {
    const dialog = this.#context.dialogs.ofRequest(ack);
    if (dialog) this.#inDialog.onAck(ack, origin, dialog);
  }

  /** The 200 to the CANCEL is out; the INVITE gets its 487 here, and the client hears of it. */
  onCancel(transaction: InviteServerTransaction, cancel: SipRequest): void {
    const { context } = this;
    const net = context.netOf.get(transaction);
    const toTag = net?.toTag ?? newTag();
    transaction.respond(responseTo(transaction.request, 487, { toTag }));
    if (!net) return;
    const { raw, meta } = heard(context, cancel, transaction.origin);
    net.client.send(sipToClient(meta, net.id, net.dialog?.id ?? '', raw));
    context.cdr.stop('network', 'call-canceled', transaction.request);
    forgetNet(context, net);
    if (net.dialog && !net.dialog.stable) context.dialogs.remove(net.dialog);
  }

  /** A client is gone: whoever still waits for its first word is told at once. */
  onClientGone(client: Client): void {
    for (const net of [...this.#context.net.values()]) {
      if (net.client === client) this.#abandon(net, 503);
    }
  }

  private get context(): EdgeContext {
    return this.#context;
  }

  #onOutside(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    const { method } = request;
    if (!ROUTED.has(method)) {
      // BYE, UPDATE, PRACK and the like have no meaning without their dialog (section 12.2.2).
      const known = /^(BYE|UPDATE|PRACK|REFER)$/.test(method);
      transaction.respond(responseTo(request, known ? 481 : 501, { toTag: newTag() }));
      return;
    }
    const problem = problemOf(request);
    if (problem !== undefined) {
      transaction.respond(responseTo(request, 400, { reason: problem, toTag: newTag() }));
    } else if (method === 'INVITE' && toTagOf(request) !== undefined)
      this.#refuse(transaction, 481);
    else if (method === 'INVITE' && this.#isAnswered(request)) this.#refuse(transaction, 491);
    else this.#offer(transaction);
  }

  /** A dialog that lives was made by an INVITE with that Call-ID and tag: drachtio knows no second one. */
  #isAnswered(request: SipRequest): boolean {
    const { dialogs } = this.#context;
    const dialog = dialogs.byId(dialogIdOf(callIdOf(request), fromTagOf(request) ?? ''));
    return dialog?.role === 'uas' && dialog.stable;
  }

  #offer(transaction: AnyServerTransaction): void {
    const { context } = this;
    const { request } = transaction;
    const client = context.directory.pick(request.method);
    if (!client) {
      this.#refuse(transaction, 503);
      return;
    }
    const net: NetTransaction = {
      id: newUuid(),
      transaction,
      client,
      toTag: toTagOf(request) ?? newTag(),
      inDialog: false,
    };
    rememberNet(context, net);
    net.deadline = context.clock.after(UNANSWERED_MS_MAX, () => this.#abandon(net, 480));
    const { raw, meta } = heard(context, request, transaction.origin);
    client.send(sipToClient(meta, net.id, '', raw, localAddress(context)));
    if (request.method === 'INVITE') context.cdr.attempt('network', request);
  }

  #refuse(transaction: AnyServerTransaction, status: number): void {
    const { request } = transaction;
    const response = responseTo(request, status, { toTag: newTag() });
    if (request.method === 'INVITE') this.context.cdr.attempt('network', request);
    transaction.respond(response);
    if (request.method === 'INVITE')
      this.context.cdr.stop('application', 'call-rejected', response);
  }

  #abandon(net: NetTransaction, status: number): void {
    const { context } = this;
    const invite = net.transaction.request.method === 'INVITE';
    // An INVITE that was answered lives on in its dialog and is not ours to refuse.
    if (!net.dialog?.stable || net.inDialog) {
      const response = responseTo(net.transaction.request, status, { toTag: net.toTag });
      const went = net.transaction.respond(response);
      if (went && invite && !net.inDialog)
        context.cdr.stop('application', 'call-rejected', response);
      if (net.dialog && !net.dialog.stable) context.dialogs.remove(net.dialog);
    }
    forgetNet(context, net);
  }

  /** The client has begun to answer: from now on it has longer. */
  prolong(net: NetTransaction): void {
    net.deadline?.cancel();
    net.deadline = this.context.clock.after(RINGING_MS_MAX, () => this.#abandon(net, 480));
  }
}

/** What a client could not work with (as drachtio checks before it bothers one). */
function problemOf(request: SipRequest): string | undefined {
  const { headers, method } = request;
  const contact = headers.get('contact');
  if (method === 'REGISTER') {
    if (contact === '*' && Number(headers.get('expires') ?? 0) !== 0) return 'Bad Contact';
    return contact === undefined || contact === '*' || parseNameAddr(contact)
      ? undefined
      : 'Malformed Contact';
  }
  if (method !== 'INVITE' && method !== 'SUBSCRIBE') return undefined;
  if (contact === undefined || !parseNameAddr(contact)) return 'Missing or Malformed Contact';
  return fromTagOf(request) === undefined ? 'Missing From Tag' : undefined;
}
