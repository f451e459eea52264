import { measuresOf } from '../../facts/measures.ts';
import { type Clock, DAY_MS, type EpochMs, type Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type {
  CasualQuery,
  IntervalQuery,
  Reports,
  ReportText,
  TimelineQuery,
} from '../../runtime/ports/reports.ts';
import { openPool, type Pool } from '../pool.ts';
import { readCasual } from './casual.ts';
import { readIntervals } from './intervals.ts';
import { KeptRows } from './kept-rows.ts';
import { Refresher } from './refresher.ts';
import { type Keeping, keepMonths } from './retention.ts';
import { readTimelines } from './timelines.ts';

export interface BureauOptions {
  readonly databaseUrl: string;
  /** Where agents' months begin who have no zone of their own. */
  readonly zone: string;
  /** Between two looks at what is new. 0: only when asked. */
  readonly everyMs: number;
  readonly keeping: Keeping;
}

/** Reads of a screen; what is computed has a connection of its own. */
const READERS = 3;
const READ_MS_MAX = 30_000;
/** A day of a large house is computed within this. */
const WORK_MS_MAX = 300_000;
const KEEPING_EVERY_MS = 6 * 3_600_000;
/** What is read ahead, so that the first who asks does not wait for connections and for code that never ran. */
const WARM_UP_MS = 31 * DAY_MS;
const WARM_UP_ROWS_MAX = 5_000;

/** Keeps the figures up to date, and answers questions about them: everything that the thread of reports does. */
export class Bureau implements Reports {
  readonly #options: BureauOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onAsOf: (at: EpochMs) => void;
  readonly #reading: Pool;
  readonly #working: Pool;
  readonly #refresher: Refresher;
  readonly #kept = new KeptRows();
  #work: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;
  #asOf: EpochMs | undefined;
  #isWarm = false;
  #keptAt: EpochMs = 0;
  #closed = false;

  constructor(
    options: BureauOptions,
    clock: Clock,
    log: Logger,
    onAsOf: (at: EpochMs) => void = () => {},
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#onAsOf = onAsOf;
    const { databaseUrl } = options;
    this.#reading = openPool(
      databaseUrl,
      { name: 'reports', size: READERS, queryMsMax: READ_MS_MAX },
      log,
    );
    this.#working = openPool(
      databaseUrl,
      { name: 'report figures', size: 1, queryMsMax: WORK_MS_MAX },
      log,
    );
    this.#refresher = new Refresher(this.#working, clock);
  }

  /** Begins to look at what is new, again and again. */
  start(): void {
    if (this.#options.everyMs > 0) this.#schedule(0);
  }

  intervals(query: IntervalQuery): Promise<ReportText> {
    return readIntervals(this.#reading, query, this.#asOf, this.#kept);
  }

  timelines(query: TimelineQuery): Promise<ReportText> {
    return readTimelines(this.#reading, query, this.#clock.now());
  }

  casual(query: CasualQuery): Promise<ReportText> {
    return readCasual(this.#reading, query, this.#options.zone);
  }

  state() {
    return { asOf: this.#asOf };
  }

  /** Up to what was written down when it was asked. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh().then(() => this.#warmUp()));
  }

  replay(from: EpochMs, to: EpochMs): Promise<number> {
    return this.#inTurn(() => this.#refresher.replay(from, to));
  }

  /** Drops the months that are over their time. */
  keep(): Promise<number> {
    return this.#inTurn(() => keepMonths(this.#working, this.#clock.now(), this.#options.keeping));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#work.catch(() => undefined);
    await Promise.all([this.#reading.end(), this.#working.end()]);
  }

  async #refresh(): Promise<void> {
    for (;;) {
      const at = this.#clock.now();
      const { caughtUp } = await this.#refresher.step();
      if (caughtUp) this.#asOf = at;
      if (caughtUp) this.#onAsOf(at);
      if (caughtUp || this.#closed) return;
    }
  }

  async #warmUp(): Promise<void> {
    if (this.#isWarm || this.#closed) return;
    this.#isWarm = true;
    const to = this.#clock.now();
    await this.intervals({
      by: 'all',
      interval: '15m',
      from: to - WARM_UP_MS,
      to,
      zone: this.#options.zone,
      measures: measuresOf('all'),
      serviceLevel: { definition: 'standard' },
      empty: false,
      limit: WARM_UP_ROWS_MAX,
      format: 'json',
    });
  }

  async #keepSometimes(): Promise<void> {
    if (this.#clock.now() - this.#keptAt < KEEPING_EVERY_MS) return;
    const dropped = await this.keep();
    this.#keptAt = this.#clock.now();
    if (dropped > 0)
      this.#log.info({ dropped }, 'Months of records and figures are over their time');
  }

  #schedule(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = this.#clock.after(delayMs, () => {
      void this.refresh()
        .then(() => this.#keepSometimes())
        .catch((error: unknown) => {
          if (!this.#closed)
            this.#log.warn({ error: String(error) }, 'The figures of reports are late');
        })
        .then(() => this.#schedule(this.#options.everyMs));
    });
  }

  /** One after the other: they would wait for each other in the database, and hold its connections meanwhile. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work, work);
    this.#work = done.catch(() => undefined);
    return done;
  }
}
