import type { Config } from './config.ts';
import type { Peer } from './lib/addresses.ts';
import type { ClosingTree } from './lib/closing.ts';

/** Where signalling and media are to be found, whoever provides them. */
export interface SwitchAddresses {
  readonly drachtio: Peer;
  readonly mediaServers: readonly Peer[];
  /** Where phones register and trunks send calls; unknown for an external switch. */
  readonly sipAddress?: string;
}

const LOOPBACK = '127.0.0.1';

/** Starts the embedded switch, or tells where the real one is. The application meets both over the same sockets. */
export async function openSwitch(
  config: Config,
  secret: string,
  closing: ClosingTree,
): Promise<SwitchAddresses> {
  if (config.switch.kind === 'external') {
    const [drachtio, another] = config.switch.drachtio;
    if (!drachtio || another) throw new Error('DRACHTIO_HOST: expected one server, got several');
    return { drachtio, mediaServers: config.switch.freeswitch };
  }
  // Imported only when it is wanted: the product works without the folder.
  const { startSipEdge } = await import('./embedded/sip-edge/index.ts');
  const { startMediaServer } = await import('./embedded/media/index.ts');
  const [edge, media] = await Promise.all([
    startSipEdge({
      sipHost: config.sip.bindHost,
      sipPort: config.sip.port,
      externalIp: config.sip.host,
      adminHost: LOOPBACK,
      adminPort: 0,
      secret,
      logLevel: config.logLevel,
    }),
    startMediaServer({
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
    }),
  ]);
  closing.add('media server', () => media.close());
  closing.add('SIP edge', () => edge.close());
  return {
    drachtio: { host: LOOPBACK, port: edge.adminPort, secret },
    mediaServers: [{ host: LOOPBACK, port: media.eslPort, secret }],
    sipAddress: `${config.sip.host}:${edge.sipPort}`,
  };
}
