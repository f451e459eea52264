import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import { type Promised, promised } from '../lib/promised.ts';
import { within } from '../lib/within.ts';
import { hasAudio, isHold, withoutStrayKeys } from './description-of.ts';
import { reinvite } from './reinvite.ts';
import { sipFailure } from './sip-failure.ts';

/** An exchange that is not over by then is not waited for. */
const EXCHANGE_MS_MAX = 3_000;
/** FreeSWITCH takes a quarter of a second to let a call go on that was held. */
const RETRIEVING_MS_MAX = 1_000;

/** The descriptions of a far end that its media server is given: one after the other (RFC 3261 section 14.1). */
export class Exchanges {
  readonly #dialog: Srf.Dialog;
  readonly #clock: Clock;
  /** The far end's description that is in force, if it was brought by a re-INVITE. */
  #agreed: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** How many are not over. */
  #open = 0;
  /** The far end listens to nobody, by its last description. */
  #held = false;
  /** Set while the media server takes the call for held by the far end; resolves when it no longer does. */
  #retrieved: Promised | undefined;

  constructor(dialog: Srf.Dialog, clock: Clock) {
    this.#dialog = dialog;
    this.#clock = clock;
  }

  /** A new description of the far end (hold, retrieve, a late answer); the media server's own comes back. */
  renegotiate(farEndSdp: string): Promise<string> {
    this.#open += 1;
    const exchange = this.#last.then(() => this.#propose(farEndSdp));
    const over = () => {
      this.#open -= 1;
    };
    this.#last = exchange.then(over, over);
    return exchange;
  }

  /** It is agreed how audio comes. */
  get agreed(): Promise<unknown> {
    return this.#last;
  }

  get areSettled(): boolean {
    return this.#open === 0 && (this.#retrieved === undefined || this.#held);
  }

  /**
   * The media server is done with the far end's last description: with a retrieval some time after its answer
   * (`switch_core_media_toggle_hold`). A bridge or a transfer that is asked for in between makes it renegotiate
   * (`switch_ivr_check_hold`), and stay mute.
   */
  async settled(): Promise<void> {
    await within(this.#clock, EXCHANGE_MS_MAX, this.#last);
    if (!this.#retrieved || this.#held) return;
    await within(this.#clock, RETRIEVING_MS_MAX, this.#retrieved.promise);
    if (!this.#held) this.#retrieved = undefined;
  }

  /** The media server has begun to take the call for held. */
  hold(): void {
    this.#retrieved ??= promised();
  }

  /** The media server lets it go on. */
  unhold(): void {
    this.#retrieved?.resolve();
    this.#retrieved = undefined;
  }

  /** FreeSWITCH accepts what it cannot use with an audio stream that is off, if it made the first offer itself. */
  async #propose(farEndSdp: string): Promise<string> {
    const proposal = withoutStrayKeys(farEndSdp);
    const answer = await reinvite(this.#dialog, proposal);
    if (hasAudio(answer)) {
      this.#agreed = proposal;
      this.#held = isHold(proposal);
      // Its event may come when the far end has retrieved the call already.
      if (this.#held) this.hold();
      return answer;
    }
    if (this.#agreed) await reinvite(this.#dialog, this.#agreed);
    throw sipFailure(488);
  }
}
