import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE, DATABASE_USER } from './cluster.ts';
import { isAlive } from './postmaster-file.ts';

/** Lines of postmaster.pid: the process, and the port it listens on. */
const LINE_PID = 0;
const LINE_PORT = 3;

/** How to reach the database that a running house has under its data folder; undefined: none is running. */
export async function runningDatabaseUrl(dataDir: string): Promise<string | undefined> {
  const [pidFile, password] = await Promise.all([
    readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => ''),
    readFile(join(dataDir, 'postgres.password'), 'utf8').catch(() => ''),
  ]);
  const lines = pidFile.split('\n');
  const [pid, port] = [Number(lines[LINE_PID]), Number(lines[LINE_PORT])];
  if (!port || !isAlive(pid)) return undefined;
  return `postgres://${DATABASE_USER}:${password.trim()}@127.0.0.1:${port}/${DATABASE}`;
}
