import { err, ok, type Result } from '../../lib/result.ts';
import { parseCSeq, parseNameAddr, parseVia, splitOutside } from './grammar.ts';
import { Headers, headerKey } from './headers.ts';
import { defaultLimits, type SipLimits } from './limits.ts';
import type { SipMessage, SipRequest } from './message.ts';

export interface ParseError {
  /** What is wrong, fit for the reason phrase of a 400. */
  readonly reason: string;
  readonly status: number;
  /** The request as far as it could be read, if it can be answered (it has a Via and is no ACK). */
  readonly answerable?: SipRequest;
}

/** Headers of which each entry holds one value of a comma-separated list. */
const LISTS = new Set(['via', 'route', 'record-route', 'contact', 'path', 'service-route']);

const TOKEN = /^[A-Za-z0-9.!%*_+`'~-]+$/;
const REQUEST_LINE = /^([^\s]+) +([^\s]+) +(SIP\/\d+\.\d+)$/i;
const STATUS_LINE = /^SIP\/2\.0 +(\d{3})(?: (.*)| *)$/i;

/**
 * Parses one whole message: a datagram, or what the framer cut out of a stream. Never throws.
 * Content-Length shortens the body of a datagram; one that promises more than there is, is an error
 * (RFC 3261 section 18.3).
 */
export function parseMessage(
  data: Buffer | string,
  limits: SipLimits = defaultLimits,
): Result<SipMessage, ParseError> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  if (bytes.length > limits.messageBytesMax) return fail('Message Too Large', 513);
  const end = headEnd(bytes);
  const lines = unfold(bytes.toString('utf8', 0, end.head));
  const startLine = lines.shift() ?? '';
  const headers = readHeaders(lines, limits);
  const body = bytes.subarray(Math.min(end.body, bytes.length));
  return startLine.slice(0, 4).toUpperCase() === 'SIP/'
    ? readResponse(startLine, headers, body)
    : readRequest(startLine, headers, body);
}

/** Where the head ends and the body starts; bare LF line ends are tolerated. */
function headEnd(bytes: Buffer): { head: number; body: number } {
  const crlf = bytes.indexOf('\r\n\r\n');
  if (crlf !== -1) return { head: crlf, body: crlf + 4 };
  const lf = bytes.indexOf('\n\n');
  if (lf !== -1) return { head: lf, body: lf + 2 };
  return { head: bytes.length, body: bytes.length };
}

/** A line that starts with white space continues the one before (RFC 3261 section 7.3.1). */
function unfold(head: string): string[] {
  const lines: string[] = [];
  for (const line of head.replace(/^[\r\n]+/, '').split(/\r?\n/)) {
    const last = lines.length - 1;
    if (/^[ \t]/.test(line) && last >= 1) lines[last] = `${lines[last]?.trimEnd()} ${line.trim()}`;
    else if (line !== '') lines.push(line);
  }
  return lines;
}

interface HeadersRead {
  readonly headers: Headers;
  readonly problem?: string;
}

function readHeaders(lines: readonly string[], limits: SipLimits): HeadersRead {
  const headers = new Headers();
  let problem: string | undefined;
  for (const line of lines) {
    if (headers.size >= limits.headersMax) return { headers, problem: 'Too Many Headers' };
    if (line.length > limits.headerBytesMax) return { headers, problem: 'Header Too Long' };
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (colon <= 0 || !TOKEN.test(name)) {
      problem ??= 'Malformed Header';
      continue;
    }
    addHeader(headers, name, line.slice(colon + 1).trim(), limits);
  }
  return problem === undefined ? { headers } : { headers, problem };
}

function addHeader(headers: Headers, name: string, value: string, limits: SipLimits): void {
  if (!LISTS.has(headerKey(name))) {
    headers.add(name, value);
    return;
  }
  for (const item of splitOutside(value, ',').slice(0, limits.headersMax)) {
    if (item !== '') headers.add(name, item);
  }
}

function readResponse(
  startLine: string,
  read: HeadersRead,
  body: Buffer,
): Result<SipMessage, ParseError> {
  const match = STATUS_LINE.exec(startLine);
  const status = Number(match?.[1]);
  if (!match || status < 100 || status > 699) return fail('Malformed Status-Line');
  const problem = problemOf(read, body);
  if (problem !== undefined) return fail(problem);
  return ok({
    kind: 'response',
    status,
    reason: (match[2] ?? '').trim(),
    headers: read.headers,
    body: bodyOf(read.headers, body),
  });
}

function readRequest(
  startLine: string,
  read: HeadersRead,
  body: Buffer,
): Result<SipMessage, ParseError> {
  const match = REQUEST_LINE.exec(startLine.trimEnd());
  const [, method = '', uri = '', version = ''] = match ?? looseRequestLine(startLine);
  const request: SipRequest = {
    kind: 'request',
    method,
    uri,
    headers: read.headers,
    body: bodyOf(read.headers, body),
  };
  if (!TOKEN.test(method)) return fail('Malformed Request-Line');
  if (!match) return refuse(request, 400, 'Malformed Request-Line');
  if (version.toUpperCase() !== 'SIP/2.0') return refuse(request, 505, 'Version Not Supported');
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^<>"]+$/.test(uri)) {
    return refuse(request, 400, 'Malformed Request-URI');
  }
  const problem = problemOf(read, body) ?? methodProblem(request);
  return problem === undefined ? ok(request) : refuse(request, 400, problem);
}

/** Enough of a broken request line to answer it: its method. */
function looseRequestLine(startLine: string): string[] {
  const method = /^([^\s]+)\s.*SIP\/\d/i.exec(startLine)?.[1] ?? '';
  return [startLine, method, '', ''];
}

/** What every message must have (RFC 3261 section 8.1.1), Max-Forwards being forgiven. */
function problemOf(read: HeadersRead, body: Buffer): string | undefined {
  if (read.problem !== undefined) return read.problem;
  const { headers } = read;
  if (parseVia(headers.get('via') ?? '') === undefined) return 'Missing or Malformed Via';
  for (const name of ['From', 'To']) {
    const values = headers.all(name);
    if (values.length !== 1 || !parseNameAddr(values[0] ?? ''))
      return `Missing or Malformed ${name}`;
  }
  const callIds = headers.all('call-id');
  if (callIds.length !== 1 || !/^\S+$/.test(callIds[0] ?? ''))
    return 'Missing or Malformed Call-ID';
  if (headers.all('cseq').length !== 1 || !parseCSeq(headers.get('cseq'))) {
    return 'Missing or Malformed CSeq';
  }
  return lengthProblem(headers, body);
}

function lengthProblem(headers: Headers, body: Buffer): string | undefined {
  const lengths = headers.all('content-length');
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (!/^\d{1,9}$/.test(length) || lengths.some((other) => other !== length)) {
    return 'Malformed Content-Length';
  }
  return Number(length) > body.length ? 'Content-Length Beyond Message' : undefined;
}

/** RFC 3261 section 8.1.1.5: the method in CSeq must be that of the request. */
function methodProblem(request: SipRequest): string | undefined {
  const method = parseCSeq(request.headers.get('cseq'))?.method;
  if (method !== request.method) return 'CSeq Method Mismatch';
  const hops = request.headers.get('max-forwards');
  if (hops !== undefined && !/^0*\d{1,3}$/.test(hops)) return 'Malformed Max-Forwards';
  return undefined;
}

function bodyOf(headers: Headers, body: Buffer): string {
  const length = headers.get('content-length');
  const valid = length !== undefined && /^\d{1,9}$/.test(length);
  return body.toString('utf8', 0, valid ? Math.min(Number(length), body.length) : body.length);
}

const fail = (reason: string, status = 400) => err<ParseError>({ reason, status });

function refuse(request: SipRequest, status: number, reason: string) {
  const answerable = request.method !== 'ACK' && parseVia(request.headers.get('via') ?? '');
  return answerable
    ? err<ParseError>({ reason, status, answerable: request })
    : fail(reason, status);
}
