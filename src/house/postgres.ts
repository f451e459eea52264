import type { Config } from '../config/config.ts';
import type { ClosingTree } from '../lib/closing.ts';
import type { Logger } from '../lib/log.ts';

/** Starts our own PostgreSQL, and gives its address once it takes connections. */
export function startPostgres(
  { dataDir }: Config,
  log: Logger,
  closing: ClosingTree,
): Promise<string> {
  const starting = import('../embedded/postgres/postgres.ts').then(({ startEmbeddedPostgres }) =>
    startEmbeddedPostgres({ dataDir, log }),
  );
  closing.add('PostgreSQL', async () => (await starting.catch(() => undefined))?.stop());
  const databaseUrl = starting.then((postgres) => postgres.databaseUrl);
  // Whoever opens the store is told why it did not start.
  databaseUrl.catch(() => undefined);
  return databaseUrl;
}
