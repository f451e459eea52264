import { randomInt } from 'node:crypto';
import { newUuid } from '../../lib/ids.ts';
import {
  Dialog,
  newRequest,
  newTag,
  parseCSeq,
  parseNameAddr,
  parseUri,
  type SipRequest,
  type Target,
  tagOf,
  targetOfUri,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import {
  applyHeaders,
  contentTypeOf,
  findHeader,
  type HeaderList,
  uriHeaders,
  withLocalHost,
} from './compose.ts';
import { type EdgeContext, isOurs, localAddress, localContact, sent } from './context.ts';
import { dialogIdOf, type EdgeDialog } from './dialogs.ts';
import type { NetworkResponses } from './network-responses.ts';
import type { ClientMessage } from './wire.ts';

const METHODS = new Set([
  'INVITE',
  'OPTIONS',
  'REGISTER',
  'MESSAGE',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
  'UPDATE',
  'BYE',
  'PRACK',
]);

/** Written by this file from what the client gave; not to be copied again. */
const IDENTITY = new Set(['from', 'to', 'call-id', 'cseq', 'max-forwards']);

interface Draft {
  readonly method: string;
  readonly uri: string;
  readonly target: Target;
  /** What stood behind the `?` of the request URI: the only way for a client to give a Route. */
  readonly headers: HeaderList;
}

/** Requests of clients that begin something: no dialog is known. */
export class OutgoingRequests {
  readonly #context: EdgeContext;
  readonly #responses: NetworkResponses;

  constructor(context: EdgeContext, responses: NetworkResponses) {
    this.#context = context;
    this.#responses = responses;
  }

  send(client: Client, message: ClientMessage): void {
    const draft = this.#draft(message);
    if (typeof draft === 'string') {
      client.reply(message, 'NOK', draft);
      return;
    }
    const request = this.#compose(draft, message);
    const transactionId = newUuid();
    const dialog = this.#dialogFor(request, draft.target, client, transactionId);
    const { raw, meta } = this.#transmit(client, request, draft.target, transactionId, dialog);
    if (request.method === 'INVITE') this.#context.cdr.attempt('application', request);
    client.reply(message, 'OK', `${meta}|${transactionId}|Msg sent:|\r\n${raw}`);
  }

  /** Where it goes, or why it cannot go anywhere. */
  #draft(message: ClientMessage): Draft | string {
    const match = /^([A-Z]+) (\S+)(?: SIP\/2\.0)?$/.exec(message.startLine);
    const [, method = '', given = ''] = match ?? [];
    const invalid = `invalid request-uri: ${message.startLine}`;
    const parsed = parseUri(given);
    const headers = uriHeaders(parsed?.headers);
    if (!METHODS.has(method) || !parsed || !headers) return invalid;
    const uri = parsed.headers === undefined ? given : given.slice(0, -1 - parsed.headers.length);
    if (message.body !== '' && contentTypeOf(message.headers, message.body) === undefined) {
      return 'missing content-type';
    }
    if (this.#isOurs(uri)) return 'can not send request to myself';
    const proxy = message.tokens[2] ?? '';
    const hop = proxy === '' ? uri : asUri(proxy);
    const bound = proxy === '' ? this.#context.bindings.find(uri) : undefined;
    const target = bound ?? targetOfUri(hop);
    if (!target || !this.#context.layer.transport.speaks(target.protocol))
      return 'requested protocol/transport not available';
    return { method, uri, target, headers };
  }

  /** A request to ourselves would go round for ever. */
  #isOurs(uri: string): boolean {
    const parsed = parseUri(uri);
    if (!parsed) return false;
    const { bindHost, host } = this.#context.layer.transport;
    const hearsLoopback = /^(0\.0\.0\.0|::|127\.0\.0\.1)$/.test(bindHost);
    const isLoopback = parsed.host === 'localhost' || parsed.host === '127.0.0.1';
    return isOurs(this.#context, hearsLoopback && isLoopback ? { ...parsed, host } : parsed);
  }

  #compose({ method, uri, target, headers }: Draft, message: ClientMessage): SipRequest {
    const local = localAddress(this.#context);
    const contact = localContact(this.#context, target.protocol);
    const given = (name: string) => findHeader(message.headers, name);
    const from = withLocalHost(given('from') ?? contact, local, true);
    const to = withLocalHost(given('to') ?? `<${uri}>`, local);
    const cseq = parseCSeq(given('cseq'))?.seq ?? randomInt(1, 2 ** 27);
    const request = newRequest(method, uri, [
      ['Max-Forwards', given('max-forwards') ?? '70'],
      ['From', tagOf(from) === undefined ? `${bracketedAddress(from)};tag=${newTag()}` : from],
      ['To', bracketedAddress(to)],
      ['Call-ID', given('call-id') ?? newUuid()],
      ['CSeq', `${cseq} ${method}`],
    ]);
    if (method === 'INVITE' || method === 'SUBSCRIBE') request.headers.add('Contact', contact);
    for (const [name, value] of headers) request.headers.add(name, value);
    applyHeaders(request.headers, message.headers, local, IDENTITY);
    const type = contentTypeOf(message.headers, message.body);
    if (type !== undefined) request.headers.set('Content-Type', type);
    request.body = message.body;
    return request;
  }

  #dialogFor(
    request: SipRequest,
    target: Target,
    client: Client,
    transactionId: string,
  ): EdgeDialog | undefined {
    if (request.method !== 'INVITE' && request.method !== 'SUBSCRIBE') return undefined;
    const { headers } = request;
    const cseq = parseCSeq(headers.get('cseq'))?.seq ?? 0;
    const dialog = new Dialog({
      callId: headers.get('call-id') ?? '',
      local: headers.get('from') ?? '',
      remote: headers.get('to') ?? '',
      localSeq: cseq,
      remoteTarget: request.uri,
      routeSet: [],
      protocol: target.protocol,
      state: 'early',
    });
    const kept: EdgeDialog = {
      id: dialogIdOf(dialog.callId, dialog.localTag),
      dialog,
      role: 'uac',
      method: request.method,
      transactionId,
      client,
      localContact: headers.get('contact') ?? '',
      status: 0,
      stable: false,
      cancelled: false,
      ackSeq: cseq,
      rseq: 0,
      sessionExpiresS: 0,
      localSdp: request.body,
    };
    this.#context.dialogs.add(kept);
    return kept;
  }

  #transmit(
    client: Client,
    request: SipRequest,
    target: Target,
    id: string,
    dialog: EdgeDialog | undefined,
  ) {
    const transaction = this.#context.layer.request(request, target, this.#responses.eventsOf(id));
    this.#context.app.set(id, {
      id,
      client,
      transaction,
      heard: false,
      ...(dialog === undefined ? {} : { dialog }),
    });
    const local = localAddress(this.#context);
    return sent(this.#context, request, { protocol: target.protocol, ...local });
  }
}

/** `opts.proxy` of drachtio-srf: a whole URI, or an address with or without port. */
function asUri(text: string): string {
  const inner = text.startsWith('<') ? (parseNameAddr(text)?.uri ?? text) : text;
  return /^sips?:/i.test(inner) ? inner : `sip:${inner}`;
}

/** An address without angle brackets gets them, so that its parameters stay its own. */
function bracketedAddress(value: string): string {
  if (value.includes('<') || /;tag=/i.test(value)) return value;
  return `<${value}>`;
}
