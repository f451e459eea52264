import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import pg from 'pg';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { pause } from '../lib/wait.ts';
import type { HealthCheck } from '../runtime/ports/index.ts';
import { LOCKS } from './locks.ts';
import { isHopeless } from './pool.ts';

const CONNECT_MS_MAX = 3_000;
const QUERY_MS_MAX = 5_000;
/** A database may be starting. */
const AWAY_MS_MAX = 30_000;
/** The house before us may be leaving. */
const IN_USE_MS_MAX = 5_000;
const RETRY_MS = 1_000;

/** PostgreSQL asks so whether we are there: else the lock of a machine that has gone would stay for hours. */
const KEEP_ALIVE =
  'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3';

const HOLDER = `SELECT pid, application_name AS name, host(client_addr) AS address
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) | objid::bigint = $1`;

/** Another process works with the database. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError';
}

export interface OwnerOptions {
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long another house may take to leave. */
  readonly inUseMsMax?: number;
}

interface Holder {
  readonly pid: number;
  readonly name: string;
  readonly address: string | null;
}

/**
 * Makes sure that one house works with the database: two would give each other's agents calls. The lock belongs to a
 * connection of its own, so PostgreSQL takes it back however that ends. Where the connection is lost, the lock is taken
 * again as soon as it can be; if somebody else has it by then, we are not ready.
 */
export class SoleOwner {
  readonly #options: OwnerOptions;
  readonly #name = `centralita ${hostname().slice(0, 24)} ${randomUUID().slice(0, 8)}`;
  #client: pg.Client | undefined;
  #holder: Holder | undefined;
  #retry: Timer | undefined;
  #closed = false;

  /** Rejects with a sentence for the operator when another house has it. */
  static async of(options: OwnerOptions): Promise<SoleOwner> {
    const owner = new SoleOwner(options);
    await owner.#begin();
    return owner;
  }

  private constructor(options: OwnerOptions) {
    this.#options = options;
  }

  readonly health: HealthCheck = {
    name: 'databaseOwner',
    check: async () =>
      this.#holder
        ? { ok: false, detail: `Another Centralita has the database: ${described(this.#holder)}.` }
        : { ok: true },
  };

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await this.#client?.end().catch(() => undefined);
  }

  async #begin(): Promise<void> {
    const { clock, log, inUseMsMax = IN_USE_MS_MAX } = this.#options;
    for (const began = clock.now(); ; ) {
      const failure = await this.#take().catch((error: unknown) => cannotBeUsed(error));
      if (!failure) return;
      const limitMs = failure instanceof DatabaseInUseError ? inUseMsMax : AWAY_MS_MAX;
      if (isHopeless(failure.cause) || clock.now() - began >= limitMs) throw failure;
      log.warn({ error: failure.message }, 'Waiting for the database');
      await pause(clock, RETRY_MS);
    }
  }

  async #take(): Promise<Error | undefined> {
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: this.#name,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: QUERY_MS_MAX,
      keepAlive: true,
    });
    client.on('error', () => undefined);
    let isOurs = false;
    try {
      await client.connect();
      await client.query(KEEP_ALIVE);
      isOurs = await locked(client);
      this.#holder = isOurs ? undefined : await this.#holderOf(client);
    } finally {
      if (!isOurs) await client.end().catch(() => undefined);
    }
    if (!isOurs) return this.#inUse();
    this.#client = client;
    client.once('end', () => this.#lost());
    return undefined;
  }

  /** One of ours whose connection has broken lives on over there until it is missed. */
  async #holderOf(client: pg.Client): Promise<Holder | undefined> {
    const { rows } = await client.query<Holder>(HOLDER, [LOCKS.owner]);
    const [holder] = rows;
    if (holder?.name !== this.#name) return holder;
    await client.query('SELECT pg_terminate_backend($1)', [holder.pid]);
    return undefined;
  }

  #inUse(): Error {
    const who = this.#holder ? ` (${described(this.#holder)})` : '';
    return new DatabaseInUseError(
      `DATABASE_URL: the database is in use by another Centralita${who}. Stop it, or give this one its own database.`,
    );
  }

  #lost(): void {
    this.#client = undefined;
    if (this.#closed) return;
    this.#retry = this.#options.clock.after(RETRY_MS, () => void this.#again());
  }

  async #again(): Promise<void> {
    const before = this.#holder;
    const failure = await this.#take().catch((error: Error) => error);
    if (this.#closed) return void this.close();
    if (this.#holder && !before)
      this.#options.log.error({ holder: this.#holder }, 'Another Centralita has our database');
    if (failure) this.#lost();
  }
}

/** Where no address answers, Node says so by code only. */
function cannotBeUsed(cause: unknown): Error {
  const { message, code } = cause as NodeJS.ErrnoException;
  return new Error(`DATABASE_URL: the database cannot be used (${message || code})`, { cause });
}

async function locked(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS locked',
    [LOCKS.owner],
  );
  return rows[0]?.locked === true;
}

const described = ({ name, address }: Holder): string =>
  `${name}${address ? `, from ${address}` : ''}`;
