import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { endWithUs } from '../../demo/caretaker.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { measuresOf } from '../../src/facts/measures.ts';
import { DAY_MS, systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { Random } from '../../src/lib/random.ts';
import type { IntervalQuery } from '../../src/runtime/ports/reports.ts';
import { openPool, type Pool } from '../../src/store/pool.ts';
import { ReportDesk } from '../../src/store/reports/desk.ts';
import { recordExports } from '../../src/store/reports/exports.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { distribution, round } from '../support/percentiles.ts';
import {
  AGENTS,
  agentName,
  history,
  MONTH_FROM,
  QUEUES,
  queueName,
  writeCdrs,
  writeMonth,
} from './month.ts';

/*
 * A month of quarters of an hour over a million calls: how long reports take, asked of the thread that makes them, and
 * what it does to the thread that routes calls. Then how fast histories become figures, on the way that they take in
 * production, and how long a late record takes. `--calls`, `--computed`, `--runs`.
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    computed: { type: 'string', default: '4000' },
    runs: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const calls = Number(values.calls);
const computed = Number(values.computed);
const runs = Number(values.runs);
/** CDRs for the export, and for what a report would cost without figures. */
const RAW_CALLS = Math.min(calls, 200_000);

const ZONE = 'Europe/Madrid';
const MONTH = { from: Date.UTC(2026, 8, 30, 22), to: Date.UTC(2026, 9, 31, 23), zone: ZONE };

const dataDir = await mkdtemp(join(tmpdir(), 'centralita-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir, log: silentLogger });
const caretaker = endWithUs(dataDir);
const { databaseUrl } = postgres;
const store = await openStore({ databaseUrl, dataDir, log: silentLogger, clock: systemClock });
const pool = openPool(databaseUrl, { name: 'bench', size: 2, queryMsMax: 300_000 }, silentLogger);
const keeping = { recordMonths: 600, figureMonths: 600 };
const desk = new ReportDesk(
  { databaseUrl, zone: ZONE, everyMs: 0, keeping },
  systemClock,
  silentLogger,
);
try {
  for (const table of ['interval_facts', 'interval_times', 'cdrs'])
    await pool.query('SELECT ensure_month_partition($1, $2)', [table, new Date(MONTH_FROM)]);
  const began = performance.now();
  const rows = await writeMonth(pool, calls);
  say('the figures are written');
  await writeCdrs(pool, RAW_CALLS);
  say('the CDRs are written');
  await pool.query('VACUUM ANALYZE interval_facts, interval_times');
  const filledSeconds = (performance.now() - began) / 1_000;
  const reports = await measureReports();
  say('the reports are measured');
  const raw = await measureRaw(pool);
  const exported = await measureExport();
  say('the exports are measured');
  const ways = await measureWay(store, pool);

  process.stdout.write(
    `${JSON.stringify(
      {
        calls,
        rows,
        filledSeconds: round(filledSeconds),
        reportMs: reports,
        fromCdrs: { calls: RAW_CALLS, ms: raw },

        exported,
        ...ways,
      },
      null,
      2,
    )}\n`,
  );
} finally {
  await desk.close();
  await pool.end();
  await store.close();
  await postgres.stop();
  caretaker.cancel();
  await rm(dataDir, { recursive: true, force: true });
}

function say(text: string): void {
  process.stderr.write(`${Math.round(performance.now() / 1_000)} s: ${text}\n`);
}

/** By name; the first few of each, which find nothing in memory yet, are counted with the rest. */
async function measureReports() {
  const random = new Random(5);
  const queue = () => [queueName(random.between(0, QUEUES - 1))];
  const agent = () => [agentName(random.between(0, AGENTS - 1))];
  const questions: Readonly<
    Record<string, () => Partial<IntervalQuery> & Pick<IntervalQuery, 'by'>>
  > = {
    queueMonth15m: () => ({ by: 'queue', keys: queue() }),
    allMonth15m: () => ({ by: 'all' }),
    agentMonth15m: () => ({ by: 'agent', keys: agent() }),
    queueMonth15mEmptyToo: () => ({ by: 'queue', keys: queue(), empty: true }),
    allQueuesByDay: () => ({ by: 'queue', interval: '1d' }),
    teamsByHour: () => ({ by: 'team', interval: '1h', limit: 10_000 }),
    allAgentsMonth: () => ({ by: 'agent', interval: 'total' }),
    queueMonthCsv: () => ({ by: 'queue', keys: queue(), format: 'csv' }),
  };
  const found: Record<string, ReturnType<typeof distribution> & { readonly kilobytes: number }> =
    {};
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  for (const [name, ask] of Object.entries(questions)) {
    const times: number[] = [];
    let bytes = 0;
    // The goal is for months by quarters of an hour; of the others a fifth says enough.
    for (let n = 0; n < (name.includes('15m') ? runs : runs / 5); n++) {
      const { by, ...more } = ask();
      const started = performance.now();
      const { text } = await desk.intervals({
        by,
        interval: '15m',
        ...MONTH,
        measures: measuresOf(by),
        serviceLevel: { definition: 'standard' },
        empty: false,
        limit: 5_000,
        format: 'json',
        ...more,
      });
      times.push(performance.now() - started);
      bytes = text.length;
    }
    found[name] = { ...distribution(times), kilobytes: Math.round(bytes / 1_024) };
  }
  loop.disable();
  const slowest = Math.max(...Object.values(found).map(({ p99 }) => p99));
  return {
    ...found,
    slowestP99: slowest,
    loopDelayP99: round(loop.percentile(99) / 1e6),
  } as typeof found & {
    readonly slowestP99: number;
    readonly loopDelayP99: number;
  };
}

/** The least that one queue's month would take without figures: three of them, from the CDRs. */
async function measureRaw(db: Pool) {
  const times: number[] = [];
  for (let n = 0; n < Math.min(20, runs); n++) {
    const started = performance.now();
    await db.query(
      `SELECT date_bin('15 minutes', queued_at, to_timestamp(0)) AS slot, count(*), avg(wait_ms),
         count(*) FILTER (WHERE outcome = 'answered' AND wait_ms <= 20000)
       FROM cdrs WHERE queue_id = $1 AND arrived_at >= $2 AND arrived_at < $3 GROUP BY 1 ORDER BY 1`,
      [queueName(n % QUEUES), new Date(MONTH.from), new Date(MONTH.to)],
    );
    times.push(performance.now() - started);
  }
  return distribution(times);
}

/** All the CDRs, a batch after the other. */
async function measureExport() {
  const exports = recordExports(pool);
  const began = performance.now();
  let bytes = 0;
  let batches = 0;
  let rssMax = 0;
  const limit = RAW_CALLS;
  for (let cursor: string | undefined; batches * 2_000 < limit; ) {
    const batch = await exports.batch('cdrs', {
      ...MONTH,
      format: 'csv',
      ...(cursor ? { cursor } : {}),
    });
    if (!batch.ok) throw new Error(batch.error.detail);
    bytes += batch.value.text.length;
    batches += 1;
    rssMax = Math.max(rssMax, process.memoryUsage().rss);
    cursor = batch.value.cursor;
    if (!cursor) break;
  }
  const seconds = (performance.now() - began) / 1_000;
  return {
    rowsPerSecond: Math.round((batches * 2_000) / seconds),
    megabytes: round(bytes / 1e6),
    rssMaxMb: Math.round(rssMax / 1e6),
  };
}

/** Histories through the database: written, found, computed, summed; then one late record. */
async function measureWay({ records }: Store, db: Pool) {
  await desk.refresh();
  const random = new Random(3);
  const day = MONTH_FROM + 60 * DAY_MS;
  for (let n = 0; n < computed; n++) {
    for (const event of history(n, day + (n / computed) * DAY_MS, random)) {
      records.event({ ...event, callId: `w${n}` as typeof event.callId });
    }
    if (n % 500 === 0) await records.flush();
  }
  await records.flush();
  const began = performance.now();
  await desk.refresh();
  const seconds = (performance.now() - began) / 1_000;
  records.event({ callId: 'w1' as never, seq: 99, at: day, type: 'call.held', data: {} });
  await records.flush();
  const late = performance.now();
  await desk.refresh();
  const lateMs = performance.now() - late;
  const again = performance.now();
  await desk.replay(day, day + DAY_MS);
  const replaySeconds = (performance.now() - again) / 1_000;
  const { rows } = await db.query<{ n: string }>('SELECT count(*) AS n FROM call_facts');
  return {
    computedCalls: computed,
    computedPerSecond: Math.round(computed / seconds),
    contributions: Number(rows[0]?.n),
    lateRecordMs: round(lateMs),
    replayDaySeconds: round(replaySeconds),
  };
}
