import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../lib/log.ts';
import { LOCKS } from './locks.ts';
import { inTransaction, type Pool, type PoolClient } from './pool.ts';

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The database is not what this version of the program can work with. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Applies what is new, all of it or nothing, and returns the names. Throws when an applied file was changed since. */
export async function migrate(
  pool: Pool,
  log: Logger,
  folder: string = MIGRATIONS_FOLDER,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const applied = await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.migration]);
    return applyNew(client, migrations);
  });
  for (const name of applied) log.debug({ migration: name }, 'Migration applied');
  const [last] = applied.slice(-1);
  if (last)
    log.info({ migrations: applied.length, last }, 'The database is as this version has it');
  return applied;
}

async function applyNew(
  client: PoolClient,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  const found = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM migrations',
  );
  const checksums = new Map(found.rows.map((row) => [row.name, row.checksum]));
  checkApplied(checksums, migrations);
  const fresh = migrations.filter((migration) => !checksums.has(migration.name));
  for (const { name, sql, checksum } of fresh) {
    await client.query(sql);
    await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
  }
  return fresh.map((migration) => migration.name);
}

function checkApplied(applied: ReadonlyMap<string, string>, known: readonly Migration[]): void {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const [name, checksum] of applied) {
    const file = byName.get(name);
    if (!file) throw new MigrationError(`The database is newer than this program: it has ${name}.`);
    if (file.checksum !== checksum)
      throw new MigrationError(`The migration ${name} was changed after it had been applied.`);
  }
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
