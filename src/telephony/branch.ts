import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Credentials } from '../lib/digest-answer.ts';
import { Proofs } from '../lib/proofs.ts';
import { cancelInvite, endDialog } from './end-dialog.ts';
import { SESSION_SECONDS_MIN } from './session-keeper.ts';
import { NO_RESPONSE, refusalOf, type SipRefusal } from './sip-refusal.ts';
import { INVITE_NOT_KEPT, type InviteKept } from './traces.ts';
import { proveWithin } from './within-dialog.ts';

/** Where an INVITE goes: the URI in its first line, the hop it is sent to, and who we say we are if asked. */
export interface Route {
  readonly uri: string;
  readonly proxy?: string;
  /** Another connection of the same phone, for when this one has failed (RFC 5626 section 5.3). */
  readonly otherwise?: Route;
  /** For the digest that a trunk asks for (RFC 3261 section 22). */
  readonly auth?: Credentials;
}

/** Something to be tried: where, what it is told, and how long it may say nothing at all. */
export interface Attempt {
  readonly route: Route;
  readonly headers: Readonly<Record<string, string>>;
  /** Whoever has said nothing at all by then is not there: no need to wait for Timer B (32 s). */
  readonly firstResponseMsMax: number;
}

export interface BranchOptions extends Attempt {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly offer: string;
  /** {@link Keeper.invited} */
  invited(invite: Srf.SrfRequest): InviteKept;
  /** A provisional response: it rings, or is about to. */
  progress(): void;
  answered(branch: Branch, dialog: Srf.Dialog): void;
  failed(branch: Branch, why: SipRefusal): void;
}

/** The first that says that a phone has been reached; 183 alone may be the network's own voice (RFC 3261 section 21.1.5). */
const RINGS = 180;
const PROGRESSES = 183;
const FLOW_FAILURES = new Set([408, 430, 503]);

/** One INVITE to one phone or trunk. Ends in exactly one of `answered` and `failed`; after `cancel` in neither. */
export class Branch {
  readonly #options: BranchOptions;
  #invite: Srf.SrfRequest | undefined;
  #cancelled = false;
  #over = false;
  #rang = false;
  #progressed = false;
  readonly #proofs: Proofs;
  #proof: Readonly<Record<string, string>> = {};
  #longer: Readonly<Record<string, string>> | undefined;
  #silence: Timer | undefined;
  #kept = INVITE_NOT_KEPT;

  constructor(options: BranchOptions) {
    this.#options = options;
    this.#proofs = new Proofs(options.route.auth);
  }

  /** What the same phone may be tried by instead: only its connection has failed (RFC 5626 section 11.6). */
  otherwise(why: SipRefusal): Route | undefined {
    return FLOW_FAILURES.has(why.status) && !why.rang ? this.#options.route.otherwise : undefined;
  }

  start(): void {
    const { clock, firstResponseMsMax, headers } = this.#options;
    this.#silence = clock.after(firstResponseMsMax, () => this.#unreachable());
    this.#send(headers);
  }

