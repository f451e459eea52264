import { type EventEmitter, once } from 'node:events';
import DrachtioSrf from 'drachtio-srf';
import {
  type CertificateFiles,
  type IncomingCall,
  type Outcome,
  type OutgoingParts,
  type Session,
  type SessionHandlers,
  type SipResponse,
  UserAgent,
} from '../../../src/embedded/sip/index.ts';
import { startSipEdgeInThread } from '../../../src/embedded/sip-edge/index.ts';
import { silentLogger } from '../../../src/lib/log.ts';

/** What the tests use of drachtio-srf, whose own types leave most of it out. */
export interface SrfMessage {
  readonly body: string;
  readonly status: number;
  readonly method: string;
  readonly uri: string;
  readonly protocol: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly stackDialogId: string;
  get(name: string): string;
  has(name: string): boolean;
  getParsedHeader(name: string): { uri: string; params: Record<string, string> };
}
export interface SrfRequest extends SrfMessage, EventEmitter {
  cancel(callback?: (error: Error | null) => void): void;
  proxy(options: object): Promise<{ connected: boolean; finalStatus: number }>;
}
export interface SrfResponse extends SrfMessage {
  send(
    status: number,
    options?: object,
    callback?: (error: unknown, sent: SrfMessage) => void,
  ): void;
  send(status: number, reason: string, options?: object): void;
}
export interface SrfDialog extends EventEmitter {
  readonly id: string;
  readonly sip: { callId: string; localTag: string; remoteTag: string };
  readonly local: { sdp: string; uri: string };
  readonly remote: { sdp: string; uri: string };
  readonly onHold: boolean;
  destroy(options?: object): Promise<SrfRequest>;
  modify(sdp: string, options?: object): Promise<string>;
  request(options: object): Promise<SrfResponse>;
}
export interface Srf extends EventEmitter {
  readonly idle: boolean;
  connect(options: object): void;
  disconnect(): void;
  use(verb: string, handler: (req: SrfRequest, res: SrfResponse) => void): void;
  createUAS(req: SrfRequest, res: SrfResponse, options: object): Promise<SrfDialog>;
  createUAC(uri: string, options: object, callbacks?: object): Promise<SrfDialog>;
  createB2BUA(
    req: SrfRequest,
    res: SrfResponse,
    uri: string,
    options: object,
  ): Promise<{ uas: SrfDialog; uac: SrfDialog }>;
  proxyRequest(
    req: SrfRequest,
    destination: string | string[],
    options?: object,
  ): Promise<{ connected: boolean; finalStatus: number }>;
  request(uri: string, options: object, sent: (error: Error | null, req: SrfRequest) => void): void;
  findDialogById(id: string): SrfDialog | undefined;
}

export interface Switch {
  readonly sipHost: string;
  readonly sipPort: number;
  /** Undefined without a certificate. */
  readonly tlsPort?: number;
  readonly admin: { host: string; port: number; secret: string };
  readonly external: boolean;
  close(): Promise<void>;
}

/** The embedded edge in this thread, or with SWITCH=external whatever the environment names. */
export async function openSwitch(certificate?: CertificateFiles): Promise<Switch> {
  const { env } = process;
  if (env.SWITCH === 'external') {
    const host = env.DRACHTIO_HOST ?? '127.0.0.1';
    return {
      sipHost: env.DRACHTIO_SIP_HOST ?? host,
      sipPort: Number(env.DRACHTIO_SIP_PORT ?? 5060),
      admin: {
        host,
        port: Number(env.DRACHTIO_PORT ?? 9022),
        secret: env.DRACHTIO_SECRET ?? 'cymru',
      },
      external: true,
      close: () => Promise.resolve(),
    };
  }
  const secret = 'a secret';
  const address = { sipHost: '127.0.0.1', sipPort: 0, adminHost: '127.0.0.1', adminPort: 0 };
  const tls = certificate ? { certificate, tlsPort: 0 } : {};
  const edge = await startSipEdgeInThread({ ...address, ...tls, secret }, { logger: silentLogger });
  return {
    sipHost: '127.0.0.1',
    sipPort: edge.sipPort,
    ...(edge.tlsPort ? { tlsPort: edge.tlsPort } : {}),
    admin: { host: '127.0.0.1', port: edge.adminPort, secret },
    external: false,
    close: () => edge.close(),
  };
}

