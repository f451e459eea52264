import Mrf, { type MrfMediaServer } from 'drachtio-fsmrf';
import type Srf from 'drachtio-srf';
import type { EslEvent } from 'modesl';
import type { Clock, Timer } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import type { TelephonyMeters } from '../runtime/ports/meters.ts';
import { Census } from './census.ts';
import { Channel } from './channel.ts';
import { hasAudio, withoutStrayKeys } from './description-of.ts';
import { endDialog } from './end-dialog.ts';
import { EventSocket } from './event-socket.ts';
import { inviteWithin } from './invite-within.ts';
import { type SipFailure, sipFailure } from './sip-failure.ts';
import { SpareChannels } from './spare-channels.ts';

export interface MediaServerAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface MediaServerOptions {
  readonly address: MediaServerAddress;
  readonly srf: Srf;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  readonly meters?: TelephonyMeters;
  /** Channels kept ready for agents' legs. */
  readonly spareChannels?: number;
  /** What our channels are called by. */
  readonly owner: string;
  /** Where a sound lies that media servers are told a URL of; absent: none is. */
  pathOf?(sound: string): string;
}

const PROFILE = 'drachtio_mrf';
/** Asks the dialplan to answer and park the channel (freeswitch/dialplan). */
const PARK_HEADERS = { 'X-Centralita': 'park' } as const;
/** What fsmrf looks for in `sofia status`. */
const PROFILE_LINE = /^\s*drachtio_mrf\s.*sip:mod_sofia@(?:\d{1,3}\.){3}\d{1,3}:\d+/m;
const DISCOVERY_RETRY_MS = 1_000;
/** Two hundred callers at once make a channel take a twentieth of this. */
const CHANNEL_MS_MAX = 3_000;
/** How long the others are asked first, after a server has let an INVITE wait for nothing. */
const SILENT_MS = 10_000;

/**
 * One FreeSWITCH. drachtio-fsmrf finds out where its SIP profile listens and watches its capacity; channels
 * are steered over our own inbound event socket, which is the hot path (ADR 3).
 */
export class MediaServer {
  readonly name: string;
  readonly #options: MediaServerOptions;
  readonly #socket: EventSocket;
  readonly #channels = new Map<string, Channel>();
  /** Channels that are over, and whose recording's end is still to be told. */
  readonly #leaving = new Map<string, Channel>();
  readonly #spares: SpareChannels;
  readonly #census: Census;
  /** Channels that have been asked for and are not there yet. */
  readonly #making = new Set<string>();
  #mrf: MrfMediaServer | undefined;
  #sipAddress: string | undefined;
  #discovery: Timer | undefined;
  /** Counts the event socket's connections, so that what was found out over one is not taken for the next. */
  #generation = 0;
  #silentUntil = 0;
  #closed = false;

