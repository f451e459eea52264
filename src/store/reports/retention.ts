import { DAY_MS, type EpochMs } from '../../lib/clock.ts';
import { inTransaction, type Pool } from '../pool.ts';
import { forgetDays } from './days.ts';
import { lockReports, readProgress, writeProgress } from './progress.ts';
import { FIGURE_TABLES, RECORD_TABLES } from './tables.ts';

/** Whole months (UTC) beside the one that it is. */
export interface Keeping {
  readonly recordMonths: number;
  readonly figureMonths: number;
}

/** Dropping a month waits for nobody for longer: it is tried again next time. */
const LOCK_MS_MAX = 2_000;
/** Months are made before they begin. */
const AHEAD_MS = 7 * DAY_MS;

/** The first moment that is kept. */
export function keptFrom(now: EpochMs, months: number): EpochMs {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months);
}

/** Makes next month's partitions, and drops the months that are over their time. Returns how many went. */
export async function keepMonths(pool: Pool, now: EpochMs, keeping: Keeping): Promise<number> {
  for (const table of [...RECORD_TABLES, ...FIGURE_TABLES])
    for (const at of [now, now + AHEAD_MS])
      await pool.query('SELECT ensure_month_partition($1, $2)', [table, new Date(at)]);
  const recordsFrom = keptFrom(now, keeping.recordMonths);
  await closeMonths(pool, recordsFrom);
  let dropped = 0;
  for (const table of RECORD_TABLES) dropped += await dropBefore(pool, table, recordsFrom);
  const figuresFrom = keptFrom(now, keeping.figureMonths);
  for (const table of FIGURE_TABLES) dropped += await dropBefore(pool, table, figuresFrom);
  await forgetDays(pool, figuresFrom);
  return dropped;
}

/** From now on nothing computes those figures again: that comes before their records go. */
function closeMonths(pool: Pool, from: EpochMs): Promise<void> {
  return inTransaction(pool, async (db) => {
    await lockReports(db);
    const progress = await readProgress(db);
    if (progress && progress.keptFrom < from)
      await writeProgress(db, { ...progress, keptFrom: from });
  });
}

function dropBefore(pool: Pool, table: string, before: EpochMs): Promise<number> {
  return inTransaction(pool, async (db) => {
    await db.query(`SET LOCAL lock_timeout = ${LOCK_MS_MAX}`);
    const { rows } = await db.query<{ dropped: number }>(
      'SELECT drop_months_before($1, $2) AS dropped',
      [table, new Date(before)],
    );
    return rows[0]?.dropped ?? 0;
  });
}
