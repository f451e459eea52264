import { BoundedMap } from '../../lib/bounded-map.ts';
import {
  type AnyServerTransaction,
  callIdOf,
  cloneRequest,
  cloneResponse,
  type InviteServerTransaction,
  newTag,
  nextHopUri,
  parseUri,
  responseTo,
  type SipRequest,
  type SipResponse,
  targetOfUri,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import { type EdgeContext, isOurs } from './context.ts';
import { forgetNet } from './net-transactions.ts';
import { durationMs, type ProxyOptions, ProxySession, uriOfRoute } from './proxy-session.ts';
import type { ClientMessage } from './wire.ts';

/** Dialogs that are remembered; of older ones, later requests are not passed on. */
const PROXIED_MAX = 10_000;

/** Requests that clients want passed on, and later ones of the dialogs in which we stayed. */
export class SipProxy {
  readonly #context: EdgeContext;
  readonly #sessions = new WeakMap<AnyServerTransaction, ProxySession>();

  /** The Call-IDs of dialogs that pass through us. */
  readonly #stayedIn = new BoundedMap<true>(PROXIED_MAX);

  constructor(context: EdgeContext) {
    this.#context = context;
  }

  start(client: Client, message: ClientMessage): void {
    const transactionId = message.tokens[0] ?? '';
    const net = this.#context.net.get(transactionId);
    if (!net || net.inDialog || net.dialog) {
      client.reply(message, 'NOK', `Unknown transaction id: ${transactionId}`);
      return;
    }
    forgetNet(this.#context, net);
    this.#context.netOf.delete(net.transaction);
    const options = optionsOf(message);
    const session = new ProxySession(this.#context, client, message, net.transaction, options);
    this.#sessions.set(net.transaction, session);
    if (options.recordRoute) this.#stayedIn.set(callIdOf(net.transaction.request), true);
    session.start();
  }

  /** A request inside a dialog that we stayed in by Record-Route (RFC 3261 section 16.4). */
  onRequest(transaction: AnyServerTransaction): boolean {
    const forwarded = this.#throughUs(transaction.request);
    if (!forwarded) return false;
    const target = targetOfUri(nextHopUri(forwarded));
    if (!target) {
      transaction.respond(responseTo(transaction.request, 404, { toTag: newTag() }));
      return true;
    }
    this.#context.layer.request(forwarded, target, {
      onResponse: (response) => {
        if (response.status > 100) transaction.respond(withoutOurVia(response));
      },
      onFailure: (failure) => {
        const status = failure === 'timeout' ? 408 : 503;
        transaction.respond(responseTo(transaction.request, status, { toTag: newTag() }));
      },
      onTerminated: () => {},
    });
    return true;
  }

  onAck(ack: SipRequest): boolean {
    const forwarded = this.#throughUs(ack);
    const target = forwarded ? targetOfUri(nextHopUri(forwarded)) : undefined;
    if (!forwarded || !target) return false;
    this.#context.layer.sendAck(forwarded, target);
    return true;
  }

  onCancel(transaction: InviteServerTransaction): boolean {
    const session = this.#sessions.get(transaction);
    session?.cancel();
    return session !== undefined;
  }

  /** A 2xx that comes after its transaction is forwarded by its Vias alone (section 16.11). */
  onStrayResponse(_response: SipResponse): void {}

  /** A copy without our Route, if the topmost Route is us. */
  #throughUs(request: SipRequest): SipRequest | undefined {
    const route = request.headers.get('route');
    const uri = route === undefined ? undefined : parseUri(uriOfRoute(route));
    if (!uri?.params.has('lr') || !isOurs(this.#context, uri)) return undefined;
    // Anybody may write a Route: only what we let through at its beginning goes through us again.
    if (!this.#stayedIn.get(callIdOf(request))) return undefined;
    const hops = Number(request.headers.get('max-forwards') ?? 70);
    const own = parseUri(request.uri);
    // A Route to us with a Request-URI of ours is a preloaded one: the request is for us.
    if (hops <= 0 || (own && isOurs(this.#context, own))) return undefined;
    const copy = cloneRequest(request);
    copy.headers.removeFirst('Route').set('Max-Forwards', String(hops - 1));
    return copy;
  }
}

function withoutOurVia(response: SipResponse): SipResponse {
  const copy = cloneResponse(response);
  copy.headers.removeFirst('Via');
  return copy;
}

function optionsOf(message: ClientMessage): ProxyOptions {
  const [, remain, full, follow, forking, provisional = '', final = '', ...destinations] =
    message.tokens;
  return {
    recordRoute: remain === 'remainInDialog',
    fullResponse: full === 'fullResponse',
    followRedirects: follow === 'followRedirects',
    simultaneous: forking === 'simultaneous',
    provisionalMs: durationMs(provisional),
    finalMs: durationMs(final),
    destinations: destinations.filter((destination) => destination !== ''),
  };
}
