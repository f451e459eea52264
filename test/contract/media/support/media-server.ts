import { randomBytes, randomUUID } from 'node:crypto';
import type { MediaServerConfig } from '../../../../src/embedded/media/index.ts';
import { type MediaServer, startMediaServer } from '../../../../src/embedded/media/index.ts';
import {
  type IncomingOffer,
  type Outcome,
  type Session,
  type SipResponse,
  UserAgent,
} from '../../../../src/embedded/sip/index.ts';
import { EslClient } from './esl-client.ts';
import { RtpEnd } from './rtp-end.ts';

export interface Switch {
  readonly external: boolean;
  readonly host: string;
  readonly eslPort: number;
  readonly secret: string;
  readonly sipAddress: string;
  readonly esl: EslClient;
  readonly agent: UserAgent;
  close(): Promise<void>;
}

/** The embedded media server, or with SWITCH=external the real one at FREESWITCH_HOST and _PORT. */
export async function openSwitch(more: Partial<MediaServerConfig> = {}): Promise<Switch> {
  const external = process.env.SWITCH === 'external';
  const host = external ? (process.env.FREESWITCH_HOST ?? '127.0.0.1') : '127.0.0.1';
  const secret = external
    ? (process.env.FREESWITCH_SECRET ?? 'ClueCon')
    : randomBytes(8).toString('hex');
  const server = external ? undefined : await startEmbedded(secret, more);
  const eslPort = server?.eslPort ?? Number(process.env.FREESWITCH_PORT ?? 8021);
  const esl = await EslClient.connect(host, eslPort, secret);
  const status = await esl.api('sofia status');
  const sipAddress = /mod_sofia@([\d.]+:\d+)/.exec(status)?.[1] ?? '';
  const agent = await UserAgent.open({ host: '127.0.0.1', port: 0 });
  return {
    external,
    host,
    eslPort,
    secret,
    sipAddress,
    esl,
    agent,
    close: async () => {
      esl.close();
      await server?.close();
      await agent.close();
    },
  };
}

function startEmbedded(secret: string, more: Partial<MediaServerConfig>): Promise<MediaServer> {
  return startMediaServer({
    sipHost: '127.0.0.1',
    sipPort: 0,
    eslHost: '127.0.0.1',
    eslPort: 0,
    secret,
    rtpIp: '127.0.0.1',
    rtpPortMin: 41_000,
    rtpPortMax: 42_999,
    ...more,
  });
}

/** One parked channel with its telephone. */
export class Leg {
  readonly uuid: string;
  readonly rtp: RtpEnd;
  session: Session;
  /** What the media server said of its end. */
  sdp: string;
  readonly over: Promise<string>;

  constructor(uuid: string, rtp: RtpEnd, session: Session, sdp: string) {
    this.uuid = uuid;
    this.rtp = rtp;
    this.session = session;
    this.sdp = sdp;
    this.over = new Promise((resolve) => {
      session.handle({
        onEnd: (cause) => {
          if (cause.by === 'remote') resolve(cause.request.headers.get('reason') ?? '');
        },
        onReinvite: (offer: IncomingOffer) => offer.reject(488),
      });
    });
  }

  reinvite(sdp: string): Promise<Outcome> {
    return this.session.reinvite({ body: sdp });
  }

  hangup(): void {
    this.session.bye();
    this.rtp.close();
  }
}

export interface InviteResult {
  readonly response: SipResponse;
  readonly session?: Session;
}

/**
 * Sends an INVITE and waits for its final answer. `answer` is the ACK's body where the server offered;
 * without one the ACK says what drachtio-srf's says: the offer itself, to be received only.
 */
export function invite(
  at: Switch,
  options: { uuid?: string; body?: string; headers?: [string, string][]; answer?: string } = {},
): Promise<InviteResult> {
  return new Promise((resolve, reject) => {
    at.agent.invite(
      `sip:park@${at.sipAddress}`,
      {
        callId: options.uuid ?? randomUUID(),
        headers: options.headers ?? [['X-Centralita', 'park']],
        ...(options.body ? { body: options.body } : {}),
      },
      {
        onAnswer: (session, response) => resolve({ response, session }),
        answerFor: ({ body }) =>
          options.body === undefined ? { body: options.answer ?? receiveOnly(body) } : {},
        onFailure: (failure) => {
          if (typeof failure === 'object' && 'status' in failure) resolve({ response: failure });
          else reject(new Error(`INVITE failed: ${JSON.stringify(failure)}`));
        },
      },
    );
  });
}

const receiveOnly = (sdp: string): string => sdp.replace('t=0 0\r\n', 't=0 0\r\na=recvonly\r\n');

/** A channel that answered our telephone's offer and is parked. */
export async function park(at: Switch, rtp?: RtpEnd, offer?: string): Promise<Leg> {
  const telephone = rtp ?? (await RtpEnd.open());
  const uuid = randomUUID();
  const parked = at.esl.next('CHANNEL_PARK', uuid);
  const { response, session } = await invite(at, { uuid, body: offer ?? telephone.sdp });
  if (!session) throw new Error(`The INVITE was answered ${response.status}.`);
  await parked;
  return new Leg(uuid, telephone, session, response.body);
}
