import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/parse.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { runningDatabaseUrl } from '../../src/embedded/postgres/running.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { openRecords, type Records } from '../../src/store/recorded-day.ts';

/** Something was typed that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Prints what the work returns. What was typed wrong ends with 2 and the way to the help, what failed with 1. */
export async function leave(help: string, work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(await work());
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const isTyping = error instanceof UsageError || String(code).startsWith('ERR_PARSE_ARGS');
    const usage = help.split('\n').find((line) => line.includes('npm run')) ?? '';
    process.stderr.write(`${(error as Error).message}\n`);
    if (isTyping) process.stderr.write(`As in: ${usage.trim()}\nMore with --help.\n`);
    process.exitCode = isTyping ? 2 : 1;
  }
}

/** Whose clock counts where none is named: the house's. */
export function houseZone(): string {
  const config = parseConfig(process.env);
  if (!config.ok) throw new Error(config.error.join('\n'));
  return config.value.zone;
}

/** The records of the database that {@link withDatabase} finds. */
export const withRecords = <T>(work: (records: Records) => Promise<T>): Promise<T> =>
  withDatabase((databaseUrl) => readFrom(databaseUrl, work));

/** The database of DATABASE_URL, of the house that runs on DATA_DIR, or of the data folder of one that does not. */
export async function withDatabase<T>(work: (databaseUrl: string) => Promise<T>): Promise<T> {
  const config = parseConfig(process.env);
  if (!config.ok) throw new Error(config.error.join('\n'));
  const { dataDir, databaseUrl = await runningDatabaseUrl(dataDir) } = config.value;
  if (databaseUrl) return work(databaseUrl);
  if (!existsSync(join(dataDir, 'postgres'))) {
    throw new Error(`There is no database: DATABASE_URL is not set, and ${dataDir} has none.`);
  }
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger });
  try {
    return await work(server.databaseUrl);
  } finally {
    await server.stop();
  }
}

async function readFrom<T>(
  databaseUrl: string,
  work: (records: Records) => Promise<T>,
): Promise<T> {
  const records = openRecords(databaseUrl, silentLogger);
  try {
    return await work(records);
  } finally {
    await records.close();
  }
}
