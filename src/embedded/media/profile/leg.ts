import {
  type AnyServerTransaction,
  type EndCause,
  type IncomingCall,
  type IncomingOffer,
  responseTo,
  type Session,
} from '../../sip/index.ts';
import type { CodecName } from '../audio/codec.ts';
import { type Cause, reasonHeader, sipStatusOf } from '../channel/causes.ts';
import type { Channel, Signalling } from '../channel/channel.ts';
import { type Direction, writeSdp } from '../sdp/describe.ts';
import { type Negotiated, negotiate, type SdpError } from '../sdp/negotiate.ts';

/** Our payload type for keys where we offer; an offerer's own is kept. */
const EVENT_TYPE = 101;

const HEADERS: readonly (readonly [string, string])[] = [
  ['User-Agent', 'Centralita media'],
  ['Accept', 'application/sdp'],
  ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, NOTIFY'],
  ['Supported', 'path, replaces'],
];

export interface LegOptions {
  readonly call: IncomingCall;
  readonly codecs: readonly CodecName[];
  readonly announced: string;
  readonly sessionId: number;
}

/**
 * The SIP side of one channel: offer and answer, re-INVITEs, keys by INFO, the end.
 *
 *   invited ──answer()──> answered ──BYE either way──> over
 *      └──hangup(), CANCEL──────────────────────────────^
 */
export class SipLeg implements Signalling {
  readonly #call: IncomingCall;
  readonly #options: LegOptions;
  #channel: Channel | undefined;
  #session: Session | undefined;
  /** What was agreed on before the answer was sent. */
  #negotiated: Negotiated | undefined;
  #version: number;
  /** We offered in the last 2xx: its ACK, or that of nobody, brings the answer. */
  #offered: ((answered: boolean) => void) | undefined;

  constructor(options: LegOptions) {
    this.#call = options.call;
    this.#options = options;
    this.#version = options.sessionId;
  }

  /** Reads the INVITE's offer, if there is one; an error must be refused with 488. */
  readOffer(): SdpError | undefined {
    const { body } = this.#call.request;
    if (body === '') return undefined;
    const negotiated = negotiate(body, this.#options.codecs);
    if (!negotiated.ok) return negotiated.error;
    this.#negotiated = negotiated.value;
    return undefined;
  }

  attach(channel: Channel): void {
    this.#channel = channel;
    this.#call.onCancel = () => channel.hangup('ORIGINATOR_CANCEL', true);
    if (this.#call.request.body !== '') {
      channel.variables.set('switch_r_sdp', this.#call.request.body);
    }
  }

  answer(): Promise<boolean> {
    if (this.#session) return Promise.resolve(true);
    const channel = this.#channel;
    if (!channel || this.#call.over) return Promise.resolve(false);
    const negotiated = this.#negotiated;
    if (negotiated) this.#agree(channel, negotiated);
    const body = negotiated ? this.#describe(negotiated) : this.#offer();
    const session = this.#call.accept(
      { body, headers: HEADERS },
      {
        onAck: (ack) => this.#onAck(ack.body),
        onReinvite: (offer) => this.#onReinvite(offer),
        onRequest: (transaction) => this.#onRequest(transaction),
        onEnd: (cause) => this.#onEnd(cause),
      },
    );
    if (!session) return Promise.resolve(false);
    this.#session = session;
    if (negotiated) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#offered = resolve;
    });
  }

  hangup(cause: Cause): void {
    const headers: [string, string][] = [['Reason', reasonHeader(cause)]];
    if (this.#session) this.#session.bye({ headers });
    else if (!this.#call.over) this.#call.reject(sipStatusOf(cause), { headers });
  }

  #agree(channel: Channel, negotiated: Negotiated): void {
    channel.rtp?.agree(negotiated.media);
    setMediaVariables(channel, negotiated, this.#options.announced);
  }

  #describe({ media, direction, lines }: Negotiated): string {
    return this.#write([media.codec], media.eventSendType, direction, lines);
  }

  #offer(): string {
    return this.#write(this.#options.codecs, EVENT_TYPE, 'sendrecv', [undefined]);
  }

  #write(
    codecs: readonly CodecName[],
    eventType: number | undefined,
    direction: Direction,
    lines: readonly (string | undefined)[],
  ): string {
    this.#version++;
    const { sessionId, announced } = this.#options;
    const sdp = writeSdp({
      sessionId,
      version: this.#version,
      address: announced,
      port: this.#channel?.rtp?.port ?? 0,
      codecs,
      eventType,
      direction,
      lines,
    });
    this.#channel?.variables.set('rtp_local_sdp_str', sdp);
    return sdp;
  }

