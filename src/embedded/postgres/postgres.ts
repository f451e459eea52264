import type { ChildProcess } from 'node:child_process';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Clock, systemClock, type Timer } from '../../lib/clock.ts';
import { lockFolder } from '../../lib/folder-lock.ts';
import type { Logger } from '../../lib/log.ts';
import { databaseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { type Cluster, DATABASE, DATABASE_USER, openCluster } from './cluster.ts';
import { orphanedPostmaster } from './postmaster-file.ts';
import { freePort, type ServerFiles, startServer, stopServer } from './server.ts';

export { EmbeddedPostgresError } from './errors.ts';

const START_ATTEMPTS_MAX = 3;
const RESTART_DELAY_MS_MIN = 200;
const RESTART_DELAY_MS_MAX = 10_000;

export interface EmbeddedPostgresOptions {
  /** The cluster lives in `postgres` below it, its password and log beside it. */
  readonly dataDir: string;
  /** Absent: a free port on the loopback. */
  readonly port?: number;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface EmbeddedPostgres {
  readonly databaseUrl: string;
  /** The cluster was made just now: there is nothing in it. */
  readonly isNew: boolean;
  /** The server's process, for tests that kill it. */
  readonly pid: number | undefined;
  /** Idempotent; within 15 s. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL of our own under the data folder. Throws {@link EmbeddedPostgresError} with a sentence for
 * the operator when it cannot, above all when another process has the folder.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const lock = await lockFolder(join(dataDir, 'postgres'));
  try {
    const { initdb, postgres } = findBinaries();
    const account = await databaseAccount();
    const cluster = await openCluster(dataDir, initdb, account);
    const { folder } = cluster;
    const files = { postgres, folder, logFile: join(dataDir, 'postgres.log'), account };
    const server = new Supervisor(files, cluster, lock, options);
    await server.start();
    return server;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 *   starting ──▶ running ──(server died)──▶ restarting ──▶ running
 *                   └──────────── stop ─────────┴─▶ stopping ──▶ stopped
 *
 * A server that dies is started again, with growing pauses, at the same port: the pools find it by themselves.
 */
class Supervisor implements EmbeddedPostgres {
  #state: 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped' = 'starting';
  #child: ChildProcess | undefined;
  #port = 0;
  #restartDelayMs = RESTART_DELAY_MS_MIN;
  #restart: Timer | undefined;
  #restarting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  readonly #files: ServerFiles;
  readonly #cluster: Cluster;
  readonly #lock: { release(): void };
  readonly #options: EmbeddedPostgresOptions;
  readonly #clock: Clock;

  constructor(
    files: ServerFiles,
    cluster: Cluster,
    lock: { release(): void },
    options: EmbeddedPostgresOptions,
  ) {
    this.#files = files;
    this.#cluster = cluster;
    this.#lock = lock;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get databaseUrl(): string {
    return this.#url(DATABASE);
  }

  get isNew(): boolean {
    return this.#cluster.isNew;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    await this.#stopOrphan();
    for (let attempt = 1; ; attempt += 1) {
      this.#port = this.#options.port || (await freePort());
      try {
        await this.#run();
        break;
      } catch (error) {
        // Somebody else may have taken the free port in between; a fixed one is the operator's to free.
        if (this.#options.port || attempt >= START_ATTEMPTS_MAX) throw error;
      }
    }
    await this.#ensureDatabase();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#state = 'stopping';
    this.#restart?.cancel();
    await this.#restarting;
    const pid = this.#child?.pid;
    if (pid !== undefined && this.#child?.exitCode === null && !(await stopServer(pid)))
      this.#options.log.error({ pid }, 'The embedded database did not stop in time');
    this.#state = 'stopped';
    this.#lock.release();
  }

  /** After a kill -9 of ours the server lives on without us: it is closed properly before a new one starts. */
  async #stopOrphan(): Promise<void> {
    const pid = await orphanedPostmaster(this.#files.folder);
    if (pid === undefined) return;
    this.#options.log.warn(
      { pid },
      'Stopping the embedded database that an earlier run left behind',
    );
    await stopServer(pid);
  }

  async #run(): Promise<void> {
    const child = await startServer(this.#files, this.#port);
    this.#child = child;
    child.unref();
    if (this.#state !== 'stopping') this.#state = 'running';
    const { pid } = child;
    this.#options.log.info({ pid, port: this.#port }, 'The embedded database is running');
    child.once('exit', (code, signal) => this.#died(code, signal));
    if (child.exitCode !== null || child.signalCode !== null) this.#died(child.exitCode, null);
  }

  #died(code: number | null, signal: string | null): void {
    if (this.#state !== 'running') return;
    this.#state = 'restarting';
    const delayMs = this.#restartDelayMs;
    this.#options.log.error({ code, signal, delayMs }, 'The embedded database died; restarting it');
    this.#restartDelayMs = Math.min(delayMs * 2, RESTART_DELAY_MS_MAX);
    this.#restart = this.#clock.after(delayMs, () => {
      this.#restarting = this.#runAgain();
    });
  }

  async #runAgain(): Promise<void> {
    try {
      await orphanedPostmaster(this.#files.folder);
      await this.#run();
      this.#restartDelayMs = RESTART_DELAY_MS_MIN;
    } catch (error) {
      this.#options.log.error({ error }, 'The embedded database could not be restarted');
      if (this.#state !== 'restarting') return;
      this.#state = 'running';
      this.#died(null, null);
    }
  }

  async #ensureDatabase(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url('postgres') });
    await client.connect();
    try {
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    } finally {
      await client.end();
    }
  }

  #url(database: string): string {
    return `postgres://${DATABASE_USER}:${this.#cluster.password}@127.0.0.1:${this.#port}/${database}`;
  }
}
