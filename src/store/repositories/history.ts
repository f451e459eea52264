import type { QueryResultRow } from 'pg';
import type { Refusal } from '../../lib/errors.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { CallOutcome, PastCall } from '../../model/call.ts';
import { agentId, type ContactId, callId, queueId } from '../../model/ids.ts';
import type { ContactCall } from '../../runtime/ports/contacts.ts';
import type { Page, PageRequest } from '../../runtime/ports/lists.ts';
import { placeIn } from '../listing.ts';
import { pageOf } from '../paging.ts';
import type { Queryable } from '../pool.ts';
import { BY_ARRIVAL } from './cdrs.ts';

export interface PastCallRow extends QueryResultRow {
  readonly arrived_at: Date;
  readonly intent: string | null;
  readonly queue_id: string | null;
  readonly agent_id: string | null;
  readonly outcome: CallOutcome;
}

export const pastCallOf = (row: PastCallRow): PastCall => ({
  at: row.arrived_at.getTime(),
  outcome: row.outcome,
  ...(row.intent === null ? {} : { intent: row.intent }),
  ...(row.queue_id === null ? {} : { queueId: queueId(row.queue_id) }),
  ...(row.agent_id === null ? {} : { agentId: agentId(row.agent_id) }),
});

type HistoryRow = PastCallRow & { readonly call_id: string; readonly talk_ms: number };

const COLUMNS = 'call_id, arrived_at, intent, queue_id, agent_id, outcome, talk_ms';
const NEWEST =
  '(arrived_at, call_id) < ($2::timestamptz, $3) ORDER BY arrived_at DESC, call_id DESC';

/** Each half has its own index; a call that is in both is there once. */
const HISTORY = {
  name: 'contact_history',
  text: `SELECT ${COLUMNS} FROM (
      (SELECT ${COLUMNS} FROM cdrs WHERE contact_id = $1 AND ${NEWEST} LIMIT $4)
      UNION
      (SELECT ${COLUMNS} FROM cdrs
        WHERE ani = ANY (ARRAY(SELECT e164 FROM contact_numbers WHERE contact_id = $1)) AND ${NEWEST} LIMIT $4)
    ) AS calls
    ORDER BY arrived_at DESC, call_id DESC LIMIT $4`,
};

/** Later than any call. */
const FIRST_PAGE = ['infinity', ''];

/** The calls of a contact, by whatever number, the newest first. */
export async function contactHistory(
  db: Queryable,
  id: ContactId,
  { limit, cursor }: PageRequest,
): Promise<Result<Page<ContactCall>, Refusal>> {
  const before = placeIn(cursor, BY_ARRIVAL);
  if (!before.ok) return before;
  const { rows } = await db.query<HistoryRow>({
    ...HISTORY,
    values: [id, ...(before.value ?? FIRST_PAGE), limit + 1],
  });
  return ok(
    pageOf(
      rows,
      limit,
      (row) => [row.arrived_at.toISOString(), row.call_id],
      (row) => ({ ...pastCallOf(row), callId: callId(row.call_id), talkMs: row.talk_ms }),
    ),
  );
}