  /** The answer to an offer of ours. An ACK without one leaves it to a re-INVITE (3pcc). */
  #onAck(body: string): void {
    const offered = this.#offered;
    this.#offered = undefined;
    const channel = this.#channel;
    if (!offered || !channel?.up) return;
    if (body === '') return offered(true);
    const negotiated = negotiate(body, this.#options.codecs);
    if (!negotiated.ok) return offered(false);
    this.#agree(channel, negotiated.value);
    offered(true);
  }

  #onReinvite(offer: IncomingOffer): void {
    const channel = this.#channel;
    const { body } = offer.request;
    if (!channel?.up) return offer.reject(481);
    if (body === '') {
      if (offer.request.method === 'UPDATE') return offer.accept();
      const before = this.#offered;
      this.#offered = (answered) => {
        before?.(answered);
        if (!answered) channel.hangup('INCOMPATIBLE_DESTINATION');
      };
      return offer.accept({ body: this.#offer(), headers: HEADERS });
    }
    const negotiated = negotiate(body, this.#options.codecs);
    if (!negotiated.ok) {
      const reason: [string, string] = ['Reason', reasonHeader('INCOMPATIBLE_DESTINATION')];
      return offer.reject(488, { headers: [reason] });
    }
    channel.variables.set('switch_r_sdp', body);
    this.#agree(channel, negotiated.value);
    const { remoteDirection } = negotiated.value;
    offer.accept({ body: this.#describe(negotiated.value), headers: HEADERS });
    channel.setHeld(remoteDirection === 'sendonly' || remoteDirection === 'inactive');
  }

  #onRequest(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    const status = request.method === 'REFER' ? 603 : 200;
    transaction.respond(responseTo(request, status));
    if (request.method === 'INFO') this.#onInfo(request.headers.get('content-type'), request.body);
  }

  /** Keys as `application/dtmf-relay` (Signal=5, Duration=160) or `application/dtmf` (5). */
  #onInfo(type: string | undefined, body: string): void {
    const kind = /^application\/(dtmf-relay|dtmf)\b/i.exec(type ?? '')?.[1]?.toLowerCase();
    if (!kind) return;
    const digit = /(?:^|signal\s*=\s*)([0-9A-D*#])/im.exec(body)?.[1];
    const ms = Number(/duration\s*=\s*(\d+)/i.exec(body)?.[1] ?? 250);
    if (digit) this.#channel?.receiveDigit(digit.toUpperCase(), Math.min(ms, 8000) * 8, 'INFO');
  }

  #onEnd(cause: EndCause): void {
    if (cause.by === 'local') return;
    const offered = this.#offered;
    this.#offered = undefined;
    this.#channel?.hangup(cause.by === 'remote' ? 'NORMAL_CLEARING' : 'NORMAL_UNSPECIFIED', true);
    offered?.(false);
  }
}

/** The variables by which FreeSWITCH tells what was agreed on. */
function setMediaVariables(channel: Channel, { media }: Negotiated, announced: string): void {
  const { rtp, variables } = channel;
  const rate = rtp?.sampleRate;
  variables.setAll([
    ['rtp_use_codec_name', media.codec],
    ['rtp_use_codec_rate', rate],
    ['rtp_use_codec_ptime', 20],
    ['rtp_use_codec_channels', 1],
    ['read_codec', media.codec],
    ['read_rate', rate],
    ['write_codec', media.codec],
    ['write_rate', rate],
    ['dtmf_type', 'rfc2833'],
    ['local_media_ip', announced],
    ['local_media_port', rtp?.port],
    ['advertised_media_ip', announced],
    ['rtp_use_pt', media.payloadType],
    ['rtp_use_ssrc', rtp?.sender.ssrc],
    ['rtp_2833_send_payload', media.eventSendType],
    ['rtp_2833_recv_payload', media.eventReceiveType],
    ['remote_media_ip', media.remote.address],
    ['remote_media_port', media.remote.port],
  ]);
}
