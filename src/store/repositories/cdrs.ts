import type { QueryResultRow } from 'pg';
import { decodeCursor } from '../../lib/cursor.ts';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { CallEvent, CallOutcome, Cdr } from '../../model/call.ts';
import type { CallerStatus } from '../../model/contact.ts';
import { agentId, callbackId, callId, contactId, queueId, recordingId } from '../../model/ids.ts';
import type { CdrFilter, CdrRepository } from '../../runtime/ports.admin.ts';
import { pageOf } from '../paging.ts';
import type { Queryable } from '../pool.ts';

interface CdrRow extends QueryResultRow {
  readonly call_id: string;
  readonly sip_call_id: string;
  readonly dnis: string;
  readonly ani: string | null;
  readonly status: CallerStatus;
  readonly contact_id: string | null;
  readonly caller_name: string | null;
  readonly intent: string | null;
  readonly queue_id: string | null;
  readonly agent_id: string | null;
  readonly arrived_at: Date;
  readonly queued_at: Date | null;
  readonly connected_at: Date | null;
  readonly ended_at: Date;
  readonly wait_ms: number;
  readonly talk_ms: number;
  readonly outcome: CallOutcome;
  readonly ended_by: Cdr['endedBy'];
  readonly variables: Readonly<Record<string, string>>;
  readonly direction: 'inbound' | 'outbound';
  readonly callback_id: string | null;
  readonly original_call_id: string | null;
  readonly transferred_to: string | null;
  readonly survey: Readonly<Record<string, number>> | null;
  readonly recording_ids: readonly string[] | null;
  readonly recording_refused: boolean;
  readonly hold_ms: number;
  readonly agents: Cdr['agents'] | null;
}

interface EventRow extends QueryResultRow {
  readonly call_id: string;
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const toCdr = (row: CdrRow): Cdr => ({
  callId: callId(row.call_id),
  sipCallId: row.sip_call_id,
  dnis: row.dnis,
  ...(row.ani === null ? {} : { ani: row.ani }),
  status: row.status,
  ...(row.contact_id === null ? {} : { contactId: contactId(row.contact_id) }),
  ...(row.caller_name === null ? {} : { callerName: row.caller_name }),
  ...(row.intent === null ? {} : { intent: row.intent }),
  ...(row.queue_id === null ? {} : { queueId: queueId(row.queue_id) }),
  ...(row.agent_id === null ? {} : { agentId: agentId(row.agent_id) }),
  arrivedAt: row.arrived_at.getTime(),
  ...(row.queued_at === null ? {} : { queuedAt: row.queued_at.getTime() }),
  ...(row.connected_at === null ? {} : { connectedAt: row.connected_at.getTime() }),
  endedAt: row.ended_at.getTime(),
  waitMs: row.wait_ms,
  talkMs: row.talk_ms,
  outcome: row.outcome,
  endedBy: row.ended_by,
  variables: row.variables,
  ...(row.direction === 'outbound' ? { direction: row.direction } : {}),
  ...(row.callback_id === null ? {} : { callbackId: callbackId(row.callback_id) }),
  ...(row.original_call_id === null ? {} : { originalCallId: callId(row.original_call_id) }),
  ...(row.transferred_to === null ? {} : { transferredTo: row.transferred_to }),
  ...(row.survey === null ? {} : { survey: row.survey }),
  ...(row.recording_ids === null ? {} : { recordingIds: row.recording_ids.map(recordingId) }),
  ...(row.recording_refused ? { recordingRefused: true } : {}),
  ...(row.agents ? { holdMs: row.hold_ms, agents: row.agents } : {}),
});

const toEvent = (row: EventRow): CallEvent => ({
  callId: callId(row.call_id),
  seq: row.seq,
  at: row.at.getTime(),
  type: row.type,
  data: row.data,
});

export function cdrRepository(db: Queryable): CdrRepository {
  return {
    async list(filter, request) {
      const before = decodePlace(request.cursor);
      if (!before.ok) return before;
      const { where, values } = conditions(filter, before.value);
      const { rows } = await db.query<CdrRow>(
        `SELECT * FROM cdrs ${where} ORDER BY arrived_at DESC, call_id DESC LIMIT $${values.length + 1}`,
        [...values, request.limit + 1],
      );
      const keyOf = (row: CdrRow) => [row.arrived_at.toISOString(), row.call_id];
      return ok(pageOf(rows, request.limit, keyOf, toCdr));
    },
    async get(id) {
      const { rows } = await db.query<CdrRow>('SELECT * FROM cdrs WHERE call_id = $1 LIMIT 1', [
        id,
      ]);
      return rows[0] && toCdr(rows[0]);
    },
    async events(id, request) {
      const after = decodeSeq(request.cursor);
      if (!after.ok) return after;
      const { rows } = await db.query<EventRow>(
        'SELECT * FROM call_events WHERE call_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
        [id, after.value, request.limit + 1],
      );
      return ok(pageOf(rows, request.limit, (row) => [String(row.seq)], toEvent));
    },
  };
}

const forged = refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.');

/** Where a page of calls goes on, the newest first. */
export function decodePlace(
  cursor: string | undefined,
): Result<{ at: string; callId: string } | undefined, Refusal> {
  const key = decodeCursor(cursor, 2);
  if (!key.ok) return key;
  if (!key.value) return ok(undefined);
  const [at = '', id = ''] = key.value;
  const valid = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(at) && !Number.isNaN(Date.parse(at));
  return valid ? ok({ at, callId: id }) : err(forged);
}

function decodeSeq(cursor: string | undefined): Result<number, Refusal> {
  const key = decodeCursor(cursor, 1);
  if (!key.ok) return key;
  const text = key.value?.[0] ?? '0';
  return /^\d{1,9}$/.test(text) ? ok(Number(text)) : err(forged);
}

/** Only what was asked for becomes a condition, so that each shape of question gets its own index. */
function conditions(
  filter: CdrFilter,
  before: { at: string; callId: string } | undefined,
): { where: string; values: unknown[] } {
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (sql: (place: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  add((p) => `arrived_at >= ${p}`, filter.from === undefined ? undefined : new Date(filter.from));
  add((p) => `arrived_at < ${p}`, filter.to === undefined ? undefined : new Date(filter.to));
  add((p) => `queue_id = ${p}`, filter.queueId);
  add((p) => `agent_id = ${p}`, filter.agentId);
  add((p) => `(agent_id IS NULL OR agent_id = ANY (${p}))`, filter.within);
  add((p) => `dnis = ${p}`, filter.dnis);
  add((p) => `ani = ${p}`, filter.ani);
  add((p) => `outcome = ${p}`, filter.outcome);
  add((p) => `callback_id = ${p}`, filter.callbackId);
  if (filter.surveyed) parts.push('survey IS NOT NULL');
  if (before) {
    values.push(before.at, before.callId);
    parts.push(
      `(arrived_at, call_id) < ($${values.length - 1}::timestamptz, $${values.length}::text)`,
    );
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}
