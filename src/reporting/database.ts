import { Histogram, type Registry } from 'prom-client';
import type { PoolView, RecordsView, StoreMeters } from '../runtime/ports/meters.ts';
import { countDeadLetters } from './dead-letters.ts';
import { counter, gauge } from './gauges.ts';

/** Seconds. A look-up by key takes one, a page of records ten. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

/** Statements, by pool: which query it was is for PostgreSQL's own statistics. */
export function storeMeters(registry: Registry): StoreMeters {
  const queries = new Histogram({
    name: 'centralita_database_query_seconds',
    help: 'Time of a statement, waiting for a connection not counted',
    labelNames: ['pool', 'result'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    deadLetters: countDeadLetters(registry),
    queried: (pool, tookMs, ok) =>
      queries.observe({ pool, result: ok ? 'ok' : 'error' }, tookMs / 1_000),
  };
}

/** What the database's side has at the moment of the scrape. */
export function measureStore(
  registry: Registry,
  views: { pools(): readonly PoolView[]; records(): RecordsView },
): void {
  const labels = ['pool', 'state'];
  const help = 'Connections by state, and who waits for one';
  gauge(registry, 'centralita_database_connections', help, labels, (set) => {
    for (const { name: pool, connections, idle, waiting } of views.pools()) {
      set({ pool, state: 'busy' }, connections - idle);
      set({ pool, state: 'idle' }, idle);
      set({ pool, state: 'waiting' }, waiting);
    }
  });
  const records = (
    measure: typeof gauge,
    name: string,
    what: string,
    figure: (view: RecordsView) => number,
  ): void =>
    measure(registry, `centralita_records_${name}`, what, [], (set) =>
      set({}, figure(views.records())),
    );
  const pending = 'Records in memory, on their way to the database';
  records(gauge, 'pending', pending, (view) => view.pending);
  const onDisk = 'Records on disk, because the database is away';
  records(gauge, 'on_disk_bytes', onDisk, (view) => view.outboxBytes);
  records(counter, 'lost_total', 'Records that were lost', ({ lost }) => lost);
  const rejected = 'Records that the database refused';
  records(counter, 'rejected_total', rejected, (view) => view.rejected);
}
