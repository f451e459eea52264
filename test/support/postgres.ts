import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUs } from '../../demo/caretaker.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';

export interface TestDatabase {
  readonly databaseUrl: string;
  /** A folder of one's own, gone at the end. */
  readonly dataDir: string;
  /** The database goes away, and comes back at the same address with everything that it knew. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL for one test file: its own cluster, so that the file may stop it. About a second. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'centralita-test-'));
  let server = await startEmbeddedPostgres({ dataDir, log: silentLogger });
  const caretaker = endWithUs(dataDir);
  const { databaseUrl } = server;
  const port = Number(new URL(databaseUrl).port);
  return {
    databaseUrl,
    dataDir,
    goAway: () => server.stop(),
    async comeBack() {
      server = await startEmbeddedPostgres({ dataDir, port, log: silentLogger });
    },
    async stop() {
      await server.stop();
      caretaker.cancel();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface TestStore {
  readonly database: TestDatabase;
  readonly store: Store;
  stop(): Promise<void>;
}

/** The same with an open store on it. */
export async function startTestStore(
  options: Partial<Pick<StoreOptions, 'clock' | 'meters'>> = {},
): Promise<TestStore> {
  const database = await startTestDatabase();
  const { databaseUrl, dataDir } = database;
  const log = silentLogger;
  const store = await openStore({ databaseUrl, dataDir, log, clock: systemClock, ...options });
  return {
    database,
    store,
    async stop() {
      await store.close();
      await database.stop();
    },
  };
}
