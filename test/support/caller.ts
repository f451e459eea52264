import { RtpPeer } from '../../demo/phone/rtp-peer.ts';
import { LIMIT_MS, pause, within } from './eventually.ts';
import type { Evidence } from './evidence.ts';
import { freeRange } from './ports.ts';
import { type SipAddress, Sipp, type SipTransport } from './sipp.ts';
import { ALL_TONES } from './tones.ts';
import { audioOf, headerOf, methodOf, type SipMessage, statusOf } from './transcript.ts';

export type SippMedia =
  | { readonly kind: 'echo' }
  | { readonly kind: 'capture'; readonly path: string };

/** Somebody else's offer was under way: whoever has begun the call tries again after so long (RFC 3261 section 14.1). */
const REQUEST_PENDING = 491;
const CROSSED_MS = 2_100;

export interface CallerOptions {
  readonly remote: SipAddress;
  readonly evidence: Evidence;
  readonly dnis: string;
  /** The calling number; absent: withheld, as RFC 3323 wants it. */
  readonly ani?: string | undefined;
  readonly name?: string;
  readonly transport?: SipTransport;
  readonly extraHeaders?: readonly string[];
  /** SIPp itself has the audio: it sends back what it hears, or plays a capture after the answer. */
  readonly sippMedia?: SippMedia;
  readonly limitSeconds?: number;
  /** The tones that are told apart in what is heard; absent: those of the parties. */
  readonly listenFor?: readonly number[];
}

/** SIPp's play_dtmf sends payload type 96, whatever was negotiated. */
const SIPP_EVENT_TYPE = 96;
const EVENT_TYPE = 101;

/** A caller: SIPp signals, and either SIPp itself or a {@link RtpPeer} of ours has the audio. */
export class Caller {
  readonly sipp: Sipp;
  readonly ani: string | undefined;
  /** Our ears and voice; absent when SIPp has the audio. */
  readonly rtp: RtpPeer | undefined;
  /** Whatever was pressed, for whoever looks where it must not be found. */
  readonly pressed: string[] = [];
  #cseq = 1;

  static async dial(options: CallerOptions): Promise<Caller> {
    if (options.sippMedia) {
      const mediaPort = await freeRange(4);
      const sipp = await Sipp.start(sippOptions(options, mediaPort, SIPP_EVENT_TYPE));
      return new Caller(sipp, options.ani, undefined);
    }
    const rtp = await RtpPeer.open({ listenFor: options.listenFor ?? ALL_TONES });
    const sipp = await Sipp.start(sippOptions(options, rtp.port, EVENT_TYPE));
    const caller = new Caller(sipp, options.ani, rtp);
    caller.#connectWhenAnswered(rtp);
    return caller;
  }

  private constructor(sipp: Sipp, ani: string | undefined, rtp: RtpPeer | undefined) {
    this.sipp = sipp;
    this.ani = ani;
    this.rtp = rtp;
  }

  /** The system's 200 to the INVITE. */
  answered(limitMs = LIMIT_MS): Promise<SipMessage> {
    return this.sipp.transcript.wait('the answer to the caller', isAnswer, limitMs);
  }

  /** The system's BYE. */
  wasHungUp(limitMs = LIMIT_MS): Promise<SipMessage> {
    return this.sipp.transcript.wait(
      'the BYE to the caller',
      (message) => message.direction === 'received' && methodOf(message) === 'BYE',
      limitMs,
    );
  }

  get hungUp(): boolean {
    return (
      this.sipp.transcript.find((m) => m.direction === 'received' && methodOf(m) === 'BYE') !==
      undefined
    );
  }

  /** Presses keys: by our own RTP, or by SIPp's play_dtmf. */
  async press(keys: string): Promise<void> {
    this.pressed.push(keys);
    if (this.rtp) this.rtp.press(keys);
    else await this.#steer('KEYS', [`X-Keys: ${keys}`]);
  }

  /** Presses one key by SIP INFO. */
  async pressByInfo(key: string): Promise<void> {
    const cseq = `${++this.#cseq} INFO`;
    await this.#steer('INFOKEY', [`X-Keys: ${key}`, `X-CSeq: ${this.#cseq}`]);
    await this.sipp.transcript.wait(
      `the answer to INFO ${key}`,
      (message) => statusOf(message) === 200 && headerOf(message, 'CSeq') === cseq,
    );
  }

