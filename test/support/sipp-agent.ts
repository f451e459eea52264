import { RtpPeer } from '../../demo/phone/rtp-peer.ts';
import { LIMIT_MS } from './eventually.ts';
import type { Evidence } from './evidence.ts';
import { freePort } from './ports.ts';
import { type SipAddress, Sipp, type SipTransport } from './sipp.ts';
import { ALL_TONES } from './tones.ts';
import { audioOf, headerOf, methodOf, type SipMessage } from './transcript.ts';

export interface RegistrationOptions {
  readonly remote: SipAddress;
  readonly evidence: Evidence;
  readonly user: string;
  readonly password: string;
  readonly contactPort: number;
  readonly transport?: SipTransport;
  /** Seconds; 0 takes the registration back. */
  readonly expires?: number;
  /** What the second REGISTER must be answered with. */
  readonly status?: number;
}

/** Registers by SIPp; fails unless the answer is the expected one. Returns the conversation. */
export async function registerBySipp(options: RegistrationOptions): Promise<readonly SipMessage[]> {
  const { remote, evidence, user, password, contactPort, transport } = options;
  const sipp = await Sipp.start({
    scenario: 'register',
    remote,
    evidence,
    ...(transport ? { transport } : {}),
    variables: {
      user,
      password,
      contactPort,
      expires: options.expires ?? 300,
      status: options.status ?? 200,
    },
  });
  await sipp.done();
  const messages = sipp.transcript.messages();
  await sipp.stop();
  return messages;
}

export type SippAgentBehaviour =
  | { readonly kind: 'obeys' }
  | { readonly kind: 'refuses'; readonly status: number; readonly reason: string };

export interface SippAgentOptions extends Omit<RegistrationOptions, 'contactPort'> {
  readonly behaviour: SippAgentBehaviour;
  /** So many INVITEs are taken. */
  readonly calls?: number;
}

/** An agent whose phone is SIPp: every status and every silence can be had from it. */
export class SippAgent {
  readonly sipp: Sipp;
  readonly rtp: RtpPeer;
  readonly #options: SippAgentOptions;

  static async register(options: SippAgentOptions): Promise<SippAgent> {
    const contactPort = await freePort();
    const rtp = await RtpPeer.open({ listenFor: ALL_TONES });
    const { behaviour } = options;
    const sipp = await Sipp.start({
      scenario: behaviour.kind === 'obeys' ? 'agent' : 'refusing-agent',
      remote: options.remote,
      evidence: options.evidence,
      localPort: contactPort,
      ...(options.transport ? { transport: options.transport } : {}),
      ...(options.calls ? { calls: options.calls } : {}),
      limitSeconds: 90,
      variables: {
        user: options.user,
        rtpPort: rtp.port,
        ...(behaviour.kind === 'refuses' ? behaviour : {}),
      },
    });
    await registerBySipp({ ...options, contactPort });
    return new SippAgent(sipp, rtp, options);
  }

  private constructor(sipp: Sipp, rtp: RtpPeer, options: SippAgentOptions) {
    this.sipp = sipp;
    this.rtp = rtp;
    this.#options = options;
  }

  /** The INVITE that makes the phone ring. */
  rings(limitMs = LIMIT_MS): Promise<SipMessage> {
    return this.#received('INVITE', limitMs);
  }

  /** The CANCEL that makes it stop. */
  stopsRinging(limitMs = LIMIT_MS): Promise<SipMessage> {
    return this.#received('CANCEL', limitMs);
  }

  wasHungUp(limitMs = LIMIT_MS): Promise<SipMessage> {
    return this.#received('BYE', limitMs);
  }

  /** Answers the call that rings, and resolves when the system has acknowledged it. */
  async answer(): Promise<void> {
    const invite = await this.rings();
    await this.#steer('ANSWER', invite, []);
    const ack = await this.#received('ACK');
    const audio = audioOf(ack) ?? audioOf(invite);
    if (audio) this.rtp.connect({ ...audio, eventType: 101 });
  }

  async hangUp(): Promise<void> {
    await this.#steer('HANGUP', await this.rings(), ['X-CSeq: 1']);
  }

  async unregister(): Promise<void> {
    await registerBySipp({ ...this.#options, contactPort: this.sipp.localPort, expires: 0 });
  }

  async close(): Promise<void> {
    this.rtp.close();
    await this.sipp.stop();
  }

  #received(method: string, limitMs = LIMIT_MS): Promise<SipMessage> {
    return this.sipp.transcript.wait(
      `${method} at agent ${this.#options.user}`,
      (message) => message.direction === 'received' && methodOf(message) === method,
      limitMs,
    );
  }

  /** The scenario answers with the steering request's own Via, From, To and CSeq: they must be the INVITE's. */
  #steer(method: string, invite: SipMessage, headers: readonly string[]): Promise<void> {
    const copied = ['Via', 'From', 'To', 'CSeq'].map(
      (name) => `${name}: ${headerOf(invite, name)}`,
    );
    const callId = headerOf(invite, 'Call-ID') ?? '';
    return this.sipp.steer(method, [...copied, ...headers], callId);
  }
}
