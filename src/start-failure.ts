import { statfsSync } from 'node:fs';
import type { Config } from './config/config.ts';
import { CodedError } from './lib/errors.ts';

const FULL = 'its disk is full';

/** What a disk says (errno(3)), and what an operator would. */
const DISK_TROUBLES: Readonly<Record<string, string>> = {
  ENOSPC: FULL,
  EDQUOT: 'its disk has a quota, which is used up',
  EROFS: 'its disk can only be read',
  EACCES: 'this user may not write there, or not read what is there',
  EPERM: 'this user may not write there',
  ENOENT: 'it is not there and cannot be made',
  EEXIST: 'it is no folder',
  ENOTDIR: 'it is no folder',
};
/** With less there is no room for anything that is written at a start. */
const ROOM_BYTES_MIN = 65_536;

type Places = Pick<Config, 'dataDir' | 'databaseUrl'>;

/** Why there was no start, in a line that names what to change: the system's own words do not say whose file it was. */
export function whyNotStarted(error: unknown, { dataDir, databaseUrl }: Places): string {
  const { code = '', path = dataDir, message } = rootOf(error);
  if (databaseUrl !== undefined && isFull(message))
    return `DATABASE_URL: the database cannot be used, ${FULL} (${message})`;
  // PostgreSQL is met as its words, or as a connection that is gone.
  const trouble = isFull(message) || hasNoRoom(dataDir) ? FULL : DISK_TROUBLES[code];
  // A full disk is met in the middle of a write, which knows no path; all that is written at a start is there. A folder
  // around it may be what cannot be made.
  const isOurs = path.startsWith(dataDir) || dataDir.startsWith(`${path}/`);
  if (!trouble || !isOurs) return message;
  return `DATA_DIR: ${dataDir} cannot be used, ${trouble} (${message})`;
}

/** A coded error says what clients may know, and its cause the rest. */
function rootOf(error: unknown): NodeJS.ErrnoException {
  const root = error instanceof CodedError && error.cause instanceof Error ? error.cause : error;
  return root as NodeJS.ErrnoException;
}

/** As strerror(3) has it, which PostgreSQL repeats. */
const isFull = (message: string): boolean => message.includes('No space left on device');

function hasNoRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < ROOM_BYTES_MIN;
  } catch {
    return false;
  }
}