  constructor(options: MediaServerOptions) {
    this.#options = options;
    const { host, port, secret } = options.address;
    this.name = `${host}:${port}`;
    this.#socket = new EventSocket({
      host,
      port,
      secret,
      clock: options.clock,
      log: options.log,
      onEvent: (name, event) => this.#event(name, event),
      onUp: () => {
        this.#generation += 1;
        this.#discover();
      },
      onDown: () => {
        if (!this.#closed) options.meters?.mediaLost(this.name);
        this.#down();
      },
      onAnswered: (tookMs) => options.meters?.mediaAnswered(this.name, tookMs),
    });
    this.#census = new Census({
      clock: options.clock,
      owner: options.owner,
      api: (command) => this.#socket.api(command),
      ours: () => new Set(this.#channels.keys()),
      inBetween: () => new Set([...this.#making, ...this.#leaving.keys()]),
      missing: (uuid) => this.#missing(uuid),
      zombie: (uuid) => this.#repaired('zombieChannel', uuid),
    });
    this.#spares = new SpareChannels({
      count: options.spareChannels ?? 0,
      clock: options.clock,
      make: () => this.createChannel(options.newId()),
      release: (channel) => this.release(channel),
    });
  }

  /** Ready to take calls. */
  get up(): boolean {
    return this.#socket.up && this.#sipAddress !== undefined;
  }

  /** How many of our channels live there and are used. */
  get load(): number {
    return this.#channels.size - this.#spares.count;
  }

  /** Its profile did not answer of late, whatever the event socket says. */
  get silent(): boolean {
    return this.#options.clock.now() < this.#silentUntil;
  }

  connect(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#closed = true;
    this.#census.stop();
    this.#discovery?.cancel();
    this.#spares.close();
    this.#mrf?.disconnect();
    this.#socket.close();
  }

  /**
   * A new parked channel. With the far end's offer the server answers it; without one it offers itself
   * (third-party call control: the answer is brought by `renegotiate`). Rejects with a {@link SipFailure}.
   */
  async createChannel(uuid: string, farEndOffer?: string): Promise<Channel> {
    const { clock, newId, pathOf } = this.#options;
    this.#making.add(uuid);
    const dialog = await this.#invite(uuid, farEndOffer).finally(() => this.#making.delete(uuid));
    // FreeSWITCH takes some offers that it can use nothing of, such as one for a browser, with the sound off.
    const isDeaf = farEndOffer !== undefined && !hasAudio(dialog.remote.sdp);
    if (isDeaf || !this.up) {
      endDialog(dialog);
      throw sipFailure(isDeaf ? 488 : 503);
    }
    const channel = new Channel({
      uuid,
      dialog,
      socket: this.#socket,
      clock,
      newId,
      mediaServer: this.name,
      ...(pathOf ? { pathOf } : {}),
    });
    this.#channels.set(uuid, channel);
    dialog.on('destroy', () => this.#forget(channel));
    return channel;
  }

  /** A channel that has made its offer to a phone: a spare one at once, or a new one. */
  offeringChannel(): Channel | Promise<Channel> {
    return this.#spares.take();
  }

  /** Dialogs die with the connection to drachtio, those of spare channels as well. */
  signalling(up: boolean): void {
    if (up && this.up) this.#spares.fill();
    if (!up) this.#spares.forget();
  }

  /** Ends the channel and forgets it. */
  release(channel: Channel): void {
    this.#forget(channel);
    channel.release();
  }

  #forget(channel: Channel): void {
    this.#channels.delete(channel.uuid);
    if (!channel.recording) return;
    this.#leaving.set(channel.uuid, channel);
    channel.onRecorded = () => {
      if (!channel.recording) this.#leaving.delete(channel.uuid);
    };
  }

  async #invite(uuid: string, farEndOffer?: string): Promise<Srf.Dialog> {
    const { srf, clock } = this.#options;
    const From = `"${this.#options.owner}" <sip:centralita@localhost>`;
    const headers = { ...PARK_HEADERS, 'Call-ID': uuid, From };
    // What is no SDP at all is the media server's to refuse: drachtio sends it only if it has a type.
    const offer = farEndOffer && { ...headers, 'Content-Type': 'application/sdp' };
    try {
      return await inviteWithin(CHANNEL_MS_MAX, clock, srf, `sip:park@${this.#sipAddress}`, {
        headers: offer || headers,
        ...(farEndOffer ? { localSdp: withoutStrayKeys(farEndOffer) } : { noAck: true }),
      });
    } catch (error) {
      if ((error as SipFailure).status === 408) this.#unanswered(uuid);
      throw error;
    }
  }

  /** Whatever has become of the channel, nobody will have it. */
  #unanswered(uuid: string): void {
    this.#silentUntil = this.#options.clock.now() + SILENT_MS;
    this.#options.log.warn({ mediaServer: this.name }, 'Media server does not answer INVITE');
    void this.#socket.api(`uuid_kill ${uuid}`);
  }

  #event(name: string, event: EslEvent): void {
    const uuid = event.getHeader('Unique-ID') ?? '';
    const channel = this.#channels.get(uuid) ?? this.#leaving.get(uuid);
    channel?.event(name, event);
    // It is told of the first of the two alone.
    if (name === 'CHANNEL_UNBRIDGE')
      this.#channels.get(event.getHeader('Other-Leg-Unique-ID') ?? '')?.event(name, event);
  }

  #discover(): void {
    const generation = this.#generation;
    this.#connectMrf()
      .then((mrf) => this.#discovered(mrf, generation))
      .catch((error: unknown) => this.#undiscovered(error, generation));
  }

  /** fsmrf throws where nobody can catch it when there is no profile, as while FreeSWITCH starts: hence the question. */
  async #connectMrf(): Promise<MrfMediaServer> {
    const { srf, address } = this.#options;
    const status = await this.#socket.api('sofia status');
    if (!PROFILE_LINE.test(status)) throw new Error(`No SIP profile ${PROFILE}`);
    return new Mrf(srf).connect({
      address: address.host,
      port: address.port,
      secret: address.secret,
      listenAddress: '127.0.0.1',
      profile: PROFILE,
    });
  }

  #undiscovered(error: unknown, generation: number): void {
    if (this.#closed || generation !== this.#generation) return;
    const { log, clock } = this.#options;
    log.warn({ mediaServer: this.name, error: String(error) }, 'Media server is not ready');
    this.#discovery = clock.after(DISCOVERY_RETRY_MS, () => {
      if (this.#socket.up && generation === this.#generation) this.#discover();
    });
  }

  #discovered(mrf: MrfMediaServer, generation: number): void {
    // By itself it connects again without end, even after `disconnect`: when to, is our event socket's affair.
    mrf.conn.reconnectOpts.maxAttempts = 1;
    mrf.on('error', () => {});
    if (this.#closed || generation !== this.#generation || !this.#socket.up) {
      mrf.disconnect();
      return;
    }
    this.#mrf = mrf;
    mrf.conn.socket?.setNoDelay(true);
    this.#sipAddress = mrf.sip.ipv4.udp.address;
    this.#options.log.info(
      { mediaServer: this.name, sipAddress: this.#sipAddress },
      'Media server is ready',
    );
    this.#spares.fill();
    this.#census.start();
  }

  /** The media server does not have it any more, and has not said so: whoever had it hears it now. */
  #missing(uuid: string): void {
    const channel = this.#channels.get(uuid);
    if (!channel) return;
    this.#repaired('lostChannel', uuid);
    this.#forget(channel);
    channel.lost();
    endDialog(channel.dialog);
  }

  #repaired(what: 'zombieChannel' | 'lostChannel', channel: string): void {
    const { log, meters } = this.#options;
    log.warn({ mediaServer: this.name, channel, repair: what }, 'Channels were compared: repaired');
    meters?.repaired?.(what);
  }

  /** The event socket is gone. Its channels may live on, but nobody can steer them: their calls end. */
  #down(): void {
    this.#options.log.error({ mediaServer: this.name }, 'Media server is gone');
    this.#mrf?.disconnect();
    this.#mrf = undefined;
    this.#census.stop();
    this.#sipAddress = undefined;
    this.#spares.forget();
    const orphans = [...this.#channels.values()];
    this.#channels.clear();
    for (const channel of orphans) {
      channel.lost();
      endDialog(channel.dialog);
    }
  }
}
