import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { ReplacedDialog } from '../runtime/ports/phones.ts';
import { descriptionOf, isTooLarge } from './description-of.ts';
import { unsupportedExtensions } from './extensions.ts';
import { MergedRequests } from './merged.ts';
import { parseReplaces } from './refer.ts';
import { refuse } from './refuse.ts';
import { asksTooOften } from './session-asked.ts';
import { SESSION_SECONDS_MIN } from './session-keeper.ts';
import type { Admission, Admitted } from './trunks/admission.ts';
import { UnconfirmedCalls } from './unconfirmed.ts';

/** An INVITE that may come in. */
export interface Entry extends Admitted {
  /** To be called when the caller has our answer, or there will be none. */
  acknowledged(): void;
}

export interface DoorOptions {
  readonly clock: Clock;
  readonly admission: Admission;
  /** Whether calls can be taken at all. */
  isOpen(): boolean;
  /** Whether there is such a call of ours. */
  knows(replaced: ReplacedDialog): boolean;
}

/** Other schemes name nothing that could be called (RFC 3261 section 8.2.2.1). */
const TELEPHONE = /^(sips?|tel):/i;

/** Looks at each INVITE before anybody is asked whether the call is wanted: what cannot be one is refused here. */
export class Door {
  readonly #options: DoorOptions;
  readonly #merged: MergedRequests;
  readonly #unconfirmed = new UnconfirmedCalls();

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#merged = new MergedRequests(options.clock);
  }

  /** How many were turned away, by why. */
  get turnedAway(): Admission['counts'] & { readonly unconfirmed: number } {
    return { ...this.#options.admission.counts, unconfirmed: this.#unconfirmed.refused };
  }

  /** Undefined: it has been answered, or never will be. */
  async enter(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<Entry | undefined> {
    if (this.#isImpossible(req, res)) return undefined;
    const admitted = await this.#options.admission.admit(req, res);
    if (!admitted) return undefined;
    if (this.#merged.isCopy(req, res)) return refuse(res, 482);
    if (req.has('Replaces')) return refuse(res, this.#knowsReplaced(req) ? 603 : 481);
    const isStranger = !admitted.trunk && admitted.fromExtension === undefined;
    const acknowledged = this.#unconfirmed.begin(req.source_address, isStranger);
    return acknowledged ? { ...admitted, acknowledged } : refuse(res, 503, { 'Retry-After': '32' });
  }

  /** Whether nobody could take it, whoever sends it: then it has been refused. */
  #isImpossible(req: Srf.SrfRequest, res: Srf.SrfResponse): boolean {
    const unsupported = unsupportedExtensions(req);
    if (unsupported.length > 0) refuse(res, 420, { Unsupported: unsupported.join(', ') });
    else if (!this.#options.isOpen()) refuse(res, 503, { 'Retry-After': '5' });
    else if (!req.isNewInvite) refuse(res, 481);
    else if (!TELEPHONE.test(req.uri)) refuse(res, 416);
    else if (!req.has('Contact')) refuse(res, 400);
    else if (isTooLarge(req)) refuse(res, 413);
    else if (descriptionOf(req) === undefined) refuse(res, 415, { Accept: 'application/sdp' });
    else if (asksTooOften(req)) refuse(res, 422, { 'Min-SE': String(SESSION_SECONDS_MIN) });
    else return false;
    return true;
  }

  /**
   * Whose place the call would take (RFC 3891 section 3). Nobody takes another's: transfers are asked for by REFER, where
   * it is known who asks; and what names a call of ours, or one that is over, is no new call.
   */
  #knowsReplaced(req: Srf.SrfRequest): boolean {
    const replaced = parseReplaces(req.get('Replaces'));
    return replaced !== undefined && this.#options.knows(replaced);
  }
}
