import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { reachableAddress } from '../src/lib/addresses.ts';
import { endWithUs } from './caretaker.ts';
import type { SipServer } from './phone/phone-box.ts';

/** A system that calls can be placed through. */
export interface RunningSystem {
  readonly sip: SipServer;
  /** The API's address, `http://host:port`. */
  readonly http: string;
  /** The process, when the demo started it. */
  readonly pid: number | undefined;
  /** Whether it was running before the demo came. */
  readonly found: boolean;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** The first start makes a database and renders prompts. */
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 20_000;
/** As `npm start` has them. */
export const HOUSE_FLAGS: readonly string[] = ['--v8-pool-size=1'];
const RTP_PORTS = 2_000;
const RENDERED = /^[0-9a-f]{40}\.wav$/;

/** The system that runs here already, or one of the demo's own with a folder that is gone afterwards. */
export async function findOrStartSystem(
  env: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>> = {},
): Promise<RunningSystem> {
  const http = `http://${env.HTTP_HOST ?? HOST}:${env.HTTP_PORT ?? '8080'}`;
  if (await isReady(http)) {
    const host = env.SIP_HOST ?? reachableAddress(networkInterfaces());
    const sip = { host, port: Number(env.SIP_PORT ?? 5060) };
    return { sip, http, pid: undefined, found: true, close: async () => undefined };
  }
  return startSystem(env, extra);
}

/**
 * Starts a system of one's own on free ports. `promptsIn`: a folder on the disk of temporary files that keeps what was
 * rendered, so that the next one started does not spend its first minutes with that.
 */
export async function startSystem(
  env: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>> = {},
  promptsIn?: string,
): Promise<RunningSystem> {
  const dataDir = await mkdtemp(join(tmpdir(), 'centralita-demo-'));
  const prompts = join(dataDir, 'prompts');
  if (promptsIn) await linkPrompts(promptsIn, prompts);
  const [httpPort, free] = [await freePort(), await freePort()];
  const external = env.SWITCH === 'external';
  const sip = {
    host: external ? (env.SIP_HOST ?? HOST) : HOST,
    port: external ? Number(env.SIP_PORT ?? 5060) : free,
  };
  // Below the ports that the kernel gives to the phones (32768 and up).
  const rtpMin = 20_000 + 2 * (process.pid % 4_000);
  const main = env.SYSTEM_MAIN ?? 'src/main.ts';
  const loader = main.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...HOUSE_FLAGS, ...loader, main], {
    cwd: ROOT,
    // For whoever wants to know what the system said meanwhile: SYSTEM_LOG=/tmp/log LOG_LEVEL=info.
    stdio: ['ignore', env.SYSTEM_LOG ? openSync(env.SYSTEM_LOG, 'a') : 'ignore', 'inherit'],
    env: {
      ...env,
      LOG_LEVEL: env.SYSTEM_LOG ? (env.LOG_LEVEL ?? 'info') : 'error',
      DATA_DIR: dataDir,
      HTTP_HOST: HOST,
      HTTP_PORT: String(httpPort),
      SIP_HOST: sip.host,
      SIP_PORT: String(sip.port),
      RTP_PORT_MIN: String(rtpMin),
      RTP_PORT_MAX: String(rtpMin + RTP_PORTS - 1),
      ...extra,
    },
  });
  const caretaker = endWithUs(dataDir, child.pid);
  const close = async (): Promise<void> => {
    await stop(child);
    caretaker.cancel();
    if (promptsIn) await linkPrompts(prompts, promptsIn);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(child, `http://${HOST}:${httpPort}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { sip, http: `http://${HOST}:${httpPort}`, pid: child.pid, found: false, close };
}

/** Rendered sentences are named after what they say, and are whole or not there: a link is as good as a copy. */
async function linkPrompts(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const names = await readdir(from).catch(() => []);
  for (const name of names)
    if (RENDERED.test(name)) await link(join(from, name), join(to, name)).catch(() => undefined);
}

async function isReady(http: string): Promise<boolean> {
  try {
    const response = await fetch(`${http}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function waitUntilReady(child: ChildProcess, http: string): Promise<void> {
  const end = performance.now() + READY_MS_MAX;
  while (!(await isReady(http))) {
    if (child.exitCode !== null) throw new Error('The system ended instead of starting.');
    if (performance.now() > end) throw new Error('The system was not ready in time.');
    await delay(100);
  }
}

/** At once: the demo's own calls are over, and nobody else's are on it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await closed;
  clearTimeout(late);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
