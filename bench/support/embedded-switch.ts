/**
 * The embedded switch as a process of its own, so that its CPU and memory can be told from the application's.
 * Prints one line of JSON with its ports, and ends with its parent.
 */
import { startMediaServer } from '../../src/embedded/media/index.ts';
import { startSipEdge } from '../../src/embedded/sip-edge/index.ts';

const env = process.env;
const host = '127.0.0.1';
const secret = env.SWITCH_SECRET ?? '';

const edge = await startSipEdge({
  sipHost: host,
  sipPort: Number(env.SIP_PORT),
  adminHost: host,
  adminPort: 0,
  secret,
});
const media = await startMediaServer({
  sipHost: host,
  sipPort: 0,
  eslHost: host,
  eslPort: 0,
  secret,
  rtpIp: host,
  rtpPortMin: Number(env.RTP_PORT_MIN),
  rtpPortMax: Number(env.RTP_PORT_MAX),
});
process.stdout.write(
  `${JSON.stringify({ drachtio: edge.adminPort, freeswitch: media.eslPort })}\n`,
);
process.stdin.resume();
process.stdin.once('close', () => process.exit(0));
