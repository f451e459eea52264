import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { startMediaServer } from '../../../../src/embedded/media/index.ts';
import { startSipEdge } from '../../../../src/embedded/sip-edge/index.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePort, freeRange } from '../../../support/ports.ts';
import { external, type Switches } from './switches.ts';

const HOST = '127.0.0.1';
const SECRET = 'mortal';
const RTP_PORTS = 200;
/** Has run-drachtio.sh and run-freeswitch.sh, which become the server; without it these tests are skipped. */
const REAL = process.env.REAL_SWITCH_DIR ?? '';

/** A part of the switch that can die, and be born again at the same address. */
export interface Mortal {
  die(): Promise<void>;
  live(): Promise<void>;
}

export interface MortalSwitches extends Switches {
  readonly signalling: Mortal;
  readonly mediaServer: Mortal;
}

/** Why there is no switch that may be killed; false: there is one. */
export const noMortals: string | false =
  external && !existsSync(`${REAL}/run-freeswitch.sh`)
    ? 'the switch that was named is not ours to kill'
    : false;

/** A switch of our own, embedded or real, whose parts may be killed. */
export async function openMortalSwitches(): Promise<MortalSwitches> {
  const sipPort = await freePort();
  const adminPort = await freePort();
  const mediaPort = await freePort();
  const eventPort = await freePort();
  const ports = { sipPort, adminPort, mediaPort, eventPort, rtp: await freeRange(RTP_PORTS) };
  const { signalling, mediaServer } = external ? realOnes(ports) : embeddedOnes(ports);
  await Promise.all([signalling.live(), mediaServer.live()]);
  return {
    signalling,
    mediaServer,
    drachtio: { host: HOST, port: adminPort, secret: SECRET },
    media: { host: HOST, port: eventPort, secret: SECRET },
    sipHost: HOST,
    sipPort,
    async close() {
      await Promise.all([signalling.die(), mediaServer.die()]);
    },
  };
}

interface Ports {
  readonly sipPort: number;
  readonly adminPort: number;
  readonly mediaPort: number;
  readonly eventPort: number;
  readonly rtp: number;
}

function embeddedOnes({ sipPort, adminPort, mediaPort, eventPort, rtp }: Ports) {
  const at = { sipHost: HOST, secret: SECRET };
  const rtpPorts = { rtpIp: HOST, rtpPortMin: rtp, rtpPortMax: rtp + RTP_PORTS - 1 };
  return {
    signalling: closable(() => startSipEdge({ ...at, sipPort, adminHost: HOST, adminPort })),
    mediaServer: closable(() =>
      startMediaServer({
        ...{ ...at, sipPort: mediaPort, eslHost: HOST, eslPort: eventPort, ...rtpPorts },
      }),
    ),
  };
}

function closable(start: () => Promise<{ close(): Promise<void> }>): Mortal {
  let running: { close(): Promise<void> } | undefined;
  return {
    async live() {
      running = await start();
    },
    async die() {
      await running?.close();
      running = undefined;
    },
  };
}

function realOnes({ sipPort, adminPort, mediaPort, eventPort, rtp }: Ports) {
  const drachtio = [`${REAL}/run-drachtio.sh`, `${sipPort}`, `${adminPort}`, SECRET];
  const environment = {
    FREESWITCH_SECRET: SECRET,
    FREESWITCH_SIP_PORT: `${mediaPort}`,
    FREESWITCH_EVENT_PORT: `${eventPort}`,
    FREESWITCH_RTP_FIRST_PORT: `${rtp}`,
    FREESWITCH_RTP_LAST_PORT: `${rtp + RTP_PORTS - 2}`,
  };
  return {
    signalling: killable(drachtio, { NAME: `mortal-dr-${sipPort}` }, adminPort),
    mediaServer: killable(
      [`${REAL}/run-freeswitch.sh`],
      { NAME: `mortal-fs-${sipPort}`, ...environment },
      eventPort,
    ),
  };
}

function killable(command: readonly string[], env: NodeJS.ProcessEnv, port: number): Mortal {
  let child: ChildProcess | undefined;
  process.once('exit', () => child?.kill('SIGKILL'));
  // The server itself reads variables that are meant for the application: DRACHTIO_SECRET, say.
  const path = { PATH: process.env.PATH };
  return {
    async live() {
      const [file = '', ...args] = command;
      child = spawn(file, args, { env: { ...path, ...env }, stdio: 'ignore' });
      await eventually(`${file} listens`, () => accepts(port));
    },
    async die() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
