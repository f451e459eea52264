import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HOUSE_FLAGS, type RunningSystem, startSystem } from '../../demo/system.ts';
import { ApiClient } from '../../test/support/api-client.ts';
import { Company } from '../../test/support/company.ts';
import { eventually } from '../../test/support/eventually.ts';
import { freePort } from '../../test/support/ports.ts';
import { type Named, pidListeningOn, residentKb } from './processes.ts';
import { watchRoles } from './roles.ts';

/** A system to measure: application and switch are processes of their own, whichever switch it is. */
export interface TestBench {
  readonly system: RunningSystem;
  readonly company: Company;
  readonly switchKind: 'embedded' | 'external';
  readonly processes: Named;
  close(): Promise<void>;
}

const API_KEY = 'a-key-for-benches-only-0123456789';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Below the ports that the kernel gives to the phones (32768 and up). */
const RTP_PORT_MIN = 20_000;
const RTP_PORT_MAX = 29_999;
const BUILT = 'dist-bench';
/** What a bench has rendered the next one finds there. */
const PROMPTS = join(tmpdir(), 'centralita-bench-prompts');
/** The first bench on a machine has all of it rendered. */
const RENDERED_MS_MAX = 150_000;
const QUIET_CPU_PERCENT = 2;
const EMBEDDED_SWITCH = 'bench/support/embedded-switch';
/** {@link heldKb} asks it. */
const COLLECTS = new URL('./collects.mjs', import.meta.url).href;
const HELD_FILE = join(tmpdir(), `centralita-bench-held-${process.pid}`);

/** `house`: what runs instead of `main`, a module of the bench's that has it in it: `bench/api/house`. */
export async function openTestBench(house = 'main'): Promise<TestBench> {
  build(house);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    SYSTEM_MAIN: `${BUILT}/${house}.js`,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${COLLECTS}`,
    HELD_FILE,
  };
  const opened = await (env.SWITCH === 'external'
    ? openWithRealSwitch(env)
    : openWithEmbeddedSwitch(env));
  await untilRendered();
  return opened;
}

/** A house that has just begun renders its prompts beside everything else: that is not what is measured. */
async function untilRendered(): Promise<void> {
  const end = performance.now() + RENDERED_MS_MAX;
  let quietSeconds = 0;
  while (quietSeconds < 2 && performance.now() < end) {
    const used = watchRoles();
    await delay(1_000);
    quietSeconds = (used().voice ?? 0) < QUIET_CPU_PERCENT ? quietSeconds + 1 : 0;
  }
}

/** What is measured is built as `npm start` builds it: from the sources, by tsx, every closure costs twice as much. */
function build(house: string): void {
  const programs = [EMBEDDED_SWITCH, ...(house === 'main' ? [] : [house])];
  const args = ['scripts/bundle.mjs', '--to', BUILT, ...programs.map((name) => `${name}.ts`)];
  execFileSync(process.execPath, args, { cwd: ROOT });
}

async function openWithRealSwitch(env: NodeJS.ProcessEnv): Promise<TestBench> {
  const system = await startSystem(env, { ADMIN_API_KEY: API_KEY }, PROMPTS);
  const processes = new Map([
    ['application', system.pid ?? -1],
    ...externalProcess('drachtio', env.DRACHTIO_PORT ?? '9022'),
    ...externalProcess('freeswitch', env.FREESWITCH_PORT ?? '8021'),
  ]);
  return bench(system, 'external', processes, () => system.close());
}

/** Absent when it runs on another machine. */
function externalProcess(name: string, port: string): [string, number][] {
  const pid = pidListeningOn(Number(port));
  return pid === undefined ? [] : [[name, pid]];
}

async function openWithEmbeddedSwitch(env: NodeJS.ProcessEnv): Promise<TestBench> {
  const secret = randomBytes(12).toString('hex');
  const sipPort = String(await portOutsideRtp());
  const child = spawn(process.execPath, [...HOUSE_FLAGS, `${BUILT}/${EMBEDDED_SWITCH}.js`], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...env,
      SWITCH_SECRET: secret,
      SIP_PORT: sipPort,
      RTP_PORT_MIN: String(RTP_PORT_MIN),
      RTP_PORT_MAX: String(RTP_PORT_MAX),
    },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const ports = await portsOf(child);
  const outside = { SWITCH: 'external', SIP_HOST: '127.0.0.1', SIP_PORT: sipPort };
  const system = await startSystem(
    { ...env, ...outside },
    {
      ADMIN_API_KEY: API_KEY,
      // The switch has the audio: the application's own range is only checked against the SIP port.
      RTP_PORT_MIN: String(RTP_PORT_MIN),
      RTP_PORT_MAX: String(RTP_PORT_MAX),
      DRACHTIO_HOST: '127.0.0.1',
      DRACHTIO_PORT: String(ports.drachtio),
      DRACHTIO_SECRET: secret,
      FREESWITCH_HOST: '127.0.0.1',
      FREESWITCH_PORT: String(ports.freeswitch),
      FREESWITCH_SECRET: secret,
    },
    PROMPTS,
  );
  const processes = new Map([
    ['application', system.pid ?? -1],
    ['embeddedSwitch', child.pid ?? -1],
  ]);
  return bench(system, 'embedded', processes, async () => {
    await system.close();
    const closed = once(child, 'close');
    child.stdin?.end();
    await closed;
  });
}

function bench(
  system: RunningSystem,
  switchKind: TestBench['switchKind'],
  processes: Named,
  close: () => Promise<void>,
): TestBench {
  const company = new Company(new ApiClient(system.http, API_KEY));
  return { system, company, switchKind, processes, close };
}

async function portOutsideRtp(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < RTP_PORT_MIN || port > RTP_PORT_MAX) return port;
  }
}

async function portsOf(child: ChildProcess): Promise<{ drachtio: number; freeswitch: number }> {
  if (!child.stdout) throw new Error('The embedded switch has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    return JSON.parse(line) as { drachtio: number; freeswitch: number };
  }
  throw new Error('The embedded switch ended instead of starting.');
}

/**
 * Memory of each process in kilobytes: of ours what their heaps and buffers hold when the garbage is gone, of a real switch
 * what is resident.
 */
export async function heldKb({ processes }: TestBench): Promise<Record<string, number>> {
  const each = [...processes].map(async ([name, pid]) => [
    name,
    name in REAL_SERVERS ? (residentKb(pid) ?? 0) : await heldBy(pid),
  ]);
  return Object.fromEntries(await Promise.all(each)) as Record<string, number>;
}

const REAL_SERVERS = { drachtio: true, freeswitch: true };

async function heldBy(pid: number): Promise<number> {
  const file = `${HELD_FILE}.${pid}`;
  process.kill(pid, 'SIGUSR2');
  const octets = await eventually(
    `what process ${pid} holds`,
    () => existsSync(file) && Number(readFileSync(file, 'utf8')),
  );
  rmSync(file);
  return Math.round(Number(octets) / 1_024);
}
