import { createHash } from 'node:crypto';
import { PhoneCall } from '../../demo/phone/phone-call.ts';
import { RtpPeer } from '../../demo/phone/rtp-peer.ts';
import { answerTo } from '../../demo/phone/sdp.ts';
import { type IncomingCall, UserAgent } from '../../src/embedded/sip/index.ts';
import { eventually, LIMIT_MS } from './eventually.ts';
import { ALL_TONES } from './tones.ts';

export interface TrunkOptions {
  readonly user: string;
  readonly password: string;
}

/** A call that the trunk was asked to place. */
export class TrunkCall {
  readonly number: string;
  readonly incoming: IncomingCall;
  readonly at = performance.now();
  /** When it was given up by CANCEL. */
  cancelledAt: number | undefined;

  constructor(number: string, incoming: IncomingCall) {
    this.number = number;
    this.incoming = incoming;
    incoming.onCancel = () => {
      this.cancelledAt = performance.now();
    };
  }

  header(name: string): string {
    return this.incoming.request.headers.get(name) ?? '';
  }

  ringing(status: 180 | 183 = 180): void {
    this.incoming.progress(status);
  }

  /** Somebody answers, and speaks with that tone. */
  async answer(toneHz: number): Promise<PhoneCall> {
    const rtp = await RtpPeer.open({ listenFor: ALL_TONES });
    rtp.play(toneHz);
    const call = new PhoneCall(rtp, performance.now());
    const offered = String(this.incoming.request.body);
    const body = answerTo(offered, rtp.host, rtp.port);
    const session = body && this.incoming.accept({ body }, call.handlers);
    if (!session) throw new Error(`No answer to ${this.number}: no common codec, or cancelled.`);
    call.begin(session, offered);
    return call;
  }

  refuse(status: number, reason?: string): void {
    this.incoming.reject(status, reason ? { headers: [['Reason', reason]] } : {});
  }
}

const REALM = 'trunk.example';
const NONCE = 'a1b2c3d4e5f60718';

/** The telephone network, as a trunk shows it: asks for a digest, and then does with each call what the test says. */
export class TestTrunk {
  readonly calls: TrunkCall[] = [];
  /** INVITEs that came with a wrong answer to the challenge, or with none at all after one. */
  challenged = 0;
  /** Takes INVITEs and says not a word. */
  silent = false;
  readonly #agent: UserAgent;

  static async open(options: TrunkOptions): Promise<TestTrunk> {
    const taken: { invite: (call: IncomingCall) => void } = { invite: () => undefined };
    const agent = await UserAgent.open({
      host: '127.0.0.1',
      port: 0,
      user: 'trunk',
      onInvite: (call) => taken.invite(call),
    });
    const trunk = new TestTrunk(agent);
    taken.invite = (call) => trunk.#invited(call, options);
    return trunk;
  }

  private constructor(agent: UserAgent) {
    this.#agent = agent;
  }

  get uri(): string {
    return `sip:127.0.0.1:${this.#agent.port};transport=udp`;
  }

  /** The nth call to that number. */
  call(number: string, nth = 1, limitMs = LIMIT_MS): Promise<TrunkCall> {
    return eventually(`call ${nth} to ${number}`, () => this.callsTo(number)[nth - 1], limitMs);
  }

  callsTo(number: string): readonly TrunkCall[] {
    return this.calls.filter((call) => call.number === number);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #invited(incoming: IncomingCall, options: TrunkOptions): void {
    const { headers, uri } = incoming.request;
    const number = /^sips?:([^@;>]+)@/.exec(uri)?.[1] ?? uri;
    if (this.silent) {
      this.calls.push(new TrunkCall(number, incoming));
      return;
    }
    const proof = headers.get('proxy-authorization');
    if (!proof || !isRight(proof, uri, options)) {
      this.challenged += 1;
      const challenge = `Digest realm="${REALM}", nonce="${NONCE}", algorithm=MD5, qop="auth"`;
      incoming.reject(proof ? 403 : 407, { headers: [['Proxy-Authenticate', challenge]] });
      return;
    }
    this.calls.push(new TrunkCall(number, incoming));
  }
}

/** RFC 7616 section 3.4.1, MD5. */
function isRight(proof: string, uri: string, { user, password }: TrunkOptions): boolean {
  const value = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`).exec(proof)?.[1] ?? '';
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const secret = md5(`${user}:${REALM}:${password}`);
  const request = md5(`INVITE:${value('uri')}`);
  const middle = `${NONCE}:${value('nc')}:${value('cnonce')}:${value('qop')}`;
  return value('response') === md5(`${secret}:${middle}:${request}`) && value('uri') === uri;
}
