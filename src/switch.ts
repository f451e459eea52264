import type { Config } from './config/config.ts';
import type { MediaServer as EmbeddedMedia, MediaServerConfig } from './embedded/media/index.ts';
import type { SipEdge, SipEdgeConfig } from './embedded/sip-edge/index.ts';
import type { Peer } from './lib/addresses.ts';
import { systemClock as clock } from './lib/clock.ts';
import type { ClosingTree } from './lib/closing.ts';
import type { Logger } from './lib/log.ts';
import { type Closable, Supervised } from './lib/supervised.ts';

/** Where signalling and media are to be found, whoever provides them. */
export interface SwitchAddresses {
  readonly drachtio: Peer;
  readonly mediaServers: readonly Peer[];
  /** Where phones register and trunks send calls; unknown for an external switch. */
  readonly sipAddress?: string;
  /** The same by TLS. */
  readonly sipTlsAddress?: string;
}

const LOOPBACK = '127.0.0.1';

/** Starts the embedded switch, or tells where the real one is. The application meets both over the same sockets. */
export async function openSwitch(
  config: Config,
  secret: string,
  closing: ClosingTree,
  log: Logger,
): Promise<SwitchAddresses> {
  if (config.switch.kind === 'external') {
    const [drachtio, another] = config.switch.drachtio;
    if (!drachtio || another) throw new Error('DRACHTIO_HOST: expected one server, got several');
    return { drachtio, mediaServers: config.switch.freeswitch };
  }
  // Imported only when it is wanted: the product works without the folder.
  const { startSipEdge } = await import('./embedded/sip-edge/index.ts');
  const { startMediaServer } = await import('./embedded/media/index.ts');
  const starting = [
    Supervised.start<SipEdge>({
      name: 'SIP edge',
      clock,
      log,
      start: (onDeath, last) =>
        named(startSipEdge({ ...edgeConfig(config, secret), ...portsOf(last) }, onDeath)),
    }),
    Supervised.start<EmbeddedMedia>({
      name: 'media server',
      clock,
      log,
      start: (onDeath, last) =>
        named(startMediaServer({ ...mediaConfig(config, secret), ...portsOf(last) }, onDeath)),
    }),
  ] as const;
  // An address that is not ours is the fault of both; the SIP edge says it better.
  await Promise.allSettled(starting);
  const [edge, media] = [await starting[0], await starting[1]];
  closing.add('media server', () => media.close());
  closing.add('SIP edge', () => edge.close());
  return {
    drachtio: { host: LOOPBACK, port: edge.first.adminPort, secret },
    mediaServers: [{ host: LOOPBACK, port: media.first.eslPort, secret }],
    sipAddress: `${config.sip.host}:${edge.first.sipPort}`,
    ...(edge.first.tlsPort ? { sipTlsAddress: `${config.sip.host}:${edge.first.tlsPort}` } : {}),
  };
}

/** What the switch says of itself, and what an operator would change. */
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/^SIP port .+\/tls /, 'SIP_HOST and SIP_TLS_PORT'],
  [/^SIP port /, 'SIP_HOST and SIP_PORT'],
  [/^The TLS certificate /, 'SIP_TLS_CERTIFICATE, SIP_TLS_KEY and SIP_TLS_AUTHORITIES'],
  [/^RTP ports /, 'RTP_PORT_MIN and RTP_PORT_MAX'],
];

/** The switch knows nothing of our variables. */
async function named<Part>(starting: Promise<Part>): Promise<Part> {
  try {
    return await starting;
  } catch (error) {
    const { message } = error as Error;
    const [, variables] = VARIABLES.find(([said]) => said.test(message)) ?? [];
    throw variables ? new Error(`${variables}: ${message}`, { cause: error }) : error;
  }
}

/** Whoever was connected to the one that died finds the next one in its place. */
function portsOf<Part extends Closable>(last: Part | undefined): Omit<Part, 'close'> | undefined {
  if (!last) return undefined;
  const { close: _, ...ports } = last;
  return ports;
}

const edgeConfig = (config: Config, secret: string): SipEdgeConfig => ({
  sipHost: config.sip.bindHost,
  sipPort: config.sip.port,
  externalIp: config.sip.host,
  ...(config.sip.tls ? { certificate: config.sip.tls, tlsPort: config.sip.tls.port } : {}),
  adminHost: LOOPBACK,
  adminPort: 0,
  secret,
  logLevel: config.logLevel,
});

const mediaConfig = (config: Config, secret: string): MediaServerConfig => ({
  sipHost: LOOPBACK,
  sipPort: 0,
  eslHost: LOOPBACK,
  eslPort: 0,
  secret,
  rtpIp: config.sip.bindHost,
  rtpAnnounced: config.sip.host,
  rtpPortMin: config.rtp.portMin,
  rtpPortMax: config.rtp.portMax,
  logLevel: config.logLevel,
});
