import { createHash } from 'node:crypto';
import {
  type AnyServerTransaction,
  type IncomingCall,
  newTag,
  responseTo,
  type Session,
  type SipRequest,
  UserAgent,
} from '../../../../src/embedded/sip/index.ts';
import { eventually } from '../../../support/eventually.ts';
import { sdp } from './far-end.ts';

export interface CarrierOptions {
  /** Asks every INVITE and REGISTER for a proof. */
  readonly user?: string;
  readonly password?: string;
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** Asks whatever comes within a call for a proof as well. */
  readonly asksWithin?: boolean;
  /** What it says that it takes. */
  readonly allow?: string;
  /** What becomes of a call; it is answered unless this says otherwise. */
  onCall?(call: IncomingCall, carrier: Carrier): void;
}

const REALM = 'carrier.example';

/** A provider that speaks real SIP: calls, registrations, OPTIONS; as good or as bad as the test wants it. */
export class Carrier {
  readonly calls: IncomingCall[] = [];
  readonly sessions: Session[] = [];
  readonly registers: SipRequest[] = [];
  readonly cancelled: IncomingCall[] = [];
  options = 0;
  /** Answers to OPTIONS; `silent`: none at all. */
  optionsStatus: number | 'silent' = 200;
  /** What REGISTER is answered before anything else, once each. */
  readonly registerAnswers: { status: number; headers?: [string, string][] }[] = [];
  grantSeconds = 60;
  ended = 0;
  /** What within a call was believed, by its method. */
  readonly proven: string[] = [];
  agent!: UserAgent;
  readonly #options: CarrierOptions;
  readonly #nonces: string[] = [];

  static async open(options: CarrierOptions = {}): Promise<Carrier> {
    const carrier = new Carrier(options);
    carrier.agent = await UserAgent.open({
      host: '127.0.0.1',
      port: 0,
      user: 'carrier',
      onInvite: (call) => carrier.#invited(call),
      onRequest: (transaction) => carrier.#requested(transaction),
    });
    return carrier;
  }

  private constructor(options: CarrierOptions) {
    this.#options = options;
  }

  get uri(): string {
    return `sip:127.0.0.1:${this.agent.port};transport=udp`;
  }

  call(nth = 1): Promise<IncomingCall> {
    return eventually(`call ${nth} at the carrier`, () => this.calls[nth - 1]);
  }

  answer(call: IncomingCall): void {
    call.progress(180);
    const { allow, asksWithin } = this.#options;
    const parts = { body: sdp(43_000), ...(allow ? { headers: [['Allow', allow]] as const } : {}) };
    const session = call.accept(parts, {
      onEnd: () => this.ended++,
      onReinvite: (offer) => offer.accept({ body: sdp(43_000) }),
      onUpdate: (offer) => offer.accept(),
    });
    if (!session) return;
    this.sessions.push(session);
    if (asksWithin) this.#askWithin(session);
  }

  #askWithin(session: Session): void {
    const take = session.receive.bind(session);
    session.receive = (transaction) => {
      const { request } = transaction;
      const challenge = this.#challengeFor(request, 'proxy-authorization');
      if (challenge) {
        const headers: [string, string][] = [['Proxy-Authenticate', challenge]];
        transaction.respond(responseTo(request, 407, { headers }));
      } else {
        this.proven.push(request.method);
        take(transaction);
      }
    };
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  #invited(call: IncomingCall): void {
    const challenge = this.#challengeFor(call.request, 'proxy-authorization');
    if (challenge) {
      call.reject(407, { headers: [['Proxy-Authenticate', challenge]] });
      return;
    }
    this.calls.push(call);
    call.onCancel = () => this.cancelled.push(call);
    if (this.#options.onCall) this.#options.onCall(call, this);
    else this.answer(call);
  }

  #requested(transaction: AnyServerTransaction): void {
    const { request } = transaction;
    const respond = (status: number, headers: [string, string][] = []) =>
      transaction.respond(responseTo(request, status, { toTag: newTag(), headers }));
    if (request.method === 'OPTIONS') {
      this.options += 1;
      if (this.optionsStatus !== 'silent') respond(this.optionsStatus);
    } else if (request.method === 'REGISTER') this.#registered(request, respond);
    else respond(405);
  }

  #registered(
    request: SipRequest,
    respond: (status: number, headers?: [string, string][]) => void,
  ): void {
    const first = this.registerAnswers.shift();
    if (first) return respond(first.status, first.headers);
    const challenge = this.#challengeFor(request, 'authorization');
    if (challenge) return respond(401, [['WWW-Authenticate', challenge]]);
    this.registers.push(request);
    const contact = request.headers.get('contact') ?? '';
    respond(200, [['Contact', `${contact};expires=${this.grantSeconds}`]]);
  }

  /** Undefined: the proof is right, or none is asked for. */
  #challengeFor(request: SipRequest, header: string): string | undefined {
    const { user, password, algorithm = 'MD5' } = this.#options;
    if (!user || !password) return undefined;
    const proof = request.headers.get(header) ?? '';
    const value = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`).exec(proof)?.[1] ?? '';
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const middle = `${value('nonce')}:${value('nc')}:${value('cnonce')}:auth`;
    const secret = hash(`${user}:${REALM}:${password}`);
    const right = hash(`${secret}:${middle}:${hash(`${request.method}:${value('uri')}`)}`);
    if (proof && this.#nonces.includes(value('nonce')) && value('response') === right)
      return undefined;
    const nonce = newTag();
    this.#nonces.push(nonce);
    return `Digest realm="${REALM}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"`;
  }
}
