import type { Config } from './config/config.ts';

/** What a disk says (errno(3)), and what an operator would. */
const DISK_TROUBLES: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk has a quota, which is used up',
  EROFS: 'its disk can only be read',
  EACCES: 'it may not be written to',
  EPERM: 'it may not be written to',
  ENOENT: 'it is not there and cannot be made',
  EEXIST: 'it is no folder',
  ENOTDIR: 'it is no folder',
};

/** Why there was no start, in a line that names what to change: the system's own words do not say whose file it was. */
export function whyNotStarted(error: unknown, { dataDir }: Pick<Config, 'dataDir'>): string {
  const { code = '', path = dataDir, message } = error as NodeJS.ErrnoException;
  const trouble = DISK_TROUBLES[code];
  // A full disk is met in the middle of a write, which knows no path; all that is written at a start is there. A folder
  // around it may be what cannot be made.
  const isOurs = path.startsWith(dataDir) || dataDir.startsWith(`${path}/`);
  if (!trouble || !isOurs) return message;
  return `DATA_DIR: ${dataDir} cannot be used, ${trouble} (${message})`;
}
