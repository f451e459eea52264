import type { QueryResultRow } from 'pg';
import { agentId, queueId } from '../../model/ids.ts';
import type { SurveyReport } from '../../runtime/ports/cdrs.ts';
import type { Queryable } from '../pool.ts';

interface Row extends QueryResultRow {
  readonly question: string;
  readonly queue_id: string | null;
  readonly agent_id: string | null;
  readonly answers: number;
  readonly mean: number;
  readonly scores: number[];
}

/** More lines than this are no summary. */
const LINES_MAX = 5_000;

/** What callers answered, from the calls' records. */
export function surveyReport(db: Queryable): SurveyReport {
  return {
    async summary({ from, to, queueId: queue, agentId: agent }) {
      const { rows } = await db.query<Row>(
        `SELECT key AS question, queue_id, agent_id, count(*)::int AS answers, avg(value::int)::float8 AS mean,
           ARRAY[${[1, 2, 3, 4, 5].map((score) => `count(*) FILTER (WHERE value = '${score}')::int`).join(', ')}]
             AS scores
         FROM cdrs, jsonb_each_text(survey)
         WHERE survey IS NOT NULL
           AND ($1::timestamptz IS NULL OR arrived_at >= $1) AND ($2::timestamptz IS NULL OR arrived_at < $2)
           AND ($3::text IS NULL OR queue_id = $3) AND ($4::text IS NULL OR agent_id = $4)
         GROUP BY key, queue_id, agent_id ORDER BY key, queue_id, agent_id LIMIT ${LINES_MAX}`,
        [
          from === undefined ? null : new Date(from),
          to === undefined ? null : new Date(to),
          queue ?? null,
          agent ?? null,
        ],
      );
      return rows.map((row) => ({
        question: row.question,
        ...(row.queue_id === null ? {} : { queueId: queueId(row.queue_id) }),
        ...(row.agent_id === null ? {} : { agentId: agentId(row.agent_id) }),
        answers: row.answers,
        mean: row.mean,
        scores: row.scores,
      }));
    },
  };
}
