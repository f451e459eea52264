import type { QueryResultRow } from 'pg';
import { csvRow } from '../../lib/csv.ts';
import { decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { ExportName, ExportQuery, Exports } from '../../runtime/ports/reports.ts';
import type { Queryable } from '../pool.ts';

/** A batch is some hundred kilobytes to a few megabytes. */
const ROWS_AT_ONCE = 2_000;

/** A table, the column of time, what makes rows of one moment differ, and what is told of each. */
interface ExportTable {
  readonly table: string;
  readonly at: string;
  readonly ties: readonly (readonly [column: string, type: string])[];
  readonly fields: Readonly<Record<string, string>>;
}

const TABLES: Readonly<Record<ExportName, ExportTable>> = {
  cdrs: {
    table: 'cdrs',
    at: 'arrived_at',
    ties: [['call_id', 'text']],
    fields: {
      callId: 'call_id',
      sipCallId: 'sip_call_id',
      direction: 'direction',
      dnis: 'dnis',
      ani: 'ani',
      status: 'status',
      contactId: 'contact_id',
      callerName: 'caller_name',
      intent: 'intent',
      queueId: 'queue_id',
      agentId: 'agent_id',
      arrivedAt: 'arrived_at',
      queuedAt: 'queued_at',
      connectedAt: 'connected_at',
      endedAt: 'ended_at',
      waitMs: 'wait_ms',
      talkMs: 'talk_ms',
      holdMs: 'hold_ms::float8',
      outcome: 'outcome',
      endedBy: 'ended_by',
      callbackId: 'callback_id',
      originalCallId: 'original_call_id',
      transferredTo: 'transferred_to',
      survey: 'survey',
      agents: 'agents',
      recordingIds: 'recording_ids',
      recordingRefused: 'recording_refused',
      variables: 'variables',
    },
  },
  events: {
    table: 'call_events',
    at: 'at',
    ties: [
      ['call_id', 'text'],
      ['seq', 'integer'],
    ],
    fields: { callId: 'call_id', seq: 'seq', at: 'at', type: 'type', data: 'data' },
  },
  'agent-states': {
    table: 'agent_states',
    at: 'at',
    ties: [
      ['agent_id', 'text'],
      ['seq', 'bigint'],
    ],
    fields: {
      agentId: 'agent_id',
      at: 'at',
      state: 'kind',
      reason: 'reason',
      callId: 'call_id',
    },
  },
};

export function recordExports(db: Queryable): Exports {
  return {
    header: (name) => csvRow(Object.keys(TABLES[name].fields)),
    async batch(name, query) {
      const table = TABLES[name];
      const place = decodeCursor(query.cursor, table.ties.length + 1);
      if (!place.ok) return place;
      if (place.value && !isPlace(table, place.value))
        return err(refusal('CURSOR_INVALID', 'Use the cursor that the part before came with.'));
      const rows = await readRows(db, table, query, place.value);
      const shown = rows.slice(0, ROWS_AT_ONCE);
      const last = rows.length > ROWS_AT_ONCE ? shown.at(-1) : undefined;
      return ok({
        text: textOf(table, query, shown),
        ...(last ? { cursor: encodeCursor(placeOf(table, last)) } : {}),
      });
    },
  };
}

/** Ordered by time first, which is what there is an index on; rows of the same moment by the rest. */
async function readRows(
  db: Queryable,
  { table, at, ties, fields }: ExportTable,
  { from, to }: ExportQuery,
  place: readonly string[] | undefined,
): Promise<readonly QueryResultRow[]> {
  const order = [at, ...ties.map(([column]) => column)].join(', ');
  const types = ['timestamptz', ...ties.map(([, type]) => type)];
  const places = types.map((type, index) => `$${index + 4}::${type}`).join(', ');
  const goesOn = place ? `AND ${at} >= $4::timestamptz AND (${order}) > (${places})` : '';
  const columns = Object.entries(fields).map(([name, column]) => `${column} AS "${name}"`);
  const { rows } = await db.query(
    `SELECT ${columns.join(', ')}, ${at}::text AS place_at, ${ties.map(([column]) => `${column}::text AS place_${column}`).join(', ')}
     FROM ${table} WHERE ${at} >= $1 AND ${at} < $2 ${goesOn} ORDER BY ${order} LIMIT $3`,
    [new Date(from), new Date(to), ROWS_AT_ONCE + 1, ...(place ?? [])],
  );
  return rows;
}

const placeOf = ({ ties }: ExportTable, row: QueryResultRow): readonly string[] => [
  String(row.place_at),
  ...ties.map(([column]) => String(row[`place_${column}`])),
];

/** Forged ones are refused here, not by the database. */
const isPlace = ({ ties }: ExportTable, [at = '', ...rest]: readonly string[]): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(at) &&
  !Number.isNaN(Date.parse(at.replace(/([+-]\d\d)$/, '$1:00'))) &&
  ties.every(([, type], index) => type === 'text' || /^\d{1,9}$/.test(rest[index] ?? ''));

function textOf(
  { fields }: ExportTable,
  { format }: ExportQuery,
  rows: readonly QueryResultRow[],
): string {
  const names = Object.keys(fields);
  if (format === 'csv')
    return rows.map((row) => csvRow(names.map((name) => told(row[name])))).join('');
  return rows
    .map((row) => {
      const present = names.filter((name) => row[name] !== null);
      return `${JSON.stringify(Object.fromEntries(present.map((name) => [name, told(row[name])])))}\n`;
    })
    .join('');
}

const told = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
