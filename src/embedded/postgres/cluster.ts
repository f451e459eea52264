import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Account, invocation } from './account.ts';
import { complaintIn, EmbeddedPostgresError } from './errors.ts';

export const DATABASE_USER = 'centralita';
export const DATABASE = 'centralita';
const INITDB_MS_MAX = 60_000;

/** The files of one database under the data folder. */
export interface Cluster {
  readonly folder: string;
  readonly password: string;
  /** It was made just now. */
  readonly isNew: boolean;
}

/**
 * Opens the cluster below `dataDir`, or makes it. It is made beside its place and moved there when it is whole,
 * so that a start that was cut short leaves nothing half made.
 */
export async function openCluster(
  dataDir: string,
  initdb: string,
  account: Account | undefined,
): Promise<Cluster> {
  const folder = join(dataDir, 'postgres');
  await refuseAnothers(folder, account);
  const passwordFile = join(dataDir, 'postgres.password');
  const password = await databasePassword(passwordFile, account);
  if (existsSync(join(folder, 'PG_VERSION'))) return { folder, password, isNew: false };
  const unfinished = join(dataDir, 'postgres.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (account) await chown(unfinished, account.uid, account.gid);
  await runInitdb(initdb, unfinished, passwordFile, account);
  await rename(unfinished, folder);
  return { folder, password, isNew: true };
}

/** PostgreSQL works with files of the account that it runs as only, and has no words for it that would help. */
async function refuseAnothers(folder: string, account: Account | undefined): Promise<void> {
  const owner = (await stat(folder).catch(() => undefined))?.uid;
  const uid = account?.uid ?? process.getuid?.();
  if (owner === undefined || uid === undefined || owner === uid) return;
  throw new EmbeddedPostgresError(
    `DATA_DIR: the database in ${folder} belongs to the system user ${owner}, and would run as ${uid}. Start Centralita as the user who has started it before, or with a DATA_DIR of its own.`,
  );
}

/** The file belongs to the account because initdb reads it too; nobody else may. */
async function databasePassword(file: string, account: Account | undefined): Promise<string> {
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  if (account) await chown(file, account.uid, account.gid);
  return password;
}

async function runInitdb(
  initdb: string,
  folder: string,
  passwordFile: string,
  account: Account | undefined,
): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  const { file, args: all, account: as } = await invocation(initdb, args, dirname(folder), account);
  const child = spawn(file, all, {
    ...as,
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    // In its own process group: Ctrl-C is for us, and a database is made whole or not at all.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: INITDB_MS_MAX,
  });
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new EmbeddedPostgresError(`The database could not be made: ${complaintIn(complaint)}`);
}
