import type { QueryResultRow } from 'pg';
import { queueId } from '../model/ids.ts';
import { QUEUE_DEFAULTS } from '../model/queue.ts';
import type { QueueToday, TodaySource } from '../runtime/ports/feed.ts';
import type { Queryable } from './pool.ts';

interface Row extends QueryResultRow {
  readonly queue_id: string;
  readonly offered: string;
  readonly answered: string;
  readonly within: string;
  readonly abandoned: string;
  readonly short: string;
  readonly other: string;
  readonly waited: string;
}

const TODAY = `SELECT queue_id, count(*) AS offered, count(connected_at) AS answered,
    count(*) FILTER (WHERE connected_at IS NOT NULL AND wait_ms <= coalesce((q.settings ->> 'serviceLevelMs')::int, $2))
      AS within,
    count(*) FILTER (WHERE connected_at IS NULL AND outcome = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE connected_at IS NULL AND outcome = 'shortAbandon') AS short,
    count(*) FILTER (WHERE connected_at IS NULL AND outcome NOT IN ('abandoned', 'shortAbandon')) AS other,
    coalesce(sum(wait_ms) FILTER (WHERE connected_at IS NOT NULL), 0) AS waited
  FROM cdrs LEFT JOIN queues AS q ON q.id = queue_id
  WHERE arrived_at >= $1 AND queue_id IS NOT NULL AND queued_at IS NOT NULL
  GROUP BY queue_id`;

/** The day from the calls' records: a call counts for the queue that it was in last. */
export function todaySource(db: Queryable): TodaySource {
  return {
    async since(from) {
      const { rows } = await db.query<Row>(TODAY, [new Date(from), QUEUE_DEFAULTS.serviceLevelMs]);
      return new Map(rows.map((row) => [queueId(row.queue_id), figuresOf(row)]));
    },
  };
}

const figuresOf = (row: Row): QueueToday => ({
  offered: Number(row.offered),
  answered: Number(row.answered),
  answeredWithin: Number(row.within),
  abandoned: Number(row.abandoned),
  shortAbandons: Number(row.short),
  leftOtherwise: Number(row.other),
  waitedMs: Number(row.waited),
});
