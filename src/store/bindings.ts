import type { QueryResultRow } from 'pg';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Binding, BindingStore } from '../runtime/ports/index.ts';
import { toDatabaseJson } from './json.ts';
import { isDataFault, type Queryable } from './pool.ts';

interface BindingRow extends QueryResultRow {
  readonly extension: string;
  readonly contact_uri: string;
  readonly received_from: string;
  readonly transport: Binding['transport'];
  readonly call_id: string;
  readonly cseq: string;
  readonly user_agent: string;
  readonly q: number;
  readonly expires_at: Date;
  readonly path: readonly string[] | null;
  readonly flow: NonNullable<Binding['flow']> | null;
}

const RETRY_MS = 2_000;
/** More extensions than this cannot be remembered while the database is away; they register again anyway. */
const WANTED_MAX = 50_000;

/**
 * The registrar's bindings, for its next start. While the database is away the newest state of each extension is
 * remembered and written when it is back, so that a REGISTER never fails for the database's sake.
 */
export class PostgresBindingStore implements BindingStore {
  readonly #db: Queryable;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #wanted = new Map<string, readonly Binding[]>();
  readonly #writing = new Map<string, Promise<void>>();
  #closed = false;
  #retry: Timer | undefined;

  constructor(db: Queryable, clock: Clock, log: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
  }

  /** Rejects when the database is away. */
  async all(): Promise<readonly Binding[]> {
    const { rows } = await this.#db.query<BindingRow>(
      'SELECT * FROM bindings WHERE expires_at > $1 ORDER BY extension, q DESC, contact_uri',
      [new Date(this.#clock.now())],
    );
    return rows.map(toBinding);
  }

  /** Never rejects. Of several states of one extension the newest is the one that is written last. */
  replace(extension: string, bindings: readonly Binding[]): Promise<void> {
    if (!this.#wanted.has(extension) && this.#wanted.size >= WANTED_MAX) {
      this.#log.error({ extension }, 'Bindings not stored: too many are waiting for the database');
      return Promise.resolve();
    }
    this.#wanted.set(extension, bindings);
    const running = this.#writing.get(extension);
    if (running !== undefined) return running;
    const writing = this.#writeWanted(extension).finally(() => this.#writing.delete(extension));
    this.#writing.set(extension, writing);
    return writing;
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
  }

  /** Each further round writes what was wanted while the last one was being written. */
  async #writeWanted(extension: string): Promise<void> {
    for (;;) {
      const bindings = this.#wanted.get(extension);
      if (!bindings) return;
      try {
        await this.#write(extension, bindings);
      } catch (error) {
        if (!isDataFault(error)) return this.#retryLater();
        this.#log.error({ extension, error }, 'Bindings refused by the database');
      }
      if (this.#wanted.get(extension) === bindings) this.#wanted.delete(extension);
    }
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#retry ??= this.#clock.after(RETRY_MS, () => {
      this.#retry = undefined;
      void this.#retryAll();
    });
  }

  /** One at a time, and no further than the first that fails: the database is then still away. */
  async #retryAll(): Promise<void> {
    for (const [extension, bindings] of [...this.#wanted]) {
      if (this.#wanted.get(extension) === bindings) await this.replace(extension, bindings);
      if (this.#wanted.get(extension) === bindings) return;
    }
  }

  async #write(extension: string, bindings: readonly Binding[]): Promise<void> {
    await this.#db.query(
      `WITH fresh AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb) AS t (contact_uri text, received_from text,
           transport text, call_id text, cseq bigint, user_agent text, q real, expires_at timestamptz,
           path jsonb, flow jsonb)),
       gone AS (
         DELETE FROM bindings WHERE extension = $1
         AND contact_uri NOT IN (SELECT contact_uri FROM fresh))
       INSERT INTO bindings SELECT $1, fresh.* FROM fresh
       ON CONFLICT (extension, contact_uri) DO UPDATE SET received_from = EXCLUDED.received_from,
         transport = EXCLUDED.transport, call_id = EXCLUDED.call_id, cseq = EXCLUDED.cseq,
         user_agent = EXCLUDED.user_agent, q = EXCLUDED.q, expires_at = EXCLUDED.expires_at,
         path = EXCLUDED.path, flow = EXCLUDED.flow`,
      [extension, toDatabaseJson(rowsOf(bindings))],
    );
  }
}

/** One row a Contact URI: PostgreSQL refuses to write a row twice in one statement. */
const rowsOf = (bindings: readonly Binding[]) => [
  ...new Map(bindings.map((binding) => [binding.contactUri, toRow(binding)])).values(),
];

const toRow = (binding: Binding) => ({
  contact_uri: binding.contactUri,
  received_from: binding.receivedFrom,
  transport: binding.transport,
  call_id: binding.callId,
  cseq: binding.cseq,
  user_agent: binding.userAgent,
  q: binding.q,
  expires_at: new Date(binding.expiresAt).toISOString(),
  path: binding.path ?? null,
  flow: binding.flow ?? null,
});

const toBinding = (row: BindingRow): Binding => ({
  extension: row.extension,
  contactUri: row.contact_uri,
  receivedFrom: row.received_from,
  transport: row.transport,
  callId: row.call_id,
  cseq: Number(row.cseq),
  userAgent: row.user_agent,
  q: row.q,
  expiresAt: row.expires_at.getTime(),
  ...(row.path ? { path: row.path } : {}),
  ...(row.flow ? { flow: row.flow } : {}),
});
