import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { LegIdentity } from '../model/call.ts';
import { legId } from '../model/ids.ts';
import { type Attempt, Branch, type Route } from './branch.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { Channel } from './channel.ts';
import { ChannelLeg } from './channel-leg.ts';
import { endDialog, isConnected } from './end-dialog.ts';
import { attend } from './far-end.ts';
import { identityOf } from './leg-identity.ts';
import type { MediaServer } from './media-server.ts';
import type { LegWishes } from './refer.ts';
import { type Keeper, type Kept, NOT_KEPT } from './session-keeper.ts';
import type { SipRefusal } from './sip-refusal.ts';

export interface PlacedLegEvents {
  /** A phone rings; once. */
  ringing?(): void;
  answered(): void;
  /** `media`: ours, not theirs. `hungUp`: picked up, and gone before anybody could be heard. */
  failed(why: 'media' | 'hungUp' | readonly SipRefusal[]): void;
  /** It was answered. `died`: nobody has hung up; its phone, or its channel, is no more. */
  gone(died: boolean): void;
  digit?(digit: string): void;
  readonly wishes: LegWishes;
  /** Nothing is left of it, whoever ended it. */
  over(): void;
}

export interface PlacedLegOptions {
  /** All are called at once; the first that answers has the call. */
  readonly routes: readonly Route[];
  readonly headers: Readonly<Record<string, string>>;
  readonly firstResponseMsMax: number;
  /** Called after them, one group after the other: when all before have failed, or have rung for long. */
  readonly spareRoutes?: readonly (readonly Route[])[];
  /** All that was tried has failed, and nobody has heard it ring: what is tried instead, or undefined. */
  otherwise?(why: SipRefusal): Attempt | undefined;
  readonly server: MediaServer;
  readonly srf: Srf;
  readonly clock: Clock;
  /** Finds out when the far end has gone without a word. */
  readonly keep: Keeper;
}

/** Phones that ring no longer alone: those of the next group ring, too. */
const ALONE_MS = 8_000;
/** Whoever says so decides for all other phones (RFC 3261 section 16.7). */
const DECIDES = 600;

/**
 * A leg that we place, from the first INVITE to the last BYE. The media server's description is offered to every
 * phone at once (early offer: switch-facts.md found it fastest); the first that answers has the call, and its answer
 * is brought to the media server before the leg counts as answered.
 *
 *   preparing ──offer──▶ ringing ──200, re-INVITE done──▶ answered ──BYE, hangup──▶ over
 *       └──────────── cancel, all phones failed ────────────────────────────────▶ over
 */
export class PlacedLeg extends ChannelLeg {
  readonly #options: PlacedLegOptions;
  readonly #events: PlacedLegEvents;
  #over = false;
  #kept: Kept = NOT_KEPT;
  #ringing = false;
  #answered = false;
  #channel: Channel | undefined;
  #dialog: Srf.Dialog | undefined;
  #branches: Branch[] = [];
  #spare: readonly (readonly Route[])[] = [];
  #turn: Timer | undefined;
  #refusals: SipRefusal[] = [];

  constructor(options: PlacedLegOptions, events: PlacedLegEvents) {
    super();
    this.#options = options;
    this.#events = events;
  }

