import type { Clock, EpochMs } from '../../lib/clock.ts';
import {
  parseNameAddr,
  parseUri,
  type SipRequest,
  type SipResponse,
  type Target,
} from '../sip/index.ts';

const BINDINGS_MAX = 10_000;

/**
 * Which connection a registered phone is at the other end of. A phone behind NAT cannot be reached but
 * through the connection that it opened; an application only knows its Contact.
 */
export class Bindings {
  readonly #clock: Clock;
  readonly #byContact = new Map<string, { target: Target; until: EpochMs }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Learns from a REGISTER or SUBSCRIBE over TCP and our 2xx to it. */
  learn(request: SipRequest, response: SipResponse, target: Target): void {
    if (target.connectionId === undefined) return;
    const key = contactKey(request.headers.get('contact'));
    if (key === undefined) return;
    const expiresS = expiresOf(response);
    this.#byContact.delete(key);
    if (expiresS <= 0) return;
    if (this.#byContact.size >= BINDINGS_MAX) this.#forgetOldest();
    this.#byContact.set(key, { target, until: this.#clock.now() + expiresS * 1_000 });
  }

  find(requestUri: string): Target | undefined {
    const key = uriKey(requestUri);
    const found = key === undefined ? undefined : this.#byContact.get(key);
    if (!key || !found) return undefined;
    if (found.until > this.#clock.now()) return found.target;
    this.#byContact.delete(key);
    return undefined;
  }

  #forgetOldest(): void {
    const oldest = this.#byContact.keys().next();
    if (!oldest.done) this.#byContact.delete(oldest.value);
  }
}

function contactKey(contact: string | undefined): string | undefined {
  const uri = contact === undefined ? undefined : parseNameAddr(contact)?.uri;
  return uri === undefined ? undefined : uriKey(uri);
}

/** User, host and port: two phones of one person at one address must not take each other's calls. */
function uriKey(text: string): string | undefined {
  const uri = parseUri(text);
  return uri === undefined ? undefined : `${uri.user ?? ''}@${uri.host}:${uri.port ?? ''}`;
}

function expiresOf(response: SipResponse): number {
  const contact = response.headers.get('contact');
  const inContact =
    contact === undefined ? undefined : parseNameAddr(contact)?.params.get('expires');
  const seconds = Number(inContact ?? response.headers.get('expires') ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}
