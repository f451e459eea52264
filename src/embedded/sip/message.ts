import { type CSeq, parseCSeq, parseVia, tagOf, type Via } from './grammar.ts';
import { Headers } from './headers.ts';

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  uri: string;
  readonly headers: Headers;
  body: string;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  body: string;
}

export type SipMessage = SipRequest | SipResponse;

export function newRequest(
  method: string,
  uri: string,
  headers: Headers | Iterable<readonly [string, string]> = [],
  body = '',
): SipRequest {
  return { kind: 'request', method, uri, headers: asHeaders(headers), body };
}

export function newResponse(
  status: number,
  reason: string,
  headers: Headers | Iterable<readonly [string, string]> = [],
  body = '',
): SipResponse {
  return { kind: 'response', status, reason, headers: asHeaders(headers), body };
}

function asHeaders(headers: Headers | Iterable<readonly [string, string]>): Headers {
  return headers instanceof Headers ? headers : Headers.of(headers);
}

/** A copy that may be changed without the original noticing. */
export function cloneRequest(request: SipRequest): SipRequest {
  return { ...request, headers: request.headers.clone() };
}

export function cloneResponse(response: SipResponse): SipResponse {
  return { ...response, headers: response.headers.clone() };
}

export const topVia = (message: SipMessage): Via | undefined => {
  const value = message.headers.get('via');
  return value === undefined ? undefined : parseVia(value);
};
export const cseqOf = (message: SipMessage): CSeq | undefined =>
  parseCSeq(message.headers.get('cseq'));
export const callIdOf = (message: SipMessage): string => message.headers.get('call-id') ?? '';
export const fromTagOf = (message: SipMessage): string | undefined =>
  tagOf(message.headers.get('from'));
export const toTagOf = (message: SipMessage): string | undefined =>
  tagOf(message.headers.get('to'));

/**
 * A response with what RFC 3261 section 8.2.6.2 has copied from the request: Via, From, To, Call-ID,
 * CSeq, and Record-Route (section 12.1.1) where a dialog may come of it. The To tag is the caller's
 * business: pass `toTag` unless the request already has one.
 */
export function responseTo(
  request: SipRequest,
  status: number,
  options: {
    reason?: string;
    toTag?: string;
    headers?: Iterable<readonly [string, string]>;
    body?: string;
  } = {},
): SipResponse {
  const response = newResponse(status, options.reason ?? reasonOf(status));
  const { headers } = response;
  for (const via of request.headers.all('via')) headers.add('Via', via);
  if (formsDialog(request.method, status)) {
    for (const route of request.headers.all('record-route')) headers.add('Record-Route', route);
  }
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const value = request.headers.get(name);
    if (value !== undefined) headers.add(name, value);
  }
  if (options.toTag !== undefined && status > 100) addToTag(headers, options.toTag);
  if (status === 100) copyTimestamp(request, headers);
  for (const [name, value] of options.headers ?? []) headers.add(name, value);
  response.body = options.body ?? '';
  return response;
}

function formsDialog(method: string, status: number): boolean {
  const dialogMethod = method === 'INVITE' || method === 'SUBSCRIBE' || method === 'REFER';
  return dialogMethod && status > 100 && status < 300;
}

function addToTag(headers: Headers, tag: string): void {
  const to = headers.get('to');
  if (to !== undefined && tagOf(to) === undefined) headers.set('To', `${to};tag=${tag}`);
}

/** RFC 3261 section 8.2.6.1: a 100 carries the request's Timestamp. */
function copyTimestamp(request: SipRequest, headers: Headers): void {
  const timestamp = request.headers.get('timestamp');
  if (timestamp !== undefined) headers.add('Timestamp', timestamp);
}

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  182: 'Queued',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  204: 'No Notification',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  305: 'Use Proxy',
  380: 'Alternative Service',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  421: 'Extension Required',
  422: 'Session Interval Too Small',
  423: 'Interval Too Brief',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  485: 'Ambiguous',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  489: 'Bad Event',
  491: 'Request Pending',
  493: 'Undecipherable',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  505: 'Version Not Supported',
  513: 'Message Too Large',
  600: 'Busy Everywhere',
  603: 'Decline',
  604: 'Does Not Exist Anywhere',
  606: 'Not Acceptable',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? (status < 200 ? 'Progress' : status < 300 ? 'OK' : 'Error');
}
