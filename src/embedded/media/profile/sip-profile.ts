import { type IncomingCall, UserAgent } from '../../sip/index.ts';
import { CODECS, type CodecName } from '../audio/codec.ts';
import { type Cause, reasonHeader } from '../channel/causes.ts';
import type { Channel } from '../channel/channel.ts';
import type { SwitchCore } from '../core.ts';
import { PortPool } from '../rtp/port-pool.ts';
import { RtpSession } from '../rtp/rtp-session.ts';
import { callerProfileOf, setSipVariables } from './caller.ts';
import { SipLeg } from './leg.ts';

/** In the order in which we offer them (freeswitch/vars.xml: centralita_codecs). */
const PREFERENCE: readonly CodecName[] = ['G722', 'PCMA', 'PCMU'];

export interface ProfileHost {
  /** May one more channel begin? Otherwise the INVITE gets 503. */
  admit(): boolean;
  exists(uuid: string): boolean;
  /** A new channel with media; its life begins. */
  begin(leg: SipLeg, call: IncomingCall, rtp: RtpSession): void;
}

/** The profile `drachtio_mrf`: INVITEs become channels. */
export class SipProfile {
  readonly #core: SwitchCore;
  readonly #host: ProfileHost;
  readonly #ports: PortPool;
  #agent: UserAgent | undefined;
  /** Channels whose ports are being opened: their Call-IDs are taken. */
  readonly #opening = new Set<string>();

  constructor(core: SwitchCore, host: ProfileHost) {
    this.#core = core;
    this.#host = host;
    const { rtpIp, rtpPortMin, rtpPortMax } = core.config;
    this.#ports = new PortPool(rtpIp, rtpPortMin, rtpPortMax);
  }

  /** Without a port for RTP no call can ever be taken: better said now. */
  async open(): Promise<void> {
    const { sipHost, sipPort, rtpIp, rtpPortMin, rtpPortMax } = this.#core.config;
    const pair = await this.#ports.open();
    if (!pair)
      throw new Error(
        `RTP ports ${rtpIp}:${rtpPortMin}-${rtpPortMax}: none of them can be opened.`,
      );
    this.#ports.close(pair);
    this.#agent = await UserAgent.open({
      host: sipHost,
      port: sipPort,
      user: 'mod_sofia',
      clock: this.#core.clock,
      logger: this.#core.logger,
      onInvite: (call) => {
        this.#onInvite(call).catch((error: unknown) => {
          this.#core.logger.error({ error: String(error) }, 'An INVITE failed unexpectedly.');
          call.reject(500);
        });
      },
    });
  }

  get port(): number {
    return this.#agent?.port ?? 0;
  }

  get address(): string {
    return `${this.#core.config.sipHost}:${this.port}`;
  }

  /** Gives a channel's ports back. */
  release(channel: Channel): void {
    if (!channel.rtp) return;
    channel.rtp.close();
    this.#ports.close(channel.rtp.pair);
  }

  setVariables(channel: Channel, call: IncomingCall): void {
    const url = `sip:mod_sofia@${this.address}`;
    setSipVariables(channel.variables, call, channel.profile, url);
  }

  profileOf(call: IncomingCall) {
    return callerProfileOf(call, this.#core.nowUs());
  }

  async close(): Promise<void> {
    await this.#agent?.close();
  }

  async #onInvite(call: IncomingCall): Promise<void> {
    const { headers } = call.request;
    const uuid = headers.get('call-id') ?? '';
    if (this.#host.exists(uuid) || this.#opening.has(uuid) || !this.#host.admit()) {
      return call.reject(503, { reason: 'Maximum Calls In Progress' });
    }
    const { rtpAnnounced } = this.#core.config;
    const codecs = codecsFor(headers.get('x-centralita-codecs'));
    const sessionId = Math.floor(this.#core.clock.now() / 1000);
    const leg = new SipLeg({ call, codecs, announced: rtpAnnounced, sessionId });
    if (leg.readOffer() !== undefined) return refuse(call, 488, 'INCOMPATIBLE_DESTINATION');
    this.#opening.add(uuid);
    const pair = await this.#ports.open().finally(() => this.#opening.delete(uuid));
    if (!pair) return refuse(call, 503, 'NORMAL_CIRCUIT_CONGESTION');
    if (call.over) return this.#ports.close(pair);
    const rtp = new RtpSession(pair, {
      nowMs: () => this.#core.clock.now(),
      random: () => Math.floor(Math.random() * 0x1_0000_0000),
    });
    this.#host.begin(leg, call, rtp);
  }
}

function refuse(call: IncomingCall, status: number, cause: Cause): void {
  call.reject(status, { headers: [['Reason', reasonHeader(cause)]] });
}

/** `X-Centralita-Codecs: PCMA,PCMU` narrows what we take, in that order. */
function codecsFor(header: string | undefined): readonly CodecName[] {
  if (header === undefined) return PREFERENCE;
  const wanted = header.split(',').map((name) => name.split('@')[0]?.trim().toUpperCase() ?? '');
  const known = wanted.filter((name): name is CodecName => name in CODECS);
  return known.length > 0 ? known : PREFERENCE;
}
