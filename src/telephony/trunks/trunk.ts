import type { Clock, EpochMs } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Secret } from '../../lib/secret.ts';
import type { TrunkConfig, TrunkState, TrunkWithSecret } from '../../model/trunk.ts';
import type { Destination } from '../../runtime/ports/index.ts';
import type { Route } from '../branch.ts';
import { dialFailure } from '../dial-failure.ts';
import type { SipRefusal } from '../sip-refusal.ts';
import { identityHeaders, type OnBehalf } from './caller-id.ts';
import { Health } from './health.ts';
import type { Registration } from './registration.ts';

export interface TrunkOptions {
  readonly given: TrunkWithSecret;
  readonly clock: Clock;
  readonly log: Logger;
}

/** `sip:host:port;transport=udp`: scheme, host with port, parameters. */
const URI = /^(sips?):([^@;>?\s]+)((?:;[^?\s]*)?)$/i;
/** A trunk that says how long it wants to be left alone is, for so long at most. */
const REST_MS_MAX = 300_000;

/**
 * One trunk as it is now: how it does, what it carries, and how it is spoken to. It stays itself when it is configured anew:
 * the calls that it carries go on counting.
 */
export class Trunk {
  config: TrunkConfig;
  password: Secret | undefined;
  readonly health: Health;
  registration: Registration | undefined;
  readonly #clock: Clock;
  #in = 0;
  #out = 0;
  #restUntil: EpochMs = 0;
  readonly #counts = { in: 0, out: 0, answered: 0, failed: 0, full: 0 };

  constructor({ given: { password, ...config }, clock, log }: TrunkOptions) {
    this.config = config;
    this.password = password;
    this.#clock = clock;
    this.health = new Health(clock, (state, before) => {
      const { problem } = this.health;
      if (state === 'down') log.warn({ trunk: config.id, problem }, 'A trunk is down');
      else log.info({ trunk: config.id }, 'A trunk is up');
      // Who was started anew has forgotten where we are.
      if (before === 'down') this.registration?.start();
    });
  }

  become({ password, ...config }: TrunkWithSecret): void {
    if (config.uri !== this.config.uri) {
      this.health.forget();
      this.#restUntil = 0;
    }
    this.config = config;
    this.password = password;
  }

  /** Host, without port and brackets, in small letters. */
  get host(): string {
    return hostOf(this.config.uri);
  }

  get state(): TrunkState {
    const { id, name, enabled } = this.config;
    const { state, since, problem } = this.health;
    return {
      id,
      name,
      enabled,
      health: state,
      ...(since === undefined ? {} : { healthSince: since }),
      ...(problem === undefined ? {} : { problem }),
      ...(this.registration ? { registration: this.registration.state } : {}),
      callsIn: this.#in,
      callsOut: this.#out,
      counts: { ...this.#counts },
    };
  }

  /** Not to be asked now if there is another one. */
  get isTroubled(): boolean {
    const unregistered = this.registration?.state.state === 'failed';
    return unregistered || this.health.state === 'down' || this.#clock.now() < this.#restUntil;
  }

  serves(to: Destination): boolean {
    const { serves } = this.config;
    if (to.kind !== 'number' || serves.length === 0) return true;
    return serves.some((beginning) => to.number.startsWith(beginning));
  }

  hasRoom(direction: 'in' | 'out'): boolean {
    const { callsMax, callsInMax, callsOutMax } = this.config;
    const [now, max] = direction === 'in' ? [this.#in, callsInMax] : [this.#out, callsOutMax];
    return now < (max ?? Infinity) && this.#in + this.#out < (callsMax ?? Infinity);
  }

  /** Counts a call until what it returns is called; idempotent. */
  take(direction: 'in' | 'out'): () => void {
    const change = (by: number): void => {
      if (direction === 'in') this.#in += by;
      else this.#out += by;
    };
    change(1);
    this.#counts[direction] += 1;
    let taken = true;
    return () => {
      if (taken) change(-1);
      taken = false;
    };
  }

  full(): void {
    this.#counts.full += 1;
  }

  /** Somebody answered: whatever else is wrong, calls go through. */
  answered(): void {
    this.#counts.answered += 1;
    this.health.good();
  }

  /** What a final response says of the trunk; true: the fault is its own, and another one may do better. */
  refused(refusal: SipRefusal): boolean {
    if (!isTrunksFault(refusal)) {
      this.health.good();
      return false;
    }
    this.#counts.failed += 1;
    this.health.bad(refusal.silent ? 'no response to INVITE' : `INVITE: ${refusal.status}`);
    const restMs = Math.min((refusal.retryAfterSeconds ?? 0) * 1_000, REST_MS_MAX);
    this.#restUntil = Math.max(this.#restUntil, this.#clock.now() + restMs);
    return true;
  }

  /** A number becomes the user part of the trunk's own address (RFC 3261 section 19.1.6: never `tel:`, which
   * crashes drachtio-server); somebody else's address is sent to the trunk, which finds the way. */
  routeTo(to: Destination): Route {
    const { uri, username } = this.config;
    const [, scheme = 'sip', host = '', parameters = ''] = URI.exec(uri) ?? [];
    const { password } = this;
    const auth = username && password ? { auth: { username, password } } : {};
    if (to.kind === 'number')
      return { uri: `${scheme}:${to.number}@${host}${parameters}`, ...auth };
    return { uri: to.kind === 'sip' ? to.uri : uri, proxy: uri, ...auth };
  }

  headersFor(to: Destination, behalf: OnBehalf): Record<string, string> {
    const number = to.kind === 'number' ? to.number : '';
    return { ...identityHeaders(this.config, number, behalf), To: `<${this.routeTo(to).uri}>` };
  }
}

export function hostOf(uri: string): string {
  const [, , place = ''] = URI.exec(uri) ?? [];
  const bracketed = /^\[([^\]]+)\]/.exec(place)?.[1];
  return (bracketed ?? place.replace(/:\d+$/, '')).toLowerCase();
}

/** 5060, or 5061 with TLS, unless it is named (RFC 3261 section 19.1.2). */
export function portOf(uri: string): number {
  const named = /:(\d{1,5})$/.exec(URI.exec(uri)?.[2] ?? '')?.[1];
  return named ? Number(named) : /^sips:|;transport=tls/i.test(uri) ? 5061 : 5060;
}

/**
 * Whether another trunk may do better: it is broken, full, dead, or wants something else of us. Not once it has rung:
 * then the answer is the customer's. A redirect (3xx) is not followed: nobody but us says where calls may go.
 */
export function isTrunksFault(refusal: SipRefusal): boolean {
  const { status, rang, progressed, silent } = refusal;
  if (rang) return false;
  if (!progressed && (silent || status === 408 || (status >= 300 && status < 400))) return true;
  return dialFailure(refusal) === 'noTrunk';
}
