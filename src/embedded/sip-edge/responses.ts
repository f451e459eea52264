import {
  Dialog,
  fromTagOf,
  Headers,
  type Origin,
  parseNameAddr,
  parseUri,
  Retransmitter,
  responseTo,
  type SipRequest,
  type SipResponse,
  tagOf,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import { applyHeaders, contentTypeOf, findHeader } from './compose.ts';
import {
  type EdgeContext,
  localAddress,
  localContact,
  type NetTransaction,
  sent,
} from './context.ts';
import { dialogIdOf, type EdgeDialog } from './dialogs.ts';
import { terminateDialog } from './ending.ts';
import type { Incoming } from './incoming.ts';
import { forgetNet } from './net-transactions.ts';
import { armSessionTimer, sessionExpiresOf } from './session-timer.ts';
import type { ClientMessage } from './wire.ts';

/** What a response takes from its request and not from the client. */
const FROM_REQUEST = new Set(['from', 'to', 'call-id', 'cseq', 'record-route']);

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
    const match = /^SIP\/2\.0 (\d{3})(?: (.*))?$/.exec(message.startLine);
    const status = Number(match?.[1]);
    if (transactionId === '') client.reply(message, 'NO', 'transaction id missing');
    else if (!match || status < 100 || status > 699)
      client.reply(message, 'NOK', 'invalid status line');
    else this.#send(client, message, transactionId, status, match[2] ?? '');
  }

  #send(
    client: Client,
    message: ClientMessage,
    transactionId: string,
    status: number,
    reason: string,
  ): void {
    const net = this.#context.net.get(transactionId);
    if (!net) client.reply(message, 'NOK', 'Response not sent due to unknown transaction');
    else if (isForUpdate(net, message)) this.#answerUpdate(client, message, net, status, reason);
    else this.#answer(client, message, net, status, reason);
  }

  #answer(
    client: Client,
    message: ClientMessage,
    net: NetTransaction,
    status: number,
    reason: string,
  ): void {
    const { context } = this;
    this.#adoptTag(net, message);
    const response = this.#compose(net, message, status, reason);
    const { request } = net.transaction;
    if (status > 100 && formsDialog(request) && !net.inDialog)
      this.#beginDialog(net, response, client);
    const failure = this.#transmit(net, response);
    if (failure !== undefined) {
      client.reply(message, 'NOK', failure);
      return;
    }
    this.#echo(client, message, net, response);
    this.#settle(net, response);
    if (status < 200 && !net.inDialog) this.#incoming.prolong(net);
    if (request.method === 'REGISTER' || request.method === 'SUBSCRIBE') {
      if (status >= 200 && status < 300)
        context.bindings.learn(request, response, net.transaction.origin);
    }
  }

  private get context(): EdgeContext {
    return this.#context;
  }

  /** The client may choose the tag of a call by the To header of its first answer. */
  #adoptTag(net: NetTransaction, message: ClientMessage): void {
    if (net.dialog || net.inDialog) return;
    const tag = tagOf(findHeader(message.headers, 'to'));
    if (tag !== undefined) net.toTag = tag;
  }

  #compose(
    net: NetTransaction,
    message: ClientMessage,
    status: number,
    reason: string,
  ): SipResponse {
    const { context } = this;
    const { request, origin } = net.transaction;
    const response = responseTo(request, status, {
      toTag: net.toTag,
      ...(reason ? { reason } : {}),
    });
    if (this.#wantsContact(net, message, status)) {
      response.headers.add('Contact', localContact(context, origin.protocol));
    }
    applyHeaders(response.headers, message.headers, localAddress(context), FROM_REQUEST);
    const type = contentTypeOf(message.headers, message.body);
    if (type !== undefined) response.headers.set('Content-Type', type);
    response.body = message.body;
    this.#offerTimer(net, response);
    return response;
  }

  /** 2xx that form a dialog, reliable 1xx, and every answer to a re-INVITE carry our Contact. */
  #wantsContact(net: NetTransaction, message: ClientMessage, status: number): boolean {
    if (!formsDialog(net.transaction.request)) return false;
    if (net.inDialog || (status >= 200 && status < 300)) return true;
    return status > 100 && status < 200 && wantsReliable(message.headers);
  }

  /** RFC 4028 section 9: the refresher that the caller chose is confirmed in our 200. */
  #offerTimer(net: NetTransaction, response: SipResponse): void {
    const { request } = net.transaction;
    if (response.status !== 200 || request.method !== 'INVITE' || net.inDialog) return;
    const wanted = sessionExpiresOf(request);
    if (response.headers.has('session-expires') || !wanted?.refresher) return;
    const seconds = Math.max(90, wanted.seconds);
    response.headers.set('Session-Expires', `${seconds};refresher=${wanted.refresher}`);
    if (wanted.refresher === 'uac') response.headers.setDefault('Require', 'timer');
  }

  #beginDialog(net: NetTransaction, response: SipResponse, client: Client): void {
    const { request, origin } = net.transaction;
    if (net.dialog) {
      net.dialog.status = response.status;
      return;
    }
    const dialog = Dialog.ofServer(request, response, origin.protocol);
    dialog.override =
      targetBehindNat(request, origin, dialog.routeSet.length > 0) ?? dialog.override;
    net.dialog = {
      id: dialogIdOf(dialog.callId, fromTagOf(request) ?? ''),
      dialog,
      role: 'uas',
      method: request.method,
      transactionId: net.id,
      client,
      localContact: localContact(this.context, origin.protocol),
      status: response.status,
      stable: false,
      cancelled: false,
      ackSeq: 0,
      rseq: Math.ceil(Math.random() * 10_000),
      sessionExpiresS: 0,
      localSdp: '',
    };
    if (response.status < 300) this.context.dialogs.add(net.dialog);
  }

  /** Sends, and says what went wrong if something did. */
  #transmit(net: NetTransaction, response: SipResponse): string | undefined {
    const { transaction, dialog } = net;
    const { request } = transaction;
    const { status } = response;
    if (request.method !== 'INVITE' || status === 100 || status >= 300) {
      return transaction.respond(response) ? undefined : 'Unknown server error sending response';
    }
    if (status >= 200) return this.#transmitAnswer(net, response);
    if (dialog && !net.inDialog && wantsReliable(response.headers)) {
      return this.#transmitReliably(net, dialog, response);
    }
    return transaction.respond(response) ? undefined : 'Unknown server error sending response';
  }

  #transmitAnswer(net: NetTransaction, response: SipResponse): string | undefined {
    const { dialog } = net;
    if (net.transaction.state !== 'proceeding') return 'Unknown server error sending response';
    // RFC 3262 section 3: no 2xx while a reliable answer with a description waits for its PRACK.
    if (dialog?.reliable) dialog.reliable.heldFinal = () => this.#sendAnswer(net, response);
    else this.#sendAnswer(net, response);
    return undefined;
  }

  /** The 2xx goes out again and again until the ACK (RFC 3261 section 13.3.1.4). */
  #sendAnswer(net: NetTransaction, response: SipResponse): void {
    const { context } = this;
    const { transaction, dialog } = net;
    if (!transaction.respond(response) || !dialog) return;
    dialog.retransmitter?.stop();
    dialog.retransmitter = new Retransmitter(
      context.clock,
      context.timers,
      '2xx',
      () => transaction.respond(response),
      () => {
        // A re-INVITE without ACK leaves the call as it was, as the real server does.
        if (!net.inDialog) terminateDialog(context, dialog, 'ACK timeout', undefined);
      },
    );
  }

  #transmitReliably(
    net: NetTransaction,
    dialog: EdgeDialog,
    response: SipResponse,
  ): string | undefined {
    const { context } = this;
    const { transaction } = net;
    const { headers } = transaction.request;
    const able = [...headers.tokens('supported'), ...headers.tokens('require')].includes('100rel');
    if (!able) return 'Remote endpoint does not support 100rel';
    if (dialog.reliable) return 'a reliable response waits for its PRACK';
    response.headers.set('RSeq', String(++dialog.rseq));
    if (!transaction.respond(response)) return 'Unknown server error sending response';
    const retransmitter = new Retransmitter(
      context.clock,
      context.timers,
      '1xx',
      () => transaction.respond(response),
      // RFC 3262 section 3: without PRACK the INVITE is refused with a 5xx.
      () => {
        transaction.respond(responseTo(transaction.request, 504, { toTag: net.toTag }));
        context.dialogs.remove(dialog);
        forgetNet(context, net);
      },
    );
    dialog.reliable = { rseq: dialog.rseq, retransmitter };
    return undefined;
  }

  #echo(client: Client, message: ClientMessage, net: NetTransaction, response: SipResponse): void {
    const { raw, meta } = sent(this.context, response, net.transaction.origin);
    // The real server names no dialog in the echo of an answer to a BYE: it is gone already.
    const named = net.dialog && net.transaction.request.method !== 'BYE' ? net.dialog.id : '';
    client.reply(message, 'OK', `${meta}|${net.id}|${named}||Msg sent:|\r\n${raw}`);
  }

  /** What a final answer changes in our books. */
  #settle(net: NetTransaction, response: SipResponse): void {
    const { context } = this;
    const { dialog } = net;
    const { status } = response;
    if (status < 200) return;
    if (net.inDialog || !formsDialog(net.transaction.request)) {
      if (dialog && response.body !== '') dialog.localSdp = response.body;
      forgetNet(context, net);
      return;
    }
    if (!dialog) return;
    if (status >= 300) {
      context.dialogs.remove(dialog);
      forgetNet(context, net);
      if (dialog.method === 'INVITE') context.cdr.stop('application', 'call-rejected', response);
      return;
    }
    this.#stabilise(net, dialog, response);
  }

  #stabilise(net: NetTransaction, dialog: EdgeDialog, response: SipResponse): void {
    const { context } = this;
    net.deadline?.cancel();
    dialog.stable = true;
    dialog.dialog.state = 'confirmed';
    dialog.localContact = response.headers.get('contact') ?? dialog.localContact;
    dialog.localSdp = response.body;
    if (dialog.method !== 'INVITE') {
      forgetNet(context, net);
      return;
    }
    const timer = sessionExpiresOf(response);
    if (timer) armSessionTimer(context, dialog, timer.seconds, timer.refresher === 'uas');
    context.cdr.start('application', 'uas', response);
  }

  #answerUpdate(
    client: Client,
    message: ClientMessage,
    net: NetTransaction,
    status: number,
    reason: string,
  ): void {
    const update = net.dialog?.earlyUpdate;
    if (!net.dialog || !update) return;
    answerEarlyUpdate(this.context, client, message, net.dialog, status, reason);
  }
}

