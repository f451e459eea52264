import { Dialog, fromTagOf, type SipResponse, tagOf } from '../sip/index.ts';
import { type Answer, composeAnswer, formsDialog, parseAnswer } from './answer-compose.ts';
import { transmitAnswer } from './answer-transmit.ts';
import type { Client } from './client.ts';
import { findHeader } from './compose.ts';
import { type EdgeContext, localContact, type NetTransaction, sent } from './context.ts';
import { dialogIdOf, type EdgeDialog } from './dialogs.ts';
import { answerEarlyUpdate, isForUpdate } from './early-update.ts';
import type { Incoming } from './incoming.ts';
import { targetOfCaller } from './nat.ts';
import { forgetNet } from './net-transactions.ts';
import { armSessionTimer, sessionExpiresOf } from './session-timer.ts';
import { armSubscription } from './subscriptions.ts';
import type { ClientMessage } from './wire.ts';

/** A client's answers to requests from the network. */
export class Responses {
  readonly #context: EdgeContext;
  readonly #incoming: Incoming;

  constructor(context: EdgeContext, incoming: Incoming) {
    this.#context = context;
    this.#incoming = incoming;
  }

  send(client: Client, message: ClientMessage): void {
    const transactionId = message.tokens[0] ?? '';
    const answer = parseAnswer(message.startLine);
    const net = this.#context.net.get(transactionId);
    // An UPDATE before the answer to a call of ours has the id of that call's INVITE.
    const dialog = net?.dialog ?? this.#context.app.get(transactionId)?.dialog;
    if (transactionId === '') client.reply(message, 'NO', 'transaction id missing');
    else if (!answer) client.reply(message, 'NOK', 'invalid status line');
    else if (dialog && isForUpdate(dialog, message)) {
      answerEarlyUpdate(this.#context, client, message, dialog, answer);
    } else if (!net) client.reply(message, 'NOK', 'Response not sent due to unknown transaction');
    else this.#answer(client, message, net, answer);
  }

  #answer(client: Client, message: ClientMessage, net: NetTransaction, answer: Answer): void {
    const { status } = answer;
    const { request, origin } = net.transaction;
    this.#adoptTag(net, message);
    const response = composeAnswer(this.#context, net, message, answer);
    if (status > 100 && formsDialog(request) && !net.inDialog) this.#beginDialog(net, response);
    const failure = transmitAnswer(this.#context, net, response);
    if (failure !== undefined) {
      client.reply(message, 'NOK', failure);
      return;
    }
    this.#echo(client, message, net, response);
    this.#settle(net, response);
    if (status < 200 && !net.inDialog) this.#incoming.prolong(net);
    const binds = request.method === 'REGISTER' || request.method === 'SUBSCRIBE';
    if (binds && status >= 200 && status < 300) {
      this.#context.bindings.learn(request, response, origin);
    }
  }

  /** The client may choose the tag of a call by the To header of its first answer. */
  #adoptTag(net: NetTransaction, message: ClientMessage): void {
    if (net.dialog || net.inDialog) return;
    const tag = tagOf(findHeader(message.headers, 'to'));
    if (tag !== undefined) net.toTag = tag;
  }

  #beginDialog(net: NetTransaction, response: SipResponse): void {
    const { request, origin } = net.transaction;
    if (net.dialog) {
      net.dialog.status = response.status;
      return;
    }
    const dialog = Dialog.ofServer(request, response, origin.protocol);
    dialog.override = targetOfCaller(request, origin, dialog);
    net.dialog = {
      id: dialogIdOf(dialog.callId, fromTagOf(request) ?? ''),
      dialog,
      role: 'uas',
      method: request.method,
      transactionId: net.id,
      client: net.client,
      localContact: localContact(this.#context, origin.protocol),
      status: response.status,
      stable: false,
      cancelled: false,
      ackSeq: 0,
      rseq: Math.ceil(Math.random() * 10_000),
      sessionExpiresS: 0,
      localSdp: '',
    };
    if (response.status < 300) this.#context.dialogs.add(net.dialog);
  }

  #echo(client: Client, message: ClientMessage, net: NetTransaction, response: SipResponse): void {
    const { raw, meta } = sent(this.#context, response, net.transaction.origin);
    // The real server names no dialog in the echo of an answer to a BYE: it is gone already.
    const named = net.dialog && net.transaction.request.method !== 'BYE' ? net.dialog.id : '';
    client.reply(message, 'OK', `${meta}|${net.id}|${named}||Msg sent:|\r\n${raw}`);
  }

  /** What a final answer changes in our books. */
  #settle(net: NetTransaction, response: SipResponse): void {
    const { dialog } = net;
    const { method } = net.transaction.request;
    if (response.status < 200) return;
    if (dialog && method === 'SUBSCRIBE' && response.status < 300)
      armSubscription(this.#context, dialog, response);
    if (net.inDialog || !formsDialog(net.transaction.request)) {
      if (dialog && method === 'INVITE' && response.body !== '') dialog.localSdp = response.body;
      forgetNet(this.#context, net);
    } else if (dialog && response.status >= 300) this.#settleRefusal(net, dialog, response);
    else if (dialog) this.#stabilise(net, dialog, response);
  }

  #settleRefusal(net: NetTransaction, dialog: EdgeDialog, response: SipResponse): void {
    this.#context.dialogs.remove(dialog);
    forgetNet(this.#context, net);
    if (dialog.method !== 'INVITE') return;
    this.#context.cdr.stop('application', 'call-rejected', response);
  }

  #stabilise(net: NetTransaction, dialog: EdgeDialog, response: SipResponse): void {
    net.deadline?.cancel();
    dialog.stable = true;
    dialog.dialog.state = 'confirmed';
    dialog.localContact = response.headers.get('contact') ?? dialog.localContact;
    dialog.localSdp = response.body;
    if (dialog.method !== 'INVITE') {
      forgetNet(this.#context, net);
      return;
    }
    const timer = sessionExpiresOf(response);
    if (timer) armSessionTimer(this.#context, dialog, timer.seconds, timer.refresher === 'uas');
    this.#context.cdr.start('application', 'uas', response);
  }
}
