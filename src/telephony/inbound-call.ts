import type Srf from 'drachtio-srf';
import type { Logger } from '../lib/log.ts';
import type { LegIdentity } from '../model/call.ts';
import { type CallId, legId } from '../model/ids.ts';
import type { AudioSink, LiveAudio } from '../runtime/ports/hearing.ts';
import type { CallerEnd, CallerLeg } from '../runtime/ports/index.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { Channel } from './channel.ts';
import { ChannelLeg } from './channel-leg.ts';
import { offersCommonCodec } from './common-codec.ts';
import { descriptionOf } from './description-of.ts';
import { endDialog, isConnected } from './end-dialog.ts';
import { attend } from './far-end.ts';
import { identityOf } from './leg-identity.ts';
import { deafEar } from './live-audio.ts';
import type { MediaPool } from './media-pool.ts';
import { NoChannel } from './media-pool.ts';
import type { MediaServer } from './media-server.ts';
import type { LegWishes } from './refer.ts';
import { type Keeper, type Kept, NOT_KEPT } from './session-keeper.ts';

export interface InboundEvents {
  /** A channel is being made for an offer that it can surely use. */
  answering(leg: CallerLeg): void;
  answered(leg: CallerLeg): void;
  /** The far end has our answer. */
  acknowledged(): void;
  digit(digit: string): void;
  /** More keys than a person can press; told once a call. */
  keysFlooded(): void;
  /** Ended by the far end or by a failure; not after `hangup`. */
  gone(why: CallerEnd): void;
  /** Nothing is left of it, whoever ended it. */
  over(): void;
  /** What the far end may wish: a phone of ours, transfers. */
  readonly wishes?: LegWishes;
}

/** Gives what the far end of a channel says. */
export type Hear = (channel: Channel, sampleRate: number, sink: AudioSink) => LiveAudio;

/** What drachtio says of a 200 that met the caller's CANCEL. */
const CROSSED = /unknown transaction/;

/**
 * The caller's side of a call.
 *
 *   preparing ──channel, 200──▶ answered ──BYE, hangup, media lost──▶ over
 *       └──CANCEL, no channel──▶ over
 */
export class InboundLeg extends ChannelLeg implements CallerLeg {
  readonly callId: CallId;
  readonly #req: Srf.SrfRequest;
  readonly #res: Srf.SrfResponse;
  readonly #events: InboundEvents;
  readonly #log: Logger;
  readonly #hear: Hear;
  readonly #keep: Keeper;
  #kept: Kept = NOT_KEPT;
  #over = false;
  #server: MediaServer | undefined;
  #channel: Channel | undefined;
  #dialog: Srf.Dialog | undefined;

  constructor(
    callId: CallId,
    req: Srf.SrfRequest,
    res: Srf.SrfResponse,
    events: InboundEvents,
    log: Logger,
    hear: Hear,
    keep: Keeper,
  ) {
    super();
    this.callId = callId;
    this.#req = req;
    this.#res = res;
    this.#events = events;
    this.#log = log;
    this.#hear = hear;
    this.#keep = keep;
    req.on('cancel', () => this.#end('cancelled'));
  }

  get identity(): LegIdentity {
    return identityOf(legId(this.callId), this.#dialog, this.#channel);
  }

  /** Not over yet. */
  get alive(): boolean {
    return !this.#over;
  }

  get server(): MediaServer | undefined {
    return this.#server;
  }

  get channel(): Channel | undefined {
    return this.#channel;
  }

  /** Gets a channel and answers with it. Never rejects: what fails is told by `gone`. */
  async answer(pool: MediaPool): Promise<void> {
    try {
      await this.#answer(pool);
    } catch (error) {
      if (this.#over) return;
      const status = error instanceof NoChannel ? error.status : 500;
      this.#log.warn({ callId: this.callId, status, error: String(error) }, 'Call not answered');
      if (!this.#res.finalResponseSent) this.#res.send(status);
      this.#end(CROSSED.test(String(error)) ? 'cancelled' : 'media');
    }
  }

  hear(sampleRate: number, sink: AudioSink): LiveAudio {
    return this.#channel ? this.#hear(this.#channel, sampleRate, sink) : deafEar(sink);
  }

  /** Ends both sides without an event. Idempotent. */
  hangup(): void {
    if (this.#over) return;
    this.#finish();
    if (this.#dialog) endDialog(this.#dialog);
    else if (!this.#res.finalResponseSent) this.#res.send(503);
  }

  /** Its phone may have died, or begun a new life: if so, the leg ends. */
  doubt(): void {
    this.#kept.doubt();
  }

  /** The connection to drachtio is gone, and with it the dialogs. */
  lost(): void {
    this.#end('media');
  }

  async #answer(pool: MediaPool): Promise<void> {
    const offer = descriptionOf(this.#req) || undefined;
    this.#server = pool.best();
    const making = pool.createChannel(this.callId, offer);
    if (this.#server && offersCommonCodec(offer ?? '')) this.#events.answering(this);
    const { channel, server } = await making;
    this.#channel = channel;
    this.#server = server;
    // The caller may have given up while the media server worked.
    if (this.#over) return this.#releaseChannel();
    channel.onGone = () => this.#mediaLost();
    channel.onFlood = () => this.#events.keysFlooded();
    channel.onDigit = (digit) => this.#events.digit(digit);
    const headers = { ...CAPABILITIES };
    const answer = { localSdp: channel.sdp, headers };
    const dialog = await this.#req.srf.createUAS(this.#req, this.#res, answer);
    this.#dialog = dialog;
    if (this.#over) {
      endDialog(dialog);
      return;
    }
    if (!isConnected(dialog)) {
      this.#end('hungup');
      return;
    }
    dialog.on('ack', this.#events.acknowledged);
    dialog.on('destroy', () => this.#end('hungup'));
    const { wishes } = this.#events;
    const dead = () => this.#dead();
    const unanswered = offer ? undefined : () => this.#mediaLost();
    this.#kept = attend({ dialog, channel, wishes, keep: this.#keep, unanswered, dead });
    this.#events.answered(this);
  }

  /** The far end has gone without a word. */
  #dead(): void {
    endDialog(this.#dialog);
    this.#end('lost');
  }

  #mediaLost(): void {
    if (this.#over) return;
    endDialog(this.#dialog);
    this.#end('media');
  }

  #end(why: CallerEnd): void {
    if (this.#over) return;
    this.#finish();
    this.#events.gone(why);
  }

  #finish(): void {
    this.#over = true;
    this.#kept.stop();
    this.#releaseChannel();
    this.#events.over();
  }

  #releaseChannel(): void {
    if (this.#channel) this.#server?.release(this.#channel);
  }
}
