import { startMediaServer } from '../../../../src/embedded/media/index.ts';
import { startSipEdge } from '../../../../src/embedded/sip-edge/index.ts';
import type { MediaServerAddress } from '../../../../src/telephony/media-server.ts';
import { freeRange } from '../../../support/ports.ts';

const HOST = '127.0.0.1';
const SECRET = 'a secret';
const RTP_PORTS = 500;

/** Signalling and media, whoever provides them. */
export interface Switches {
  readonly drachtio: { readonly host: string; readonly port: number; readonly secret: string };
  readonly media: MediaServerAddress;
  readonly sipHost: string;
  readonly sipPort: number;
  close(): Promise<void>;
}

export const external = process.env.SWITCH === 'external';

/** The embedded switch, or with SWITCH=external whatever the environment names. */
export async function openSwitches(): Promise<Switches> {
  if (external) return named(process.env);
  const rtpPortMin = await freeRange(RTP_PORTS);
  const rtp = { rtpIp: HOST, rtpPortMin, rtpPortMax: rtpPortMin + RTP_PORTS - 1 };
  const [edge, media] = await Promise.all([
    startSipEdge({
      ...{ sipHost: HOST, sipPort: 0, adminHost: HOST, adminPort: 0, secret: SECRET },
    }),
    startMediaServer({
      ...{ sipHost: HOST, sipPort: 0, eslHost: HOST, eslPort: 0, secret: SECRET, ...rtp },
    }),
  ]);
  return {
    drachtio: { host: HOST, port: edge.adminPort, secret: SECRET },
    media: { host: HOST, port: media.eslPort, secret: SECRET },
    sipHost: HOST,
    sipPort: edge.sipPort,
    async close() {
      await Promise.all([edge.close(), media.close()]);
    },
  };
}

function named(env: NodeJS.ProcessEnv): Switches {
  const host = env.DRACHTIO_HOST ?? HOST;
  return {
    drachtio: {
      host,
      port: Number(env.DRACHTIO_PORT ?? 9022),
      secret: env.DRACHTIO_SECRET ?? 'cymru',
    },
    media: {
      host: env.FREESWITCH_HOST ?? HOST,
      port: Number(env.FREESWITCH_PORT ?? 8021),
      secret: env.FREESWITCH_SECRET ?? 'ClueCon',
    },
    sipHost: env.DRACHTIO_SIP_HOST ?? host,
    sipPort: Number(env.DRACHTIO_SIP_PORT ?? 5060),
    close: () => Promise.resolve(),
  };
}
