import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, invocation } from './account.ts';
import { complaintIn, EmbeddedPostgresError } from './errors.ts';
import { isAlive, readPostmasterFile } from './postmaster-file.ts';

const POLL_MS = 15;
/** Recovery after a crash may take a while; a server that needs longer has a problem of its own. */
const READY_MS_MAX = 60_000;
const FAST_STOP_MS_MAX = 10_000;
const IMMEDIATE_STOP_MS_MAX = 5_000;
const LOG_BYTES_MAX = 10_000_000;

/** Small memory, no replication, loopback only; durability is left as PostgreSQL has it. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=60',
  'shared_buffers=64MB',
  'wal_level=minimal',
  'max_wal_senders=0',
  'timezone=UTC',
  'log_timezone=UTC',
  'jit=off',
];

export interface ServerFiles {
  readonly postgres: string;
  readonly folder: string;
  readonly logFile: string;
  readonly account: Account | undefined;
}

/** Starts the server and resolves when it takes connections. Throws with the end of its log when it does not. */
export async function startServer(files: ServerFiles, port: number): Promise<ChildProcess> {
  const saidBefore = await sizeOf(files.logFile);
  const child = await spawnServer(files, port);
  const gone = new Promise<'gone'>((resolve) => {
    child.once('exit', () => resolve('gone'));
    child.once('error', () => resolve('gone'));
  });
  const deadline = performance.now() + READY_MS_MAX;
  while (performance.now() < deadline) {
    if ((await Promise.race([gone, sleep(POLL_MS, 'waited' as const)])) === 'gone') break;
    const file = await readPostmasterFile(files.folder);
    // Behind setpriv, too, the pid is the child's: it executes the server in its own place.
    if (file?.ready && file.pid === child.pid) return child;
  }
  if (child.pid !== undefined && child.exitCode === null) await stopServer(child.pid);
  const said = await logSince(files.logFile, saidBefore);
  throw new EmbeddedPostgresError(`PostgreSQL did not start: ${complaintIn(said)}`);
}

/** In its own process group, so that Ctrl-C reaches us alone and the database closes last. */
async function spawnServer(files: ServerFiles, port: number): Promise<ChildProcess> {
  const log = await openLog(files.logFile);
  const args = ['-D', files.folder, '-p', String(port), ...SETTINGS.flatMap((s) => ['-c', s])];
  const { postgres, folder, account } = files;
  const {
    file,
    args: all,
    account: as,
  } = await invocation(postgres, args, dirname(folder), account);
  try {
    return spawn(file, all, {
      ...as,
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
}

/** Lets open transactions roll back and writes a checkpoint; where that takes too long, recovery is left to the next start. */
export async function stopServer(pid: number): Promise<boolean> {
  signal(pid, 'SIGINT');
  if (await ended(pid, FAST_STOP_MS_MAX)) return true;
  signal(pid, 'SIGQUIT');
  return ended(pid, IMMEDIATE_STOP_MS_MAX);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime, which is what was wanted.
  }
}

async function ended(pid: number, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

async function openLog(file: string) {
  if ((await sizeOf(file)) > LOG_BYTES_MAX) await rename(file, `${file}.1`);
  return open(file, 'a', 0o600);
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (found) => found.size,
    () => 0,
  );

/** What has come to it since it had so many octets, or all of it when it was begun anew. */
async function logSince(file: string, octets: number): Promise<string> {
  const log = await readFile(file).catch(() => Buffer.alloc(0));
  return log.subarray(log.length >= octets ? octets : 0).toString();
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
