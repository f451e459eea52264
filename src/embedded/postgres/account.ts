import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.ts';

const run = promisify(execFile);

/** The system account that PostgreSQL runs as, because it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A command line to start, with what `spawn` needs beside it. */
export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  readonly account?: Account;
}

/** Undefined: we are not root and PostgreSQL simply runs as ourselves. */
export async function databaseAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await accountOf('postgres');
  if (found) return found;
  await createAccount();
  const created = await accountOf('postgres');
  if (created) return created;
  throw new EmbeddedPostgresError('The system user postgres was made but cannot be found.');
}

async function accountOf(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createAccount(): Promise<void> {
  const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  try {
    await run('useradd', [...flags, 'postgres']);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and the system user postgres could not be made (${reason(error)}). Start Centralita as an ordinary user, or set DATABASE_URL.`,
    );
  }
}

/**
 * How to start a program as the account. Where it may not enter a folder on the way (a clone below /root), the
 * program is given the one capability that lets it pass, rather than changing the folder's permissions.
 */
export async function invocation(
  file: string,
  args: readonly string[],
  folder: string,
  account: Account | undefined,
): Promise<Invocation> {
  if (!account) return { file, args };
  if ((await mayEnter(dirname(file), account)) && (await mayEnter(folder, account)))
    return { file, args, account };
  await requireSetpriv(folder);
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const who = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  return { file: 'setpriv', args: [...who, ...capability, '--', file, ...args] };
}

/** Whether the account can pass through the folder and every one above it. */
async function mayEnter(folder: string, account: Account): Promise<boolean> {
  const { mode, uid, gid } = await stat(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  return dirname(folder) === folder || mayEnter(dirname(folder), account);
}

async function requireSetpriv(folder: string): Promise<void> {
  try {
    await run('setpriv', ['--version']);
  } catch {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and its user postgres may not enter ${folder}. Put Centralita and DATA_DIR outside /root, start it as an ordinary user, or set DATABASE_URL.`,
    );
  }
}

const reason = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