  get identity(): LegIdentity {
    return identityOf(legId(this.#channel?.uuid ?? ''), this.#dialog, this.#channel);
  }

  get channel(): Channel | undefined {
    return this.#channel;
  }

  /** Not over yet. */
  get alive(): boolean {
    return !this.#over;
  }

  get server(): MediaServer {
    return this.#options.server;
  }

  /** Rings in the same turn if there is a channel ready. */
  start(): void {
    const channel = this.#options.server.offeringChannel();
    if (channel instanceof Promise)
      channel.then((made) => this.#begin(made)).catch(() => this.#fail('media'));
    else this.#begin(channel);
  }

  /** Stops the ringing, or hangs up what has just answered. No event follows. Idempotent. */
  hangup(): void {
    if (this.#over) return;
    this.#letGo();
  }

  /** Its phone may have died, or begun a new life: if so, the leg ends. */
  doubt(): void {
    this.#kept.doubt();
  }

  /** The channel, or the connection to drachtio, is gone. */
  lost(): void {
    if (this.#answered) this.#gone(true);
    else this.#fail('media');
  }

  #begin(channel: Channel): void {
    this.#channel = channel;
    channel.onGone = () => this.lost();
    channel.onDigit = (digit) => this.#events.digit?.(digit);
    if (this.#over) this.#releaseChannel();
    else this.#ringAll(channel);
  }

  #ringAll(channel: Channel): void {
    this.#spare = this.#options.spareRoutes ?? [];
    this.#ringGroup(this.#options.routes, channel);
  }

  #ringGroup(routes: readonly Route[], channel: Channel): void {
    const { headers, firstResponseMsMax, clock } = this.#options;
    const group = routes.map((route) =>
      this.#branch({ route, headers, firstResponseMsMax }, channel),
    );
    this.#branches = [...this.#branches, ...group];
    this.#turn?.cancel();
    if (this.#spare.length > 0) this.#turn = clock.after(ALONE_MS, () => this.#ringSpare(channel));
    for (const branch of group) branch.start();
  }

  /** False: there is nobody else. */
  #ringSpare(channel: Channel): boolean {
    const [next, ...others] = this.#spare;
    if (!next || this.#over || this.#dialog) return false;
    this.#spare = others;
    this.#ringGroup(next, channel);
    return true;
  }

  #branch(attempt: Attempt, channel: Channel): Branch {
    const { srf, clock, keep } = this.#options;
    return new Branch({
      ...attempt,
      headers: { ...CAPABILITIES, ...keep.headers, ...attempt.headers },
      srf,
      clock,
      offer: channel.sdp,
      invited: (invite) => keep.invited(invite),
      progress: () => this.#rings(),
      answered: (branch, dialog) => void this.#phoneAnswered(branch, dialog, channel),
      failed: (branch, why) => this.#phoneFailed(branch, why, channel),
    });
  }

  #rings(): void {
    if (this.#ringing || this.#over) return;
    this.#ringing = true;
    this.#events.ringing?.();
  }

  async #phoneAnswered(winner: Branch, dialog: Srf.Dialog, channel: Channel): Promise<void> {
    if (this.#over || this.#dialog) {
      // Two phones were picked up at once: one conversation is enough.
      endDialog(dialog);
      return;
    }
    this.#dialog = dialog;
    for (const branch of this.#branches) if (branch !== winner) branch.cancel();
    if (!isConnected(dialog)) {
      this.#phoneGone();
      return;
    }
    dialog.on('destroy', () => this.#phoneGone());
    // A bridge before the end of this exchange would meet a 491 (switch-facts.md).
    const agreed = channel.renegotiate(dialog.remote.sdp);
    const { wishes } = this.#events;
    const { keep } = this.#options;
    this.#kept = attend({ dialog, channel, wishes, keep, dead: () => this.lost() });
    try {
      await agreed;
    } catch {
      // Whoever has picked up was rung, also where nobody has said so.
      this.#rings();
      this.#fail('media');
      return;
    }
    if (this.#over) return;
    this.#answered = true;
    this.#events.answered();
  }

  #phoneFailed(branch: Branch, why: SipRefusal, channel: Channel): void {
    this.#refusals.push(why);
    this.#branches = this.#branches.filter((other) => other !== branch);
    const sameElsewhere = this.#over || this.#dialog ? undefined : branch.otherwise(why);
    if (sameElsewhere) return this.#tryFlow(sameElsewhere, channel);
    if (this.#branches.length > 0 || this.#dialog || this.#over) return;
    if (why.status < DECIDES && this.#ringSpare(channel)) return;
    const next = this.#options.otherwise?.(why);
    if (!next) return this.#fail(this.#refusals);
    // What the one before has said is the trunk's affair: the last word is the next one's.
    this.#refusals = [];
    this.#branches = [this.#branch(next, channel)];
    for (const another of [...this.#branches]) another.start();
  }

  /** What its connection has said is not the phone's word. */
  #tryFlow(route: Route, channel: Channel): void {
    const { headers, firstResponseMsMax } = this.#options;
    this.#refusals.pop();
    const branch = this.#branch({ route, headers, firstResponseMsMax }, channel);
    this.#branches = [...this.#branches, branch];
    branch.start();
  }

  #phoneGone(): void {
    if (this.#answered) this.#gone(false);
    else this.#fail('hungUp');
  }

  #gone(died: boolean): void {
    if (this.#over) return;
    this.#letGo();
    this.#events.gone(died);
  }

  #fail(why: 'media' | 'hungUp' | readonly SipRefusal[]): void {
    if (this.#over) return;
    this.#letGo();
    this.#events.failed(why);
  }

  #letGo(): void {
    this.#over = true;
    this.#turn?.cancel();
    this.#kept.stop();
    this.#events.over();
    for (const branch of this.#branches) branch.cancel();
    endDialog(this.#dialog);
    this.#releaseChannel();
  }

  #releaseChannel(): void {
    if (this.#channel) this.#options.server.release(this.#channel);
  }
}
