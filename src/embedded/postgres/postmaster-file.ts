import { readFileSync } from 'node:fs';
import { readFile, readlink, realpath, unlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';

/** What a running server writes into its folder (postgresql.org, "postmaster.pid"): pid, port and state by line. */
export interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

const LINE_PID = 0;
const LINE_STATE = 7;

export async function readPostmasterFile(folder: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[LINE_PID]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, ready: lines[LINE_STATE]?.trim() === 'ready' };
}

/** A process that has ended and was not reaped (pid 1 of many containers never does) counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it lives, and is not ours.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isZombie(pid: number): boolean {
  if (platform() !== 'linux') return false;
  try {
    // proc_pid_stat(5): pid (name) state …; the name may hold anything, so its end is looked for from behind.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

/**
 * The server that a killed process left behind in this folder, if it lives. A file that names a process which is
 * something else by now (a reused pid, usual in containers) is removed: PostgreSQL would refuse to start.
 */
export async function orphanedPostmaster(folder: string): Promise<number | undefined> {
  const file = await readPostmasterFile(folder);
  if (!file) return undefined;
  if (isAlive(file.pid) && (await worksIn(file.pid, folder))) return file.pid;
  await unlink(join(folder, 'postmaster.pid')).catch(() => undefined);
  return undefined;
}

/** A server's working directory is its data folder. Where that cannot be asked, the pid is believed. */
async function worksIn(pid: number, folder: string): Promise<boolean> {
  if (platform() !== 'linux') return true;
  const [cwd, real] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    realpath(folder),
  ]);
  return cwd === real;
}