  async hold(): Promise<SipMessage> {
    return this.#reinvite('HOLD');
  }

  async resume(): Promise<SipMessage> {
    return this.#reinvite('RESUME');
  }

  /** Hangs up once answered (before, SIPp's scenario knows no BYE), and waits for the system to have taken note. */
  async hangUp(): Promise<void> {
    await this.answered();
    await this.#steer('HANGUP', [`X-CSeq: ${++this.#cseq}`]);
    await this.sipp.done();
  }

  /** Leaves whatever state it is in; a call that goes on is hung up, lest it disturb the next test. */
  async close(): Promise<void> {
    const answered = this.sipp.transcript.find(isAnswer) !== undefined;
    if (this.sipp.running && answered) await within('a BYE', this.hangUp(), 1_500).catch(() => {});
    this.rtp?.close();
    await this.sipp.stop();
  }

  async #reinvite(method: 'HOLD' | 'RESUME'): Promise<SipMessage> {
    for (;;) {
      const cseq = `${++this.#cseq} INVITE`;
      await this.#steer(method, [`X-CSeq: ${this.#cseq}`]);
      const answer = await this.sipp.transcript.wait(
        `the answer to ${method}`,
        (message) => (statusOf(message) ?? 0) >= 200 && headerOf(message, 'CSeq') === cseq,
      );
      if (statusOf(answer) !== REQUEST_PENDING) return answer;
      await pause(CROSSED_MS);
    }
  }

  #steer(method: string, headers: readonly string[]): Promise<void> {
    return this.sipp.steer(method, [
      `Via: SIP/2.0/${this.sipp.transport.toUpperCase()} 127.0.0.1:9;branch=z9hG4bK${Date.now()}`,
      'From: <sip:test@127.0.0.1>;tag=test',
      'To: <sip:scenario@127.0.0.1>',
      `CSeq: 1 ${method}`,
      ...headers,
    ]);
  }

  #connectWhenAnswered(rtp: RtpPeer): void {
    this.answered(60_000).then(
      (answer) => {
        const audio = audioOf(answer);
        if (audio) rtp.connect({ ...audio, eventType: EVENT_TYPE });
      },
      // Not answered: whoever waits for the answer will say so.
      () => undefined,
    );
  }
}

function isAnswer(message: SipMessage): boolean {
  return (
    message.direction === 'received' &&
    statusOf(message) === 200 &&
    /INVITE/.test(headerOf(message, 'CSeq') ?? '')
  );
}

/** The From header as a trunk sends it. */
export function fromHeader(ani?: string, name?: string): string {
  if (ani === undefined) return '"Anonymous" <sip:anonymous@anonymous.invalid>';
  return `${name === undefined ? '' : `"${name}" `}<sip:${ani}@trunk.example>`;
}

function sippOptions(options: CallerOptions, rtpPort: number, eventType: number) {
  const { remote, evidence, transport, sippMedia, limitSeconds } = options;
  return {
    scenario: 'caller',
    remote,
    evidence,
    ...(transport ? { transport } : {}),
    ...(limitSeconds ? { limitSeconds } : {}),
    ...(sippMedia ? { mediaPort: rtpPort } : {}),
    ...(sippMedia?.kind === 'echo' ? { args: ['-rtp_echo'] } : {}),
    variables: {
      dnis: options.dnis,
      from: fromHeader(options.ani, options.name),
      // Only by its own keyword does SIPp learn which port its audio comes from.
      rtpPort: sippMedia ? '[media_port]' : rtpPort,
      payloads: `8 ${eventType}`,
      rtpmaps: `\na=rtpmap:8 PCMA/8000\na=rtpmap:${eventType} telephone-event/8000`,
      extraHeaders: (options.extraHeaders ?? []).map((line) => `\n${line}`).join(''),
      onAnswer:
        sippMedia?.kind === 'capture'
          ? `<nop><action><exec play_pcap_audio="${sippMedia.path}"/></action></nop>`
          : '',
    },
  };
}
