import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { Seal } from '../lib/seal.ts';
import type { Settings } from '../model/settings.ts';
import type { Doorkeeper } from '../runtime/ports/access.ts';
import type { AdminStore } from '../runtime/ports/admin.ts';
import { openDoors } from './access/doors.ts';
import { cachedCdrs, cachedReads } from './cached-reads.ts';
import { configurationRepositories } from './configuration.ts';
import { LiveSettings } from './live-settings.ts';
import { coded, openPool } from './pool.ts';
import { cdrRepository } from './repositories/cdrs.ts';

/** As in `store.ts`: who somebody is must not wait behind a long list. */
const POOLS = {
  reads: { name: 'reads', size: 4, queryMsMax: 15_000 },
  doors: { name: 'doors', size: 2, queryMsMax: 5_000 },
};

export interface ReadingStoreOptions {
  readonly databaseUrl: string;
  /** What holds as long as nobody has set anything else. */
  readonly settings: Settings;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What a thread that only looks knows of the database, by connections of its own. */
export interface ReadingStore extends Pick<AdminStore, 'configuration' | 'cdrs' | 'settings'> {
  readonly authenticator: Doorkeeper;
  /** It has been changed by another thread: what is remembered of it holds no more. */
  forget(what: 'configuration' | 'access'): void;
  close(): Promise<void>;
}

/** The database is there, with its tables: the thread that writes has seen to that. */
export async function openReadingStore(options: ReadingStoreOptions): Promise<ReadingStore> {
  const { databaseUrl, log, clock } = options;
  const pool = openPool(databaseUrl, POOLS.reads, log);
  const doorsPool = openPool(databaseUrl, POOLS.doors, log);
  const settings = new LiveSettings(pool, clock, options.settings);
  await settings.refresh();
  const doors = openDoors(doorsPool, clock, settings);
  // Nothing of what is read here is a secret: there is nothing to seal, and no digest to make.
  const means = { realm: '', seal: new Seal('') };
  const configuration = cachedReads(configurationRepositories(coded(pool), means), clock);
  return {
    configuration,
    cdrs: cachedCdrs(cdrRepository(coded(pool)), clock),
    settings,
    authenticator: doors,
    forget(what) {
      if (what === 'configuration') configuration.expire();
      // Users are part of the configuration, too.
      doors.sessions.forget();
      doors.keys.forget();
      void settings.refresh().catch(() => undefined);
    },
    async close() {
      await Promise.all([pool.end(), doorsPool.end()]);
    },
  };
}
