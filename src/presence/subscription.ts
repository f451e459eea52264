import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Credentials } from '../lib/digest-answer.ts';
import type { NewId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import { within } from '../lib/within.ts';
import type { PresenceSource } from '../model/arrival.ts';
import type { PresenceStatus } from '../model/presence.ts';
import { type Refused, type SipAnswer, subscribe, subscribeAgain } from './asking.ts';
import { type NotifiedReader, readerOf } from './documents.ts';

export interface SubscriptionOptions {
  readonly source: PresenceSource;
  readonly srf: Srf;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  /** For the digest that the other system may ask for. */
  readonly auth?: Credentials;
  heard(status: PresenceStatus, forMs: number): void;
  /** Nothing is known of them any more. */
  lost(): void;
}

const EXPIRES_SECONDS = 3_600;
const EXPIRES_SECONDS_MIN = 30;
const EXPIRES_SECONDS_MAX = 86_400;
/** So much of the time that was granted, and it is asked for again. */
const REFRESH_SHARE = 0.8;
/** Who is said to be busy is asked about again so soon: a system that has died says never that they are free. */
const DOUBTED_MS = 300_000;
/** A word holds a little longer than its subscription: a refresh may be on its way. */
const GRACE_MS = 30_000;
/** At once is soon: nobody can keep us busy by ending one subscription after the other. */
const AT_ONCE_MS = 1_000;
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 900_000;
/** Whoever says no for good is asked again when somebody may have changed their mind. */
const REFUSED_MS = 3_600_000;
/** Of those who refuse, these may do otherwise soon (RFC 3261 section 21.4). */
const FOR_NOW = new Set([408, 480, 481, 486]);
/** Another system that does not answer any more holds nobody up. */
const FAREWELL_MS_MAX = 500;
const BODY_OCTETS_MAX = 65_536;

/**
 * One subscription to somebody's presence at another system (RFC 6665).
 *
 *   asking ──2xx──▶ active ──before it expires──▶ refreshing ──2xx──▶ active
 *      │               └──NOTIFY terminated──┐        └──481, failure──┐
 *      └──failure──▶ waiting ◀───────────────┴─────────────────────────┘──time──▶ asking     any ──stop──▶ over
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #reader: NotifiedReader;
  #expires = EXPIRES_SECONDS;
  #dialog: Srf.Dialog | undefined;
  #timer: Timer | undefined;
  /** When the timer will be due. */
  #dueAt = 0;
  /** The last word was that they cannot be reached. */
  #isDoubted = false;
  #failures = 0;
  #over = false;
  /** Of the SUBSCRIBE that is under way or active: NOTIFY may come before its answer (section 4.1.2.4). */
  sipCallId = '';

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#reader = readerOf(options.source.event);
  }

  /** Takes it back if it can, and hears no more. Idempotent. */
  async stop(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    const dialog = this.#dialog;
    this.#dialog = undefined;
    if (!dialog) return;
    const farewell = this.#again(dialog, 0).catch(() => {});
    await within(this.#options.clock, FAREWELL_MS_MAX, farewell);
  }

  /** Asks for a new one: at first, and when the connection to drachtio was lost, and the dialog with it. */
  start(): void {
    if (this.#over) return;
    this.#forgetDialog();
    this.#ask();
  }

  /** A NOTIFY of this subscription: 200, or why it is not understood. */
  notified(req: Srf.SrfRequest, res: Srf.SrfResponse): void {
    const { log, source } = this.#options;
    const { state, seconds, reason, retryAfterMs } = subscriptionState(req);
    const body = req.body ?? '';
    if (body.length > BODY_OCTETS_MAX) return void res.send(413);
    const status = body === '' ? undefined : this.#reader.read(body);
    if (body !== '' && status === undefined) {
      log.warn({ event: source.event }, 'A NOTIFY says nothing that can be understood');
    }
    res.send(200);
    if (this.#over) return;
    if (state === 'terminated') return this.#terminated(reason, retryAfterMs);
    if (status === 'incomplete') return this.#askForAll();
    const forMs = (seconds ?? this.#expires) * 1_000 + GRACE_MS;
    if (state !== 'active' || !status) return;
    this.#options.heard(status, forMs);
    this.#isDoubted = status !== 'available';
    const isSooner = this.#options.clock.now() + DOUBTED_MS < this.#dueAt;
    if (this.#dialog && this.#isDoubted && isSooner) this.#refreshIn(DOUBTED_MS);
  }

  /** A NOTIFY was lost: who refreshes is told everything (RFC 4235 section 4.3). */
  #askForAll(): void {
    if (this.#dialog) this.#refreshIn(AT_ONCE_MS);
  }

  #ask(): void {
    const { srf, source, newId, auth } = this.#options;
    this.sipCallId = newId();
    const headers = {
      ...this.#headers(this.#expires),
      'call-id': this.sipCallId,
      From: '<sip:centralita@localhost>',
      To: `<${source.uri}>`,
    };
    subscribe(srf, source.uri, headers, auth, (refused, dialog) => {
      if (dialog) this.#granted(dialog, (dialog as unknown as { res: SipAnswer }).res);
      else this.#refused(refused);
    });
  }

  #granted(dialog: Srf.Dialog, res: SipAnswer): void {
    if (this.#over) {
      void this.#again(dialog, 0).catch(() => {});
      return;
    }
    this.#dialog = dialog;
    dialog.on('notify' as 'info', (req: Srf.SrfRequest, answer: Srf.SrfResponse) =>
      this.notified(req, answer),
    );
    this.#renewBefore(res);
  }

  #again(dialog: Srf.Dialog, expires: number): Promise<SipAnswer> {
    return subscribeAgain(dialog, this.#headers(expires), this.#options.auth);
  }

  #renewBefore(res: SipAnswer): void {
    this.#failures = 0;
    const granted = Number(res.get('Expires') ?? this.#expires);
    const seconds = Number.isFinite(granted) ? Math.max(granted, EXPIRES_SECONDS_MIN) : 0;
    const ms = Math.min(seconds || this.#expires, EXPIRES_SECONDS_MAX) * 1_000 * REFRESH_SHARE;
    this.#refreshIn(this.#isDoubted ? Math.min(ms, DOUBTED_MS) : ms);
  }

  #refreshIn(ms: number): void {
    this.#after(ms, () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    const dialog = this.#dialog;
    if (!dialog) return;
    try {
      const res = await this.#again(dialog, this.#expires);
      if (this.#over || this.#dialog !== dialog) return;
      if (res.status < 300) this.#renewBefore(res);
      else this.#refused({ status: res.status, res });
    } catch (error) {
      if (!this.#over && this.#dialog === dialog) this.#refused(error as Refused);
    }
  }

  /** RFC 6665 section 4.1.2: what each refusal means for the next try. */
  #refused({ status = 503, res }: Refused = {}): void {
    if (this.#over) return;
    const hadOne = this.#dialog !== undefined;
    this.#forgetDialog();
    if (status === 423) {
      const least = Number(res?.get('Min-Expires'));
      const isHigher = least > this.#expires && least <= EXPIRES_SECONDS_MAX;
      if (isHigher) this.#expires = least;
      return this.#waitFor(isHigher ? 0 : REFUSED_MS);
    }
    // The other system has forgotten it: a new one is asked for at once.
    if (status === 481 && hadOne) return this.#waitFor(0);
    this.#options.lost();
    this.#options.log.warn({ status }, 'Nobody tells whether a person outside can be reached');
    const retryAfter = Number(res?.get('Retry-After')?.split(/[ ;(]/)[0]) * 1_000;
    if (retryAfter > 0) return this.#waitFor(retryAfter);
    if (status >= 400 && status < 500 && !FOR_NOW.has(status)) return this.#waitFor(REFUSED_MS);
    this.#failures += 1;
    this.#waitFor(RETRY_MS_MIN * 2 ** Math.min(this.#failures, 10));
  }

  /** RFC 6665 section 4.1.3. */
  #terminated(reason: string, retryAfterMs: number | undefined): void {
    this.#forgetDialog();
    const isForGood = reason === 'rejected' || reason === 'noresource' || reason === 'invariant';
    if (isForGood) this.#options.lost();
    const soon = reason === 'deactivated' || reason === 'timeout' ? 0 : RETRY_MS_MIN * 6;
    this.#waitFor(retryAfterMs ?? (isForGood ? REFUSED_MS : soon));
  }

  #forgetDialog(): void {
    this.#dialog = undefined;
    this.sipCallId = '';
  }

  #waitFor(ms: number): void {
    const waitMs = ms === 0 ? AT_ONCE_MS : Math.min(Math.max(ms, RETRY_MS_MIN), REFUSED_MS);
    this.#after(ms === REFUSED_MS ? waitMs : Math.min(waitMs, RETRY_MS_MAX), () => this.start());
  }

  #after(ms: number, work: () => void): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#dueAt = clock.now() + ms;
    this.#timer = clock.after(ms, () => {
      if (!this.#over) work();
    });
  }

  #headers(expires: number): Record<string, string> {
    const { event } = this.#options.source;
    return { Event: event, Accept: this.#reader.accept, Expires: String(expires) };
  }
}

/** `terminated;reason=timeout;retry-after=30` (RFC 6665 section 8.4). */
function subscriptionState(req: Srf.SrfRequest): {
  readonly state: string;
  readonly seconds?: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
} {
  const text = (req.get('Subscription-State') ?? '').slice(0, 256).toLowerCase();
  const value = (name: string) => new RegExp(`;\\s*${name}\\s*=\\s*([\\w-]+)`).exec(text)?.[1];
  const seconds = Number(value('expires'));
  const retryAfter = Number(value('retry-after'));
  return {
    state: /^\s*([\w-]+)/.exec(text)?.[1] ?? 'active',
    ...(seconds > 0 ? { seconds: Math.min(seconds, EXPIRES_SECONDS_MAX) } : {}),
    reason: value('reason') ?? '',
    ...(retryAfter > 0 ? { retryAfterMs: retryAfter * 1_000 } : {}),
  };
}