/** Answers an UPDATE that came before the call was answered: it shares the INVITE's transaction id. */
export function answerEarlyUpdate(
  context: EdgeContext,
  client: Client,
  message: ClientMessage,
  dialog: EdgeDialog,
  status: number,
  reason: string,
): void {
  const update = dialog.earlyUpdate;
  if (!update) return;
  const response = responseTo(update.request, status, reason ? { reason } : {});
  applyHeaders(response.headers, message.headers, localAddress(context), FROM_REQUEST);
  const type = contentTypeOf(message.headers, message.body);
  if (type !== undefined) response.headers.set('Content-Type', type);
  response.body = message.body;
  update.respond(response);
  if (status >= 200) delete dialog.earlyUpdate;
  const { raw, meta } = sent(context, response, update.origin);
  client.reply(message, 'OK', `${meta}|${dialog.transactionId}|${dialog.id}||Msg sent:|\r\n${raw}`);
}

const formsDialog = (request: SipRequest): boolean =>
  request.method === 'INVITE' || request.method === 'SUBSCRIBE';

function wantsReliable(headers: Headers | ClientMessage['headers']): boolean {
  const list = headers instanceof Headers ? headers : Headers.of(headers);
  return list.tokens('require').includes('100rel');
}

/** Is this an answer to an UPDATE in a call that is being set up, and not to its INVITE? */
function isForUpdate(net: NetTransaction, message: ClientMessage): boolean {
  const cseq = findHeader(message.headers, 'cseq') ?? '';
  return net.dialog?.earlyUpdate !== undefined && /UPDATE\s*$/i.test(cseq);
}

/**
 * A caller whose Contact is not where its INVITE came from is behind a NAT: what we send in the dialog
 * goes to where it came from. Over TCP it goes back through the same connection.
 */
export function targetBehindNat(request: SipRequest, origin: Origin, hasRoutes: boolean) {
  const { protocol, host, port, connectionId } = origin;
  if (protocol === 'tcp') {
    return { protocol, host, port, ...(connectionId === undefined ? {} : { connectionId }) };
  }
  if (hasRoutes) return undefined;
  const uri = parseUri(parseNameAddr(request.headers.get('contact') ?? '')?.uri ?? '');
  const same = uri?.host === host && (uri.port === undefined || uri.port === port);
  return same ? undefined : { protocol, host, port };
}
