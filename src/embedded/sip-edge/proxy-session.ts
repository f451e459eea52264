import type { Timer } from '../../lib/clock.ts';
import {
  type AnyClientTransaction,
  type AnyServerTransaction,
  cloneRequest,
  cloneResponse,
  contactUri,
  newTag,
  type Protocol,
  parseNameAddr,
  parseUri,
  responseTo,
  type SipRequest,
  type SipResponse,
  targetOfUri,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import { applyHeaders } from './compose.ts';
import { type EdgeContext, heard, isOurs, localAddress, localContact } from './context.ts';
import type { ClientMessage } from './wire.ts';

export interface ProxyOptions {
  readonly recordRoute: boolean;
  readonly fullResponse: boolean;
  readonly followRedirects: boolean;
  readonly simultaneous: boolean;
  readonly provisionalMs: number;
  readonly finalMs: number;
  readonly destinations: readonly string[];
}

const TARGETS_MAX = 20;
const NOT_COPIED = new Set(['via', 'call-id', 'cseq', 'from', 'to', 'max-forwards', 'contact']);

interface Branch {
  readonly transaction: AnyClientTransaction;
  heard: boolean;
  final?: SipResponse;
  cancelled: boolean;
  provisionalTimer?: Timer;
  finalTimer?: Timer;
}

/**
 * One request that is passed on (RFC 3261 section 16).
 *
 *   searching --2xx--> forwarded        (later 2xx of other branches are forwarded too)
 *       |  \--all branches failed--> best response forwarded
 *       \----CANCEL--> cancelling --> 487 or whatever comes
 */
export class ProxySession {
  readonly #context: EdgeContext;
  readonly #client: Client;
  readonly #message: ClientMessage;
  readonly #server: AnyServerTransaction;
  readonly #options: ProxyOptions;
  readonly #waiting: string[];
  readonly #branches: Branch[] = [];
  #state: 'searching' | 'cancelling' | 'over' = 'searching';

  constructor(
    context: EdgeContext,
    client: Client,
    message: ClientMessage,
    server: AnyServerTransaction,
    options: ProxyOptions,
  ) {
    this.#context = context;
    this.#client = client;
    this.#message = message;
    this.#server = server;
    this.#options = options;
    this.#waiting = options.destinations.slice(0, TARGETS_MAX);
  }

  start(): void {
    const hops = Number(this.#server.request.headers.get('max-forwards') ?? 70);
    if (hops <= 0) {
      this.#refuse(483, 'Rejected with 483 Too Many Hops due to Max-Forwards value of 0');
      return;
    }
    if (!this.#next()) this.#refuse(500, 'error proxying request to ');
    else if (!this.#options.fullResponse) this.#client.reply(this.#message, 'OK', 'done');
  }

  cancel(): void {
    if (this.#state !== 'searching') return;
    this.#state = 'cancelling';
    this.#waiting.length = 0;
    for (const branch of this.#branches) this.#cancel(branch);
  }

  /** Starts the next target, or all of them; false if none could be started. */
  #next(): boolean {
    let started = false;
    while (this.#waiting.length > 0 && (!started || this.#options.simultaneous)) {
      const destination = this.#waiting.shift() ?? '';
      started = this.#forward(destination) || started;
    }
    return started;
  }

  #forward(destination: string): boolean {
    const { request } = this.#server;
    const target = targetOfUri(destination);
    if (!target) return false;
    const copy = cloneRequest(request);
    this.#rewrite(copy, destination, target.protocol);
    const branch: { current?: Branch } = {};
    const transaction = this.#context.layer.request(copy, target, {
      onResponse: (response) => branch.current && this.#onResponse(branch.current, response),
      onFailure: (failure) => {
        const status = failure === 'timeout' ? 408 : 503;
        if (branch.current)
          this.#onFinal(branch.current, responseTo(request, status, { toTag: newTag() }));
      },
      onTerminated: () => {},
    });
    branch.current = { transaction, heard: false, cancelled: false };
    this.#branches.push(branch.current);
    this.#startTimers(branch.current);
    if (request.method === 'INVITE') this.#context.cdr.attempt('application', copy);
    return true;
  }

  /** What a proxy changes of a request (RFC 3261 section 16.6). */
  #rewrite(copy: SipRequest, destination: string, protocol: Protocol): void {
    const context = this.#context;
    const { headers } = copy;
    headers.set('Max-Forwards', String(Number(headers.get('max-forwards') ?? 71) - 1));
    headers.remove('Route');
    const local = localAddress(context);
    const uri = parseUri(copy.uri);
    if (uri && isOurs(context, uri)) copy.uri = destination;
    if (this.#options.recordRoute) {
      const own = localContact(context, protocol).replace('>', ';lr>');
      headers.prepend(copy.method === 'REGISTER' ? 'Path' : 'Record-Route', own);
    }
    applyHeaders(headers, this.#message.headers, local, NOT_COPIED);
  }

  #startTimers(branch: Branch): void {
    const { provisionalMs, finalMs } = this.#options;
    const give = (ms: number) => this.#context.clock.after(ms, () => this.#giveUp(branch));
    if (provisionalMs > 0) branch.provisionalTimer = give(provisionalMs);
    if (finalMs > 0) branch.finalTimer = give(finalMs);
  }

  /** A branch that takes too long is cancelled, and the next one has its turn. */
  #giveUp(branch: Branch): void {
    if (branch.final) return;
    this.#cancel(branch);
    this.#onFinal(branch, responseTo(this.#server.request, 408, { toTag: newTag() }));
  }

  #onResponse(branch: Branch, raw: SipResponse): void {
    const first = !branch.heard;
    branch.heard = true;
    branch.provisionalTimer?.cancel();
    if (first && raw.status < 200 && branch.cancelled)
      this.#context.layer.cancel(branch.transaction);
    if (raw.status === 100) return;
    const response = cloneResponse(raw);
    response.headers.removeFirst('Via');
    if (response.status < 200) {
      if (!branch.final) this.#server.respond(response);
    } else if (response.status < 300) this.#onSuccess(branch, raw, response);
    else this.#onFinal(branch, response, raw);
  }

  /** A 2xx goes upstream at once, every one of them (section 16.7 step 5). */
  #onSuccess(branch: Branch, raw: SipResponse, response: SipResponse): void {
    const again = branch.final !== undefined;
    branch.final ??= response;
    branch.finalTimer?.cancel();
    this.#server.respond(response);
    if (again) return;
    if (this.#server.request.method === 'INVITE') this.#context.cdr.start('network', 'uac', raw);
    this.#report(raw, branch);
    this.#waiting.length = 0;
    for (const other of this.#branches) if (other !== branch) this.#cancel(other);
    this.#finish();
  }

  #onFinal(branch: Branch, response: SipResponse, raw: SipResponse = response): void {
    if (branch.final) return;
    branch.final = response;
    branch.finalTimer?.cancel();
    this.#report(raw, branch);
    if (this.#state === 'over') return;
    const redirect =
      response.status >= 300 && response.status < 400 ? contactUri(response) : undefined;
    if (this.#options.followRedirects && redirect && this.#branches.length < TARGETS_MAX) {
      this.#waiting.unshift(redirect);
    }
    // Section 16.7 step 5: 6xx ends the search everywhere.
    if (response.status >= 600) {
      this.#waiting.length = 0;
      for (const other of this.#branches) this.#cancel(other);
    }
    if (this.#next()) return;
    if (this.#branches.every((other) => other.final)) this.#forwardBest();
  }

  /** Section 16.7 step 6: 6xx, then the lowest class; a challenge before other 4xx. */
  #forwardBest(): void {
    const rank = (response: SipResponse) => {
      const { status } = response;
      if (status >= 600) return 0;
      return status === 401 || status === 407 ? 400 : status;
    };
    const finals = this.#branches.flatMap((branch) => (branch.final ? [branch.final] : []));
    const best = finals.sort((a, b) => rank(a) - rank(b))[0];
    const { request } = this.#server;
    const cancelled = this.#state === 'cancelling';
    const response = best ?? responseTo(request, cancelled ? 487 : 408, { toTag: newTag() });
    this.#server.respond(response);
    if (request.method === 'INVITE') {
      const reason = response.status === 487 ? 'call-canceled' : 'call-rejected';
      this.#context.cdr.stop('application', reason, response);
    }
    this.#finish();
  }

  #cancel(branch: Branch): void {
    if (branch.final || branch.cancelled) return;
    branch.cancelled = true;
    if (this.#server.request.method !== 'INVITE') return;
    if (branch.heard) this.#context.layer.cancel(branch.transaction);
  }

  #report(raw: SipResponse, branch: Branch): void {
    if (!this.#options.fullResponse) return;
    const text = heard(this.#context, raw, branch.transaction.target);
    this.#client.reply(this.#message, 'OK', `${text.meta}|||continue\r\n${text.raw}`);
  }

  #finish(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    if (this.#options.fullResponse) this.#client.reply(this.#message, 'OK', 'done');
  }

  #refuse(status: number, text: string): void {
    this.#state = 'over';
    this.#client.reply(this.#message, 'NOK', text);
    this.#server.respond(responseTo(this.#server.request, status, { toTag: newTag() }));
  }
}

/** `2s`, `1500ms`, or nothing: no limit. */
export function durationMs(text: string): number {
  const match = /^(\d{1,7})(ms|s)?$/.exec(text.trim());
  if (!match) return 0;
  return Number(match[1]) * (match[2] === 's' ? 1_000 : 1);
}

export const uriOfRoute = (route: string): string => parseNameAddr(route)?.uri ?? '';
