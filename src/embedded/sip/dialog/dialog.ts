import { parseNameAddr, parseUri, tagOf } from '../grammar.ts';
import { cseqOf, newRequest, type SipRequest, type SipResponse } from '../message.ts';
import type { Protocol, Target } from '../transport/address.ts';
import { nextHopUri, targetOfUri } from '../transport/routing.ts';

export type DialogState = 'early' | 'confirmed' | 'terminated';

/** What a dialog is made of (RFC 3261 section 12). From and To are kept as written, with their tags. */
export interface DialogParts {
  readonly callId: string;
  readonly local: string;
  readonly remote: string;
  readonly localSeq: number;
  readonly remoteSeq?: number;
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  readonly protocol: Protocol;
  readonly state: DialogState;
}

/** An in-dialog request's number compared with the last one (RFC 3261 section 12.2.2). */
export type SequenceCheck = 'next' | 'old';

/**
 * One dialog: identifiers, route set, sequence numbers and remote target. It sends nothing itself.
 *
 *   early --2xx--> confirmed --BYE, 481, 408--> terminated
 *     \____________ 300-699, BYE, CANCEL ___________/
 */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  remoteTag: string;
  readonly local: string;
  remote: string;
  readonly protocol: Protocol;
  routeSet: readonly string[];
  remoteTarget: string;
  localSeq: number;
  remoteSeq: number | undefined;
  state: DialogState;
  /** Where the next request goes, if not where route set and target say (a peer behind NAT). */
  override: Target | undefined;

  constructor(parts: DialogParts) {
    this.callId = parts.callId;
    this.local = parts.local;
    this.remote = parts.remote;
    this.localTag = tagOf(parts.local) ?? '';
    this.remoteTag = tagOf(parts.remote) ?? '';
    this.localSeq = parts.localSeq;
    this.remoteSeq = parts.remoteSeq;
    this.remoteTarget = parts.remoteTarget;
    this.routeSet = parts.routeSet;
    this.protocol = parts.protocol;
    this.state = parts.state;
  }

  /** The callee's side, from the request and the response that we sent (section 12.1.1). */
  static ofServer(request: SipRequest, response: SipResponse, protocol: Protocol): Dialog {
    return new Dialog({
      callId: request.headers.get('call-id') ?? '',
      local: response.headers.get('to') ?? '',
      remote: request.headers.get('from') ?? '',
      localSeq: 0,
      remoteSeq: cseqOf(request)?.seq ?? 0,
      remoteTarget:
        contactUri(request) ?? parseNameAddr(request.headers.get('from') ?? '')?.uri ?? '',
      routeSet: request.headers.all('record-route'),
      protocol,
      state: response.status < 200 ? 'early' : 'confirmed',
    });
  }

  /** The caller's side, from the request that we sent and the response to it (section 12.1.2). */
  static ofClient(request: SipRequest, response: SipResponse, protocol: Protocol): Dialog {
    return new Dialog({
      callId: request.headers.get('call-id') ?? '',
      local: request.headers.get('from') ?? '',
      remote: response.headers.get('to') ?? '',
      localSeq: cseqOf(request)?.seq ?? 0,
      remoteTarget: contactUri(response) ?? request.uri,
      routeSet: response.headers.all('record-route').reverse(),
      protocol,
      state: response.status < 200 ? 'early' : 'confirmed',
    });
  }

  /** Call-ID and both tags: how a message finds its dialog (section 12). */
  get id(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag);
  }

  /** The next request of this dialog (section 12.2.1.1), with a new CSeq. */
  request(
    method: string,
    headers: Iterable<readonly [string, string]> = [],
    body = '',
  ): SipRequest {
    this.localSeq++;
    return this.#build(method, this.localSeq, headers, body);
  }

  /** The ACK to a 2xx has the CSeq number of its INVITE (section 13.2.2.4). */
  ack(inviteSeq: number, headers: Iterable<readonly [string, string]> = [], body = ''): SipRequest {
    return this.#build('ACK', inviteSeq, headers, body);
  }

  /** The next hop of this dialog's requests; undefined if it cannot be reached by UDP or TCP. */
  targetOf(request: SipRequest): Target | undefined {
    return this.override ?? targetOfUri(nextHopUri(request), this.protocol);
  }

  /** Takes a request's number. A retransmission of an old request is told as such: it gets 500. */
  acceptSequence(request: SipRequest): SequenceCheck {
    const seq = cseqOf(request)?.seq ?? 0;
    if (this.remoteSeq !== undefined && seq <= this.remoteSeq) return 'old';
    this.remoteSeq = seq;
    return 'next';
  }

  /** INVITE, UPDATE and their 2xx move the remote target (section 12.2: target refresh). */
  refreshTarget(message: SipRequest | SipResponse): void {
    const uri = contactUri(message);
    if (uri !== undefined) this.remoteTarget = uri;
  }

  /** A caller's dialog that was begun with the request learns its peer from a response with a tag. */
  learnRemote(response: SipResponse): void {
    this.remote = response.headers.get('to') ?? this.remote;
    this.remoteTag = tagOf(this.remote) ?? '';
    this.refreshTarget(response);
    this.routeSet = response.headers.all('record-route').reverse();
  }

  /** A 2xx confirms an early dialog and fixes its route set (section 13.2.2.4). */
  confirm(response: SipResponse): void {
    this.state = 'confirmed';
    this.refreshTarget(response);
    this.routeSet = response.headers.all('record-route').reverse();
  }

  #build(
    method: string,
    seq: number,
    headers: Iterable<readonly [string, string]>,
    body: string,
  ): SipRequest {
    const { uri, routes } = this.#routing();
    const request = newRequest(method, uri, [], body);
    for (const route of routes) request.headers.add('Route', route);
    request.headers
      .add('Max-Forwards', '70')
      .add('From', this.local)
      .add('To', this.remote)
      .add('Call-ID', this.callId)
      .add('CSeq', `${seq} ${method}`);
    for (const [name, value] of headers) request.headers.set(name, value);
    return request;
  }

  /** Loose routing, and the strict routing of old proxies (section 12.2.1.1). */
  #routing(): { uri: string; routes: readonly string[] } {
    const [first, ...rest] = this.routeSet;
    if (first === undefined) return { uri: this.remoteTarget, routes: [] };
    const uri = parseNameAddr(first)?.uri ?? '';
    if (parseUri(uri)?.params.has('lr')) return { uri: this.remoteTarget, routes: this.routeSet };
    return { uri, routes: [...rest, `<${this.remoteTarget}>`] };
  }
}

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}|${localTag}|${remoteTag}`;
}

export function contactUri(message: SipRequest | SipResponse): string | undefined {
  const value = message.headers.get('contact');
  return value === undefined ? undefined : parseNameAddr(value)?.uri;
}