/** A drachtio-srf that is connected. Verbs are `use`d before, so that its routes are known at once. */
export async function connectSrf(
  target: Switch,
  routes: Record<string, (req: SrfRequest, res: SrfResponse) => void> = {},
): Promise<Srf> {
  const srf = new DrachtioSrf() as unknown as Srf;
  srf.on('error', () => {});
  for (const [verb, handler] of Object.entries(routes)) srf.use(verb, handler);
  const connected = once(srf, 'connect');
  srf.connect({ ...target.admin, reconnect: { maxAttempts: 1 } });
  const [error] = await connected;
  if (error) throw error;
  // The routes were written behind the authentication; a round trip proves that they have been read.
  await settle();
  return srf;
}

/** Lets what is on its way over loopback arrive. Only where there is no event to wait for. */
export const settle = (ms = 30): Promise<void> => new Promise((done) => setTimeout(done, ms));

export interface Gate<T> {
  readonly promise: Promise<T>;
  open(value: T): void;
}

export function gate<T>(): Gate<T> {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** Fails with a name instead of hanging the run. */
export async function within<T>(promise: Promise<T>, what: string, ms = 5_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited in vain for ${what}.`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const sdp = (port: number, direction = 'sendrecv', version = 1): string =>
  [
    'v=0',
    `o=- 1 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 8 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');

/** A telephone at the far end: the stack under test's sister, with its doings as events. */
export class Phone {
  readonly agent: UserAgent;
  onInvite: (call: IncomingCall) => void = (call) => call.reject(404);
  readonly target: Switch;

  private constructor(agent: UserAgent, target: Switch) {
    this.agent = agent;
    this.target = target;
  }

  static async open(target: Switch, user = 'phone'): Promise<Phone> {
    const holder: { phone?: Phone } = {};
    const agent = await UserAgent.open({
      host: '127.0.0.1',
      port: 0,
      user,
      onInvite: (call) => holder.phone?.onInvite(call),
    });
    holder.phone = new Phone(agent, target);
    return holder.phone;
  }

  get uri(): string {
    return `sip:phone@127.0.0.1:${this.agent.port}`;
  }

  /** The switch's address as this phone dials it. */
  uriOf(user: string, parameters = ''): string {
    return `sip:${user}@${this.target.sipHost}:${this.target.sipPort}${parameters}`;
  }

  /** Calls the switch and gives the session, or the response or failure that ended the attempt. */
  call(
    uri: string,
    parts: OutgoingParts,
    session: SessionHandlers = {},
    onProgress: (response: SipResponse) => void = () => {},
  ) {
    const answered = gate<{ session: Session; response: SipResponse }>();
    const failed = gate<SipResponse | string>();
    const call = this.agent.invite(uri, parts, {
      onProgress,
      session,
      onAnswer: (answer, response) => answered.open({ session: answer, response }),
      onFailure: (failure) => failed.open(failure),
    });
    return { call, answered: answered.promise, failed: failed.promise };
  }

  async request(method: string, uri: string, parts?: OutgoingParts): Promise<SipResponse> {
    return responseOf(await this.agent.request(method, uri, parts));
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

export function responseOf(outcome: Outcome): SipResponse {
  if (!outcome.ok) throw new Error(`No response: ${outcome.error}.`);
  return outcome.value;
}

export function statusOf(failure: SipResponse | string): number | string {
  return typeof failure === 'string' ? failure : failure.status;
}
