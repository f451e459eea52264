import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import { endDialog } from './end-dialog.ts';
import { NO_RESPONSE, refusalOf, type SipRefusal } from './sip-refusal.ts';

/** Where an INVITE goes: the URI in its first line, the hop it is sent to, and who we say we are if asked. */
export interface Route {
  readonly uri: string;
  readonly proxy?: string;
  /** For the digest that a trunk asks for (RFC 3261 section 22). */
  readonly auth?: { readonly username: string; readonly password: string };
}

export interface BranchOptions {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly route: Route;
  readonly offer: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whoever has said nothing at all by then is not there: no need to wait for Timer B (32 s). */
  readonly firstResponseMsMax: number;
  /** A provisional response: it rings, or is about to. */
  progress(): void;
  answered(branch: Branch, dialog: Srf.Dialog): void;
  failed(branch: Branch, why: SipRefusal): void;
}

/** One INVITE to one phone or trunk. Ends in exactly one of `answered` and `failed`; after `cancel` in neither. */
export class Branch {
  readonly #options: BranchOptions;
  #invite: Srf.SrfRequest | undefined;
  #cancelled = false;
  #over = false;
  #silence: Timer | undefined;

  constructor(options: BranchOptions) {
    this.#options = options;
  }

  start(): void {
    const { srf, route, headers, offer, clock, firstResponseMsMax } = this.#options;
    this.#silence = clock.after(firstResponseMsMax, () => this.#unreachable());
    srf
      .createUAC(
        route.uri,
        {
          localSdp: offer,
          headers: { ...headers },
          ...(route.proxy ? { proxy: route.proxy } : {}),
          ...(route.auth ? { auth: { ...route.auth } } : {}),
        },
        {
          cbRequest: (...args: unknown[]) => this.#sent(args),
          cbProvisional: () => this.#progress(),
        },
      )
      .then((dialog) => this.#answered(dialog))
      .catch((error: unknown) => this.#failed(refusalOf(error)));
  }

  /** Idempotent. An answer that crosses the CANCEL is hung up at once. */
  cancel(): void {
    if (this.#cancelled || this.#over) return;
    this.#cancelled = true;
    this.#silence?.cancel();
    this.#sendCancel();
  }

  /** srf calls back with (error, request), though its types say (request). */
  #sent([error, request]: unknown[]): void {
    if (error || !request) return;
    this.#invite = request as Srf.SrfRequest;
    // After a challenge the INVITE is another one, with the answer to it.
    this.#invite.on(
      'authenticate' as 'cancel',
      ((again: Srf.SrfRequest) => this.#sent([undefined, again])) as never,
    );
    if (this.#cancelled) this.#sendCancel();
  }

  #progress(): void {
    this.#silence?.cancel();
    if (!this.#over && !this.#cancelled) this.#options.progress();
  }

  #sendCancel(): void {
    this.#invite?.cancel(() => {});
  }

  #answered(dialog: Srf.Dialog): void {
    this.#silence?.cancel();
    this.#over = true;
    if (this.#cancelled) endDialog(dialog);
    else this.#options.answered(this, dialog);
  }

  #failed(why: SipRefusal): void {
    this.#silence?.cancel();
    if (this.#over) return;
    this.#over = true;
    if (!this.#cancelled) this.#options.failed(this, why);
  }

  #unreachable(): void {
    if (this.#over || this.#cancelled) return;
    this.#cancelled = true;
    this.#sendCancel();
    this.#options.failed(this, NO_RESPONSE);
  }
}
