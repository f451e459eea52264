import type { EpochMs } from '../../lib/clock.ts';
import { LOCKS } from '../locks.ts';
import type { Queryable } from '../pool.ts';

/** How far the figures are. */
export interface Progress {
  readonly doneXact: number;
  readonly timesUntil: EpochMs;
  /** Days that are still to be computed from their records: at the first start, and after a restored backup. */
  readonly replay?: { readonly from: EpochMs; readonly to: EpochMs };
  readonly keptFrom: EpochMs;
}

/** One node at a time, until the end of the transaction. */
export const lockReports = async (db: Queryable): Promise<void> => {
  await db.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.reports]);
};

/** Every transaction before this one is over. */
export async function settledXact(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ xact: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xact',
  );
  return Number(rows[0]?.xact ?? 0);
}

export async function readProgress(db: Queryable): Promise<Progress | undefined> {
  const { rows } = await db.query<{
    done_xact: string;
    times_until: Date;
    replay_from: Date | null;
    replay_to: Date | null;
    kept_from: Date | null;
  }>('SELECT done_xact, times_until, replay_from, replay_to, kept_from FROM report_progress');
  const [row] = rows;
  if (!row) return undefined;
  return {
    doneXact: Number(row.done_xact),
    timesUntil: row.times_until.getTime(),
    keptFrom: row.kept_from?.getTime() ?? 0,
    ...(row.replay_from && row.replay_to
      ? { replay: { from: row.replay_from.getTime(), to: row.replay_to.getTime() } }
      : {}),
  };
}

export async function writeProgress(
  db: Queryable,
  { doneXact, timesUntil, replay, keptFrom }: Progress,
): Promise<void> {
  await db.query(
    `INSERT INTO report_progress (done_xact, times_until, replay_from, replay_to, kept_from)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (single) DO UPDATE SET done_xact = EXCLUDED.done_xact, times_until = EXCLUDED.times_until,
        replay_from = EXCLUDED.replay_from, replay_to = EXCLUDED.replay_to, kept_from = EXCLUDED.kept_from`,
    [
      doneXact,
      new Date(timesUntil),
      replay ? new Date(replay.from) : null,
      replay ? new Date(replay.to) : null,
      new Date(keptFrom),
    ],
  );
}
