import type { QueryResultRow } from 'pg';
import type { CallRecords, WrapUp } from '../../facts/call-facts.ts';
import { DAY_MS, type EpochMs } from '../../lib/clock.ts';
import type { CallEvent, CallOutcome } from '../../model/call.ts';
import { callId } from '../../model/ids.ts';
import type { Queryable } from '../pool.ts';

/** A promise may be kept weeks after it was made; nothing of a call is further apart. */
export const CALL_SPANS_MS_MAX = 40 * DAY_MS;
const WRAP_UP_MS_MAX = DAY_MS;

interface EventRow extends QueryResultRow {
  readonly call_id: string;
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What facts are made of; the rest of a history (what the flow said, legs, announcements) stays where it is. */
const TYPES = [
  'call.%',
  'offer.%',
  'callback.%',
  'agent.answered',
  'agent.left',
  'ledger',
  'flow.node',
];

/** Everything that is known of these calls. `since`: nothing of them is older. */
export async function readCalls(
  db: Queryable,
  ids: readonly string[],
  since: EpochMs,
): Promise<readonly CallRecords[]> {
  const from = new Date(since);
  const events = await eventsOf(db, ids, from);
  const ends = await endsOf(db, ids, from);
  const wrapUps = await wrapUpsOf(db, ids, from);
  return ids.map((id) => {
    const cdr = ends.get(id);
    return {
      callId: id,
      events: events.get(id) ?? [],
      wrapUps: wrapUps.get(id) ?? [],
      ...(cdr ? { cdr } : {}),
    };
  });
}

async function eventsOf(
  db: Queryable,
  ids: readonly string[],
  from: Date,
): Promise<ReadonlyMap<string, CallEvent[]>> {
  const { rows } = await db.query<EventRow>({
    name: 'report_events',
    text: `SELECT call_id, seq, at, type, data FROM call_events
      WHERE call_id = ANY ($1) AND at >= $2 AND type LIKE ANY ($3)`,
    values: [ids, from, TYPES],
  });
  return grouped(rows, ({ call_id, at, ...rest }) => ({
    callId: callId(call_id),
    at: at.getTime(),
    ...rest,
  }));
}

async function endsOf(db: Queryable, ids: readonly string[], from: Date) {
  const { rows } = await db.query<{ call_id: string; outcome: CallOutcome; ended_at: Date }>({
    name: 'report_cdrs',
    text: 'SELECT call_id, outcome, ended_at FROM cdrs WHERE call_id = ANY ($1) AND arrived_at >= $2',
    values: [ids, from],
  });
  return new Map(
    rows.map((row) => [row.call_id, { outcome: row.outcome, endedAt: row.ended_at.getTime() }]),
  );
}

/** Until the agent's next change of state; whoever is still at it is told of when they are not. */
async function wrapUpsOf(
  db: Queryable,
  ids: readonly string[],
  from: Date,
): Promise<ReadonlyMap<string, WrapUp[]>> {
  const { rows } = await db.query<{ call_id: string; agent_id: string; at: Date; ends: Date }>({
    name: 'report_wrap_ups',
    text: `SELECT s.call_id, s.agent_id, s.at, next.at AS ends FROM agent_states s
      CROSS JOIN LATERAL (
        SELECT n.at FROM agent_states n
        WHERE n.agent_id = s.agent_id AND (n.at, n.seq) > (s.at, s.seq)
          AND n.at >= s.at AND n.at < s.at + $3 * interval '1 millisecond'
        ORDER BY n.at, n.seq LIMIT 1) next
      WHERE s.kind = 'wrapUp' AND s.call_id = ANY ($1) AND s.at >= $2`,
    values: [ids, from, WRAP_UP_MS_MAX],
  });
  return grouped(rows, ({ agent_id, at, ends }) => ({
    agentId: agent_id,
    from: at.getTime(),
    to: ends.getTime(),
  }));
}

function grouped<Row extends { readonly call_id: string }, T>(
  rows: readonly Row[],
  toItem: (row: Row) => T,
): ReadonlyMap<string, T[]> {
  const byCall = new Map<string, T[]>();
  for (const row of rows) {
    const known = byCall.get(row.call_id);
    if (known) known.push(toItem(row));
    else byCall.set(row.call_id, [toItem(row)]);
  }
  return byCall;
}
