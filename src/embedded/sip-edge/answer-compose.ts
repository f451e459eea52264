import { Headers, responseTo, type SipRequest, type SipResponse } from '../sip/index.ts';
import { applyHeaders, contentTypeOf } from './compose.ts';
import { type EdgeContext, localAddress, localContact, type NetTransaction } from './context.ts';
import { sessionExpiresOf } from './session-timer.ts';
import type { ClientMessage } from './wire.ts';

/** What a response takes from its request and not from the client. */
export const FROM_REQUEST: ReadonlySet<string> = new Set([
  'from',
  'to',
  'call-id',
  'cseq',
  'record-route',
]);

/** The status line of a client's answer. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
}

export function parseAnswer(startLine: string): Answer | undefined {
  const match = /^SIP\/2\.0 (\d{3})(?: (.*))?$/.exec(startLine);
  const status = Number(match?.[1]);
  if (!match || status < 100 || status > 699) return undefined;
  return { status, reason: match[2] ?? '' };
}

/** A client's answer with what the stack adds: tags, Contact, Content-Type, the session timer. */
export function composeAnswer(
  context: EdgeContext,
  net: NetTransaction,
  message: ClientMessage,
  { status, reason }: Answer,
): SipResponse {
  const { request, origin } = net.transaction;
  const response = responseTo(request, status, { toTag: net.toTag, ...(reason ? { reason } : {}) });
  if (wantsContact(net, message, status)) {
    response.headers.add('Contact', localContact(context, origin.protocol));
  }
  addClientParts(context, response, message);
  confirmTimer(net, response);
  return response;
}

/** Headers and body as the client gave them. */
export function addClientParts(
  context: EdgeContext,
  response: SipResponse,
  message: ClientMessage,
): void {
  applyHeaders(response.headers, message.headers, localAddress(context), FROM_REQUEST);
  const type = contentTypeOf(message.headers, message.body);
  if (type !== undefined) response.headers.set('Content-Type', type);
  response.body = message.body;
}

/** 2xx that form a dialog, reliable 1xx, and every answer to a re-INVITE carry our Contact. */
function wantsContact(net: NetTransaction, message: ClientMessage, status: number): boolean {
  if (!formsDialog(net.transaction.request)) return false;
  if (net.inDialog || (status >= 200 && status < 300)) return true;
  return status > 100 && status < 200 && wantsReliable(Headers.of(message.headers));
}

/** RFC 4028 section 9: the refresher that the caller chose is confirmed in our 200. */
function confirmTimer(net: NetTransaction, response: SipResponse): void {
  const { request } = net.transaction;
  if (response.status !== 200 || request.method !== 'INVITE' || net.inDialog) return;
  const wanted = sessionExpiresOf(request);
  if (response.headers.has('session-expires') || !wanted?.refresher) return;
  const seconds = Math.max(90, wanted.seconds);
  response.headers.set('Session-Expires', `${seconds};refresher=${wanted.refresher}`);
  if (wanted.refresher === 'uac') response.headers.setDefault('Require', 'timer');
}

export const formsDialog = (request: SipRequest): boolean =>
  request.method === 'INVITE' || request.method === 'SUBSCRIBE';

export const wantsReliable = (headers: Headers): boolean =>
  headers.tokens('require').includes('100rel');
