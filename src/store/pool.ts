import pg from 'pg';
import { CodedError, refusal } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { PoolView, StoreMeters } from '../runtime/ports/meters.ts';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** A pool, or a client in the middle of a transaction: repositories work with either. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

const CONNECT_MS_MAX = 3_000;
const IDLE_MS_MAX = 60_000;

export interface PoolOptions {
  readonly name: string;
  /** Tells one process from another, in the database. Absent: nobody has to. */
  readonly instance?: string;
  readonly size: number;
  readonly queryMsMax: number;
}

/** What the database knows the connections by. */
export const applicationName = ({ name, instance }: Pick<PoolOptions, 'name' | 'instance'>) =>
  ['centralita', name, ...(instance ? [instance] : [])].join(' ');

/** Lost connections are reported and replaced; they never throw into the void. */
export function openPool(
  databaseUrl: string,
  options: PoolOptions,
  log: Logger,
  meters?: StoreMeters,
): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: applicationName(options),
    max: options.size,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    idleTimeoutMillis: IDLE_MS_MAX,
    query_timeout: options.queryMsMax,
    keepAlive: true,
  });
  pool.on('error', (error) => {
    // Who is leaving may be shown out: a database that ends with the house does not wait for each goodbye.
    if (pool.ending) return;
    log.warn({ pool: options.name, error: error.message }, 'A database connection was lost');
  });
  // A client that is checked out reports to whoever has it; without a listener the event would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    if (meters) timeQueries(client, (tookMs, ok) => meters.queried(options.name, tookMs, ok));
  });
  return pool;
}

type Told = (tookMs: number, ok: boolean) => void;

/** `pg` takes a callback (the pool does so) or gives a promise (a transaction does so); each is timed. */
function timeQueries(client: PoolClient, told: Told): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const timed = (...args: unknown[]): unknown => {
    const began = performance.now();
    const over = (error: unknown): void => told(performance.now() - began, !error);
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      const then = (error: unknown, ...rest: unknown[]): void => {
        over(error);
        callback(error, ...rest);
      };
      return query(...args.slice(0, -1), then);
    }
    const result = query(...args);
    if (result instanceof Promise) result.then(() => over(undefined), over);
    return result;
  };
  client.query = timed as PoolClient['query'];
}

/** For measures. */
export const viewOf = (name: string, pool: Pool): PoolView => ({
  name,
  connections: pool.totalCount,
  idle: pool.idleCount,
  waiting: pool.waitingCount,
});

/** Runs the work in one transaction: committed if it returns, rolled back if it throws. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The same for the API, which is told what went wrong. */
export const codedTransaction = <T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> =>
  inTransaction(pool, work).catch((error: unknown) => {
    throw codedFault(error);
  });

/** The SQLSTATE of an error (PostgreSQL, appendix A), or undefined when it did not come from the server. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)
    ? code
    : undefined;
}

/** A wrong password or a missing database will not get better by waiting; a server that is starting will. */
export function isHopeless(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !state.startsWith('57P') && !state.startsWith('53');
}

export const UNIQUE_VIOLATION = '23505';
export const FOREIGN_KEY_VIOLATION = '23503';

/** Which constraint was violated, for messages. */
export function constraintOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.constraint ?? '') : '';
}

/**
 * Whether the fault is the data's (SQLSTATE classes 22, 23, 54): trying again would fail again. Everything else
 * (no connection, closing, no space, no rights, a time limit) is the server's, and passes.
 */
export function isDataFault(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && /^(22|23|54)/.test(state);
}

/** A pool whose faults the API can tell: the database is away, or what was sent cannot be stored. */
export function coded(db: Queryable): Queryable {
  return {
    query: (query, values) =>
      db.query(query as string, values).catch((error: unknown) => {
        throw codedFault(error);
      }) as never,
  };
}

/** Violated constraints stay what they are: the repositories turn them into refusals. */
export function codedFault(error: unknown): unknown {
  const state = sqlState(error);
  if (error instanceof CodedError || state?.startsWith('23')) return error;
  if (state?.startsWith('22') || state?.startsWith('54'))
    return new CodedError(refusal('REQUEST_INVALID', 'A value cannot be stored.'), error);
  // A fault of our own SQL is no outage, and must be seen.
  if (state?.startsWith('42') || (state === undefined && !isConnectionFault(error))) return error;
  return new CodedError(refusal('DATABASE_AWAY', 'Nothing was changed.'), error);
}

/** `pg` tells time limits and lost connections by their texts only. */
function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    /timeout|terminated|not queryable|closed/i.test(error.message)
  );
}
