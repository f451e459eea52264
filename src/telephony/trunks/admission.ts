import type Srf from 'drachtio-srf';
import type { Clock } from '../../lib/clock.ts';
import { callingUser, dialledNumber } from '../caller-identity.ts';
import type { Trunk } from './trunk.ts';
import type { Trunks } from './trunks.ts';

/**
 * What becomes of an INVITE that comes from no trunk: it is taken (`accept`), refused with 403 (`refuse`) or not
 * answered (`ignore`). `auto` takes it as long as no trunk is known, so that a first call needs no trunk, and refuses
 * it from then on.
 */
export type StrangerPolicy = 'auto' | 'accept' | 'refuse' | 'ignore';

export interface AdmissionOptions {
  readonly trunks: Trunks;
  readonly strangers: StrangerPolicy;
  readonly clock: Clock;
  /** Whether a phone of ours is registered from that address, and could be the one of that name. */
  isPhoneAt(address: string, name?: string): boolean;
  /** Has a phone prove who it is; undefined: it could not, and has been answered. */
  authenticate(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<string | undefined>;
}

/** Who sent it: a trunk, a phone of ours that has proved itself, or anybody where anybody may. */
export interface Admitted {
  readonly trunk?: Trunk;
  readonly fromExtension?: string;
}

/** Codes that a phone dials to speak with the system itself begin with this: only our own phones may. */
const FEATURE_PREFIX = '*';

export type AdmissionCounts = {
  readonly refused: number;
  readonly ignored: number;
  readonly full: number;
};

/** How long somebody who is ignored hears nothing, and how many are at once: drachtio has to hold their calls. */
const IGNORED_MS = 32_000;
const IGNORED_MAX = 500;

/** Decides by whom a call may come in (P8): by trunks that we know, and by our own phones. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #counts = { refused: 0, ignored: 0, full: 0 };
  #ignoring = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  get counts(): AdmissionCounts {
    return { ...this.#counts };
  }

  /** One that cannot be answered at all. */
  passedOver(): void {
    this.#counts.ignored += 1;
  }

  /** Undefined: it has been answered, or never will be. */
  async admit(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<Admitted | undefined> {
    const { trunks } = this.#options;
    const address = req.source_address.replace(/^\[|\]$/g, '');
    // Whoever could be a phone of ours, by name and address, has to prove it; nobody learns which extensions there are.
    const claimsToBeOurs = this.#options.isPhoneAt(address, callingUser(req));
    if (claimsToBeOurs || dialledNumber(req).startsWith(FEATURE_PREFIX))
      return this.#byPhone(req, res);
    const trunk = trunks.ofSource(address, Number(req.source_port));
    if (trunk) return this.#byTrunk(trunk, res);
    const policy = this.#policy();
    if (policy === 'accept') return {};
    if (this.#options.isPhoneAt(address)) return this.#byPhone(req, res);
    if (policy === 'ignore') this.#ignore(res);
    else this.#refuse(res);
    return undefined;
  }

  #policy(): Exclude<StrangerPolicy, 'auto'> {
    const { strangers, trunks } = this.#options;
    if (strangers !== 'auto') return strangers;
    return trunks.all.some(({ config }) => config.enabled && config.sources.length > 0)
      ? 'refuse'
      : 'accept';
  }

  async #byPhone(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<Admitted | undefined> {
    const fromExtension = await this.#options.authenticate(req, res);
    return fromExtension === undefined ? undefined : { fromExtension };
  }

  #byTrunk(trunk: Trunk, res: Srf.SrfResponse): Admitted | undefined {
    if (trunk.hasRoom('in')) return { trunk };
    trunk.full();
    this.#counts.full += 1;
    res.send(503, { headers: { 'Retry-After': '5' } });
    return undefined;
  }

  #refuse(res: Srf.SrfResponse): void {
    this.#counts.refused += 1;
    if (!res.finalResponseSent) res.send(403);
  }

  #ignore(res: Srf.SrfResponse): void {
    if (this.#ignoring >= IGNORED_MAX) return this.#refuse(res);
    this.#counts.ignored += 1;
    this.#ignoring += 1;
    this.#options.clock.after(IGNORED_MS, () => {
      this.#ignoring -= 1;
      if (!res.finalResponseSent) res.send(480);
    });
  }
}
