import { type IncomingCall, type SipResponse, UserAgent } from '../../src/embedded/sip/index.ts';
import { authorization, type Credentials } from './digest.ts';
import { PhoneCall } from './phone-call.ts';
import { RtpPeer } from './rtp-peer.ts';
import { answerTo, type Direction, offer } from './sdp.ts';

export interface SipServer {
  readonly host: string;
  readonly port: number;
}

export interface EarOptions {
  readonly listenFor?: readonly number[];
  /** Ears that were opened beforehand: several calls may share them when nobody listens. */
  readonly rtp?: RtpPeer;
  /** Where the sound shall go instead of there. */
  readonly earsAt?: number;
}

export interface DialOptions extends EarOptions {
  /** The calling number; absent: withheld. */
  readonly ani?: string;
  readonly name?: string;
  /** Dials as a registered phone, and answers its challenge. */
  readonly credentials?: Credentials;
  /** `sendonly`: no sound shall come. */
  readonly direction?: Direction;
}

/** What one line does with a call that comes in. */
export type OnRing = (ringing: Ringing) => void;

/** A call that rings at one of our lines. */
export interface Ringing {
  readonly incoming: IncomingCall;
  readonly at: number;
  /** The CANCEL. */
  readonly stopped: Promise<number>;
  answer(options?: EarOptions): Promise<PhoneCall | undefined>;
  reject(status: number): void;
}

/** Many telephones behind one SIP address: each line registers by itself, and all of them can dial. */
export class PhoneBox {
  readonly #agent: UserAgent;
  readonly #server: SipServer;
  readonly #lines = new Map<string, OnRing>();

  static async open(server: SipServer, host = '127.0.0.1'): Promise<PhoneBox> {
    const ring: { call: (incoming: IncomingCall) => void } = { call: () => undefined };
    const agent = await UserAgent.open({
      host,
      port: 0,
      user: 'phones',
      onInvite: (incoming) => ring.call(incoming),
    });
    const box = new PhoneBox(agent, server);
    ring.call = (incoming) => box.#rung(incoming);
    return box;
  }

  private constructor(agent: UserAgent, server: SipServer) {
    this.#agent = agent;
    this.#server = server;
  }

  get port(): number {
    return this.#agent.port;
  }

  /** Registers a line (0 seconds: takes it back), and rings there from now on. Returns the final status. */
  async register(credentials: Credentials, onRing: OnRing, seconds = 300): Promise<number> {
    this.#lines.set(credentials.user, onRing);
    return this.registerElsewhere(credentials, this.#agent.port, seconds);
  }

  /** Registers a phone that listens on another port of this host. */
  async registerElsewhere(
    credentials: Credentials,
    contactPort: number,
    seconds = 300,
  ): Promise<number> {
    const { host, port } = this.#server;
    const uri = `sip:${host}:${port}`;
    const address = `<sip:${credentials.user}@${host}:${port}>`;
    const headers: [string, string][] = [
      ['Contact', `<sip:${credentials.user}@${this.#agent.host}:${contactPort}>`],
      ['Expires', String(seconds)],
    ];
    const callId = `${credentials.user}-${this.#agent.port}-${Date.now()}`;
    const parts = { from: address, to: address, callId };
    const first = await this.#agent.request('REGISTER', uri, { ...parts, headers });
    if (!first.ok || first.value.status !== 401) return statusOf(first);
    const answer = answerHeader(first.value, 'REGISTER', uri, credentials);
    const second = await this.#agent.request('REGISTER', uri, {
      ...parts,
      headers: [...headers, answer, ['CSeq', '2 REGISTER']],
    });
    return statusOf(second);
  }

  async unregister(credentials: Credentials): Promise<void> {
    await this.register(credentials, () => undefined, 0);
    this.#lines.delete(credentials.user);
  }

  /** Dials. The promise resolves with the answered call, or rejects with the status that refused it. */
  async dial(number: string, options: DialOptions = {}): Promise<PhoneCall> {
    return this.#invite(number, options, await this.#ears(options), []);
  }

  async #ears({ rtp, listenFor = [] }: EarOptions): Promise<RtpPeer> {
    return rtp ?? (await RtpPeer.open({ host: this.#agent.host, listenFor }));
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #invite(
    number: string,
    options: DialOptions,
    rtp: RtpPeer,
    proof: [string, string][],
  ): Promise<PhoneCall> {
    const uri = `sip:${number}@${this.#server.host}:${this.#server.port}`;
    const call = new PhoneCall(rtp, performance.now(), options.earsAt);
    const body = offer(rtp.host, call.earsAt, 1, options.direction);
    return new Promise((resolve, reject) => {
      const parts = { from: fromOf(options, this.#server), body, headers: proof };
      this.#agent.invite(uri, parts, {
        session: call.handlers,
        onAnswer: (session, response) => {
          call.begin(session, String(response.body));
          resolve(call);
        },
        onFailure: (failure) => {
          const { credentials } = options;
          const challenged =
            typeof failure === 'object' && (failure.status === 401 || failure.status === 407);
          if (challenged && credentials && proof.length === 0) {
            const header = answerHeader(failure, 'INVITE', uri, credentials);
            resolve(this.#invite(number, options, rtp, [header]));
            return;
          }
          const why = typeof failure === 'object' ? String(failure.status) : failure;
          call.fail(why);
          reject(new Error(`Dialling ${number}: ${why}`));
        },
      });
    });
  }

  #rung(incoming: IncomingCall): void {
    const user = /^sips?:([^@;>]+)@/.exec(incoming.request.uri)?.[1] ?? '';
    const line = this.#lines.get(user);
    if (!line) {
      incoming.reject(404);
      return;
    }
    const at = performance.now();
    const stopped = new Promise<number>((resolve) => {
      incoming.onCancel = () => resolve(performance.now());
    });
    incoming.progress(180);
    line({
      incoming,
      at,
      stopped,
      answer: (options = {}) => this.#answer(incoming, options),
      reject: (status) => incoming.reject(status),
    });
  }

  async #answer(incoming: IncomingCall, options: EarOptions): Promise<PhoneCall | undefined> {
    const rtp = await this.#ears(options);
    const call = new PhoneCall(rtp, performance.now(), options.earsAt);
    const offered = String(incoming.request.body);
    const body = offered ? answerTo(offered, rtp.host, call.earsAt) : offer(rtp.host, call.earsAt);
    const session = body === undefined ? undefined : incoming.accept({ body }, call.handlers);
    if (!session) {
      incoming.reject(488);
      call.fail('no common codec, or the caller was faster to leave');
      return undefined;
    }
    call.begin(session, offered);
    return call;
  }
}

type Final = Awaited<ReturnType<UserAgent['request']>>;

function statusOf(outcome: Final): number {
  return outcome.ok ? outcome.value.status : 408;
}

function answerHeader(
  response: SipResponse,
  method: string,
  uri: string,
  credentials: Credentials,
): [string, string] {
  const name = response.status === 407 ? 'Proxy-Auth' : 'WWW-Auth';
  const challenges = response.headers.all(`${name}enticate`);
  const challenge = challenges.find((text) => /SHA-256/i.test(text)) ?? challenges[0] ?? '';
  const header = response.status === 407 ? 'Proxy-Authorization' : 'Authorization';
  return [header, authorization(challenge, method, uri, credentials)];
}

function fromOf({ ani, name, credentials }: DialOptions, server: SipServer): string {
  const user = credentials?.user ?? ani;
  if (user === undefined) return '"Anonymous" <sip:anonymous@anonymous.invalid>';
  return `${name === undefined ? '' : `"${name}" `}<sip:${user}@${server.host}>`;
}