  /** Idempotent. An answer that crosses the CANCEL is hung up at once. */
  cancel(): void {
    if (this.#cancelled || this.#over) return;
    this.#cancelled = true;
    this.#silence?.cancel();
    this.#sendCancel();
    this.#kept.forget();
  }

  #send(headers: Readonly<Record<string, string>>, proxy = this.#options.route.proxy): void {
    const { srf, route, offer } = this.#options;
    srf
      .createUAC(
        route.uri,
        { localSdp: offer, headers: { ...headers }, ...(proxy ? { proxy } : {}) },
        {
          cbRequest: (...args: unknown[]) => this.#sent(args),
          cbProvisional: (res) => this.#progress(res),
        },
      )
      .then((dialog) => this.#answered(dialog))
      .catch((error: unknown) => {
        const refused = error as Refused;
        if (!this.#proves(refused) && !this.#asksForLonger(refused)) this.#failed(refusalOf(error));
      });
  }

  /** srf calls back with (error, request), though its types say (request). */
  #sent([error, request]: unknown[]): void {
    if (error || !request) return;
    this.#invite = request as Srf.SrfRequest;
    this.#kept.forget();
    if (this.#cancelled) this.#sendCancel();
    else this.#kept = this.#options.invited(this.#invite);
  }

  /** Answers a challenge (RFC 3261 section 22.2). False: there was none, or it is not content with what we have. */
  #proves({ status = 0, res }: Refused): boolean {
    if (!res || !this.#invite || this.#over || this.#cancelled) return false;
    const request = { method: 'INVITE', uri: this.#options.route.uri };
    const proof = this.#proofs.after(status, res, request);
    if (!proof) return false;
    this.#proof = proof;
    this.#again(this.#invite, this.#challenger(res));
    return true;
  }

  /** The far end wants fewer refreshes (RFC 4028 section 7.3): the same INVITE, with its time. */
  #asksForLonger({ status, res }: Refused): boolean {
    if (status !== 422 || !res || !this.#invite || this.#over || this.#cancelled) return false;
    const least = Number(res.has('Min-SE') ? /^\s*(\d{1,6})/.exec(res.get('Min-SE'))?.[1] : NaN);
    if (!(least > SESSION_SECONDS_MIN) || this.#longer) return false;
    this.#longer = { 'Session-Expires': String(least), 'Min-SE': String(least) };
    this.#again(this.#invite);
    return true;
  }

  /** The same INVITE with the next number, and all that was asked for. */
  #again(invite: Srf.SrfRequest, proxy = this.#options.route.proxy): void {
    const { From: _, ...others } = this.#options.headers;
    const headers = {
      ...others,
      From: invite.get('From'),
      // In small letters, as srf writes what it keeps: otherwise there are two.
      'call-id': invite.get('Call-ID'),
      CSeq: `${Number.parseInt(invite.get('CSeq'), 10) + 1} INVITE`,
      ...this.#proof,
      ...this.#longer,
    };
    this.#send(headers, proxy);
  }

  /** A name may lead to another machine the next time, which knows nothing of this nonce. */
  #challenger(res: Srf.SrfResponse): string | undefined {
    const { uri, proxy } = this.#options.route;
    const hop = proxy ?? uri;
    if (IP_HOST.test(hop) || !res.source_address) return proxy;
    const transport = /;transport=\w+/i.exec(hop)?.[0] ?? '';
    return `sip:${res.source_address}:${res.source_port}${transport}`;
  }

  #progress(response: Srf.SrfResponse): void {
    const { status } = response;
    this.#silence?.cancel();
    this.#kept.heard(response);
    if (status === PROGRESSES) this.#progressed = true;
    else if (status >= RINGS) this.#rang = true;
    if (!this.#over && !this.#cancelled) this.#options.progress();
  }

  #sendCancel(): void {
    cancelInvite(this.#invite);
  }

  #answered(dialog: Srf.Dialog): void {
    this.#silence?.cancel();
    this.#kept.forget();
    this.#over = true;
    if (this.#cancelled) endDialog(dialog);
    else {
      proveWithin(dialog, this.#options.route.auth);
      this.#options.answered(this, dialog);
    }
  }

  #failed(why: SipRefusal): void {
    this.#silence?.cancel();
    this.#kept.forget();
    if (this.#over) return;
    this.#over = true;
    const [rang, progressed] = [this.#rang, this.#progressed];
    if (!this.#cancelled) this.#options.failed(this, { ...why, rang, progressed });
  }

  #unreachable(): void {
    if (this.#over || this.#cancelled) return;
    this.#cancelled = true;
    this.#sendCancel();
    this.#kept.forget();
    this.#options.failed(this, NO_RESPONSE);
  }
}

/** What drachtio-srf rejects with. */
interface Refused {
  readonly status?: number;
  readonly res?: Srf.SrfResponse;
}

const IP_HOST = /^sips?:(?:[^@]*@)?(?:\d{1,3}(?:\.\d{1,3}){3}|\[)/i;
