import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { LegFailure, RingRequest } from '../runtime/ports.ts';
import { endDialog } from './end-dialog.ts';
import { failureOfStatus } from './leg-failure.ts';

/** Where an INVITE for a binding goes: the URI in its first line, and the hop it is sent to. */
export interface Route {
  readonly uri: string;
  readonly proxy?: string;
}

/** A phone that has said nothing at all by then is not there: no need to wait for Timer B (32 s). */
const FIRST_RESPONSE_MS_MAX = 5_000;

export interface BranchOptions {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly request: RingRequest;
  readonly route: Route;
  readonly offer: string;
  answered(branch: Branch, dialog: Srf.Dialog): void;
  failed(branch: Branch, cause: LegFailure): void;
}

/** One INVITE to one phone. Ends in exactly one of `answered` and `failed`; after `cancel` in neither. */
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
    const { srf, route, request, offer, clock } = this.#options;
    this.#silence = clock.after(FIRST_RESPONSE_MS_MAX, () => this.#unreachable());
    srf
      .createUAC(
        route.uri,
        {
          localSdp: offer,
          headers: headersFor(request),
          ...(route.proxy ? { proxy: route.proxy } : {}),
        },
        {
          cbRequest: (...args: unknown[]) => this.#sent(args),
          cbProvisional: () => this.#silence?.cancel(),
        },
      )
      .then((dialog) => this.#answered(dialog))
      .catch((error: { status?: number }) => this.#failed(failureOfStatus(error.status ?? 503)));
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
    if (this.#cancelled) this.#sendCancel();
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

  #failed(cause: LegFailure): void {
    this.#silence?.cancel();
    if (this.#over) return;
    this.#over = true;
    if (!this.#cancelled) this.#options.failed(this, cause);
  }

  #unreachable(): void {
    if (this.#over || this.#cancelled) return;
    this.#cancelled = true;
    this.#sendCancel();
    this.#options.failed(this, 'unreachable');
  }
}

/** Who is calling and why, where every phone shows it, and once more for programs (P3). */
function headersFor(request: RingRequest): Record<string, string> {
  const number = request.callerNumber.replace(/[^0-9A-Za-z+*#._-]/g, '') || 'anonymous';
  const display = request.displayName.replace(/[\\"\r\n]/g, ' ');
  return {
    From: `"${display}" <sip:${number}@localhost>`,
    To: `<sip:${request.extension}@localhost>`,
    ...request.headers,
  };
}
