import type { DialFailure } from '../../model/callback.ts';
import type { Destination } from '../../runtime/ports/index.ts';
import type { Attempt } from '../branch.ts';
import type { SipRefusal } from '../sip-refusal.ts';
import type { OnBehalf } from './caller-id.ts';
import type { Trunk } from './trunk.ts';
import type { Trunks } from './trunks.ts';

/** Nobody waits for more trunks than this. */
const TRUNKS_MAX = 5;

/** One call's way through the trunks: the best one first, the next one if that fails. */
export class Hunt {
  readonly #to: Destination;
  readonly #behalf: OnBehalf;
  #left: readonly Trunk[];
  #current: Trunk | undefined;
  #release: () => void = () => {};
  #full = false;

  constructor(trunks: Trunks, to: Destination, behalf: OnBehalf) {
    this.#to = to;
    this.#behalf = behalf;
    this.#left = trunks.waysTo(to).slice(0, TRUNKS_MAX);
  }

  /** Why there was nothing to try. */
  get failure(): Extract<DialFailure, 'noTrunk' | 'limit'> {
    return this.#full ? 'limit' : 'noTrunk';
  }

  /** The trunk by which it goes at the moment. */
  get trunk(): Trunk | undefined {
    return this.#current;
  }

  /** The next trunk that has room. Undefined: there is none. */
  next(): Attempt | undefined {
    this.over();
    const [trunk, ...others] = this.#left;
    if (!trunk) return undefined;
    this.#left = others;
    if (!trunk.hasRoom('out')) {
      this.#full = true;
      trunk.full();
      return this.next();
    }
    this.#current = trunk;
    this.#release = trunk.take('out');
    return {
      route: trunk.routeTo(this.#to),
      headers: trunk.headersFor(this.#to, this.#behalf),
      firstResponseMsMax: trunk.config.responseSeconds * 1_000,
    };
  }

  /** What the trunk answered; the next one, if the fault was the trunk's own. */
  otherwise(why: SipRefusal): Attempt | undefined {
    return this.#current?.refused(why) ? this.next() : undefined;
  }

  answered(): void {
    this.#current?.answered();
  }

  /** The call is over, or goes another way. Idempotent. */
  over(): void {
    this.#release();
    this.#release = () => {};
  }
}
