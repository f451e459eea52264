import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/embedded/postgres/postgres.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { openStore, type Store } from '../../src/store/store.ts';

export interface TestDatabase {
  readonly server: EmbeddedPostgres;
  readonly databaseUrl: string;
  /** A folder of one's own, gone at the end. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL for one test file: its own cluster, so that the file may kill it. About a second. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'centralita-test-'));
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger });
  return {
    server,
    databaseUrl: server.databaseUrl,
    dataDir,
    async stop() {
      await server.stop();
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
export async function startTestStore(): Promise<TestStore> {
  const database = await startTestDatabase();
  const { databaseUrl, dataDir } = database;
  const store = await openStore({ databaseUrl, dataDir, log: silentLogger, clock: systemClock });
  return {
    database,
    store,
    async stop() {
      await store.close();
      await database.stop();
    },
  };
}
