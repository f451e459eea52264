import type { Clock } from '../lib/clock.ts';
import { type Promised, promised } from '../lib/promised.ts';
import { within } from '../lib/within.ts';

/** A bridge that is to end and of whose end nobody has told by then has ended. */
const PARTING_MS_MAX = 1_000;
/** One that was promised and is not there by then will not come: FreeSWITCH takes 20 to 65 ms. */
const BRIDGING_MS_MAX = 3_000;

/** Two who are to be joined; true once they are. */
interface Joining {
  readonly first: BridgeEnd;
  readonly second: BridgeEnd;
  settle(joined: boolean): void;
}

/**
 * A channel's end of a bridge, as the media server tells of it: of its beginning on the first of the two, of its end
 * on both.
 *
 *   apart ──join──▶ joining ──CHANNEL_BRIDGE──▶ joined ──CHANNEL_UNBRIDGE, too late──▶ apart
 */
export class BridgeEnd {
  readonly #uuid: string;
  readonly #clock: Clock;
  #joining: Joining | undefined;
  /** Set while it is joined; resolves when the media server has parted the two. */
  #parted: Promised | undefined;
  #gone = false;

  constructor(uuid: string, clock: Clock) {
    this.#uuid = uuid;
    this.#clock = clock;
  }

  get isJoined(): boolean {
    return this.#parted !== undefined;
  }

  /** The media server is about to be asked to join the two; resolves with whether it has. */
  join(other: BridgeEnd): Promise<boolean> {
    const { promise, resolve } = promised<boolean>();
    const late = this.#clock.after(BRIDGING_MS_MAX, () => joining.settle(false));
    const both = [this, other];
    const joining: Joining = {
      first: this,
      second: other,
      settle: (joined) => {
        late.cancel();
        for (const each of both) if (each.#joining === joining) each.#joining = undefined;
        if (joined) for (const each of both) each.#joined();
        resolve(joined);
      },
    };
    for (const each of both) {
      each.refused();
      each.#joining = joining;
    }
    return promise;
  }

  /** They will not be joined. */
  refused(): void {
    this.#joining?.settle(false);
  }

  bridged(otherUuid: string | undefined): void {
    const joining = this.#joining;
    if (joining?.first === this && joining.second.#uuid === otherUuid) joining.settle(true);
  }

  unbridged(): void {
    this.#parted?.resolve();
  }

  /** The other is on its way out: what is played before it is gone would be cut off with it. */
  async parted(): Promise<void> {
    const parted = this.#parted;
    if (!parted) return;
    await within(this.#clock, PARTING_MS_MAX, parted.promise);
    if (this.#parted === parted) this.#parted = undefined;
  }

  /** The channel is gone. */
  end(): void {
    this.#gone = true;
    this.refused();
  }

  #joined(): void {
    this.unbridged();
    this.#parted = this.#gone ? undefined : promised();
  }
}
