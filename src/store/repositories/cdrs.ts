import type { QueryResultRow } from 'pg';
import type { CallEvent, CallOutcome, Cdr } from '../../model/call.ts';
import type { CallerStatus } from '../../model/contact.ts';
import { agentId, callbackId, callId, contactId, queueId, recordingId } from '../../model/ids.ts';
import type { CdrFilter, CdrRepository } from '../../runtime/ports/cdrs.ts';
import { byTime, Conditions, listPage } from '../listing.ts';
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
  /** A bigint of the database. */
  readonly hold_ms: string;
  readonly agents: Cdr['agents'] | null;
  readonly dispositions?: Readonly<Record<string, string>> | null;
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
  ...(row.dispositions ? { dispositions: row.dispositions } : {}),
  ...(row.agents ? { holdMs: Number(row.hold_ms), agents: row.agents } : {}),
});

const toEvent = (row: EventRow): CallEvent => ({
  callId: callId(row.call_id),
  seq: row.seq,
  at: row.at.getTime(),
  type: row.type,
  data: row.data,
});

/** They are said after the call as well: the last word of each agent is in the history. */
const WITH_DISPOSITIONS = `SELECT *, (
    SELECT jsonb_object_agg(agent, disposition) FROM (
      SELECT DISTINCT ON (agent) data ->> 'agentId' AS agent, data ->> 'disposition' AS disposition
      FROM call_events WHERE call_id = $1 AND type = 'call.disposed' ORDER BY agent, seq DESC
    ) AS said) AS dispositions
  FROM cdrs WHERE call_id = $1 LIMIT 1`;

export function cdrRepository(db: Queryable): CdrRepository {
  return {
    list: (filter, { order, ...page }) =>
      listPage<CdrRow, Cdr>(
        db,
        {
          from: 'SELECT * FROM cdrs',
          by: BY_ARRIVAL,
          backwards: order !== 'oldest',
          toItem: toCdr,
        },
        conditions(filter),
        page,
      ),
    async get(id) {
      const { rows } = await db.query<CdrRow>(WITH_DISPOSITIONS, [id]);
      return rows[0] && toCdr(rows[0]);
    },
    events: (id, page) =>
      listPage<EventRow, CallEvent>(
        db,
        {
          from: 'SELECT * FROM call_events',
          by: [{ sql: 'seq', type: 'bigint' }],
          backwards: false,
          toItem: toEvent,
        },
        new Conditions().add(id, (place) => `call_id = ${place}`),
        page,
      ),
    async lastAgent(id) {
      const { rows } = await db.query<{ agent: string }>(
        `SELECT data ->> 'agentId' AS agent FROM call_events
         WHERE call_id = $1 AND data ->> 'agentId' IS NOT NULL ORDER BY seq DESC LIMIT 1`,
        [id],
      );
      return rows[0] && agentId(rows[0].agent);
    },
  };
}

/** Calls by when they came. */
export const BY_ARRIVAL = byTime('arrived_at', 'call_id');

const conditions = (filter: CdrFilter): Conditions =>
  new Conditions()
    .addTime(filter.from, (p) => `arrived_at >= ${p}`)
    .addTime(filter.to, (p) => `arrived_at < ${p}`)
    .add(filter.queueId, (p) => `queue_id = ${p}`)
    .add(filter.agentId, (p) => `agent_id = ${p}`)
    .add(filter.within, (p) => `(agent_id IS NULL OR agent_id = ANY (${p}))`)
    .add(filter.dnis, (p) => `dnis = ${p}`)
    .add(filter.ani, (p) => `ani = ${p}`)
    .add(filter.outcome, (p) => `outcome = ${p}`)
    .add(filter.callbackId, (p) => `callback_id = ${p}`)
    .add(filter.surveyed || undefined, (p) => `(survey IS NOT NULL) = ${p}`);
