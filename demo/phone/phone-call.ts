import {
  type EndCause,
  type IncomingOffer,
  responseTo,
  type Session,
  type SessionHandlers,
} from '../../src/embedded/sip/index.ts';
import type { RtpPeer, RtpTarget } from './rtp-peer.ts';
import { answerTo, type Direction, offer, targetOf } from './sdp.ts';

/** Moments of a call on the clock of `performance.now()`. */
export interface CallTimes {
  startedAt: number;
  answeredAt?: number;
  endedAt?: number;
}

/** A call that one of our phones is in, whichever side placed it. It has ears and a voice of its own. */
export class PhoneCall {
  readonly rtp: RtpPeer;
  /** The port at which its sound arrives. */
  readonly earsAt: number;
  /** Where the other side wants its own, as far as it has said so. */
  target: RtpTarget | undefined;
  readonly times: CallTimes;
  /** Resolves when the call is over, whoever ended it. */
  readonly ended: Promise<EndCause>;
  #session: Session | undefined;
  /** Of our description. */
  #version = 1;
  #end: (cause: EndCause) => void = () => undefined;

  constructor(rtp: RtpPeer, startedAt: number, earsAt = rtp.port) {
    this.rtp = rtp;
    this.earsAt = earsAt;
    this.times = { startedAt };
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** What the SIP stack tells this call. */
  get handlers(): SessionHandlers {
    return {
      onAck: (ack) => {
        // A late offer is answered in the ACK (RFC 3261 section 13.2.1).
        if (ack.body) this.#listenTo(ack.body);
      },
      onReinvite: (offer) => this.#reoffered(offer),
      // How a transfer goes is told by NOTIFY (RFC 3515 section 2.4.4).
      onRequest: (transaction) => {
        transaction.respond(responseTo(transaction.request, 200));
      },
      onEnd: (cause) => this.#over(cause),
    };
  }

  /** The call was answered: from now on there is sound. */
  begin(session: Session, remoteSdp: string): void {
    this.#session = session;
    this.times.answeredAt ??= performance.now();
    if (remoteSdp) this.#listenTo(remoteSdp);
  }

  hangUp(): void {
    if (this.#session) this.#session.bye();
    else this.#over({ by: 'local' });
  }

  /** Hands the other one on (RFC 3515), to whom `instead` speaks with if that is given. The final status of the REFER. */
  async refer(to: string, instead?: PhoneCall): Promise<number> {
    const target = instead ? `${to}?Replaces=${encodeURIComponent(instead.#named)}` : to;
    const headers: [string, string][] = [['Refer-To', `<${target}>`]];
    const outcome = await this.#session?.request('REFER', { headers });
    return outcome?.ok ? outcome.value.status : 408;
  }

  /** What a Replaces calls it: as the far end sees it (RFC 3891 section 3). */
  get #named(): string {
    const { callId, localTag, remoteTag } = this.#session?.dialog ?? {};
    return `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
  }

  /** Another description of this end: a hold, say (RFC 3264 section 8.4). The final status of the re-INVITE. */
  async reoffer(direction: Direction): Promise<number> {
    this.#version += 1;
    const body = offer(this.rtp.host, this.earsAt, this.#version, direction);
    const outcome = await this.#session?.reinvite({ body });
    return outcome?.ok ? outcome.value.status : 408;
  }

  /** It never became a conversation. */
  fail(reason: string): void {
    this.#over({ by: 'failure', reason });
  }

  get over(): boolean {
    return this.times.endedAt !== undefined;
  }

  #reoffered(offer: IncomingOffer): void {
    const offered = String(offer.request.body);
    const answer = answerTo(offered, this.rtp.host, this.earsAt);
    if (answer === undefined) {
      offer.reject(488);
      return;
    }
    this.#listenTo(offered);
    offer.accept({ body: answer });
  }

  #listenTo(sdp: string): void {
    const target = targetOf(sdp);
    if (!target) return;
    this.target = target;
    this.rtp.connect(target);
  }

  #over(cause: EndCause): void {
    if (this.over) return;
    this.times.endedAt = performance.now();
    this.rtp.close();
    this.#end(cause);
  }
}
