import type { Language } from '../../model/contact.ts';
import { calendarId, flowId } from '../../model/ids.ts';
import type { NumberConfig } from '../../model/number.ts';
import type { NumberRepository } from '../../runtime/ports/objects.ts';
import type { Queryable } from '../pool.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

interface NumberRow extends RevisedRow {
  readonly name: string;
  readonly flow_id: string;
  readonly language: string;
  readonly country: string;
  readonly calendar_id: string | null;
}

const table: KeyedTable<NumberConfig, NumberRow> = {
  noun: 'number',
  table: 'numbers',
  keyColumn: 'dnis',
  select: `SELECT dnis AS key, name, flow_id, language, country, calendar_id, revision, updated_at
    FROM numbers`,
  columns: {
    dnis: 'text',
    name: 'text',
    flow_id: 'text',
    language: 'text',
    country: 'text',
    calendar_id: 'text',
  },
  filters: {
    flowId: (place) => `flow_id = ${place}`,
    calendarId: (place) => `calendar_id = ${place}`,
    language: (place) => `language = ${place}`,
  },
  rowOf: ({ dnis, name, flowId, language, country, calendarId }) => ({
    dnis,
    name,
    flow_id: flowId,
    language,
    country,
    calendar_id: calendarId,
  }),
  toItem: (row) => ({
    dnis: row.key,
    name: row.name,
    flowId: flowId(row.flow_id),
    language: row.language as Language,
    country: row.country,
    ...(row.calendar_id === null ? {} : { calendarId: calendarId(row.calendar_id) }),
  }),
};

export const numberRepository = (db: Queryable): NumberRepository => keyedRepository(db, table);

/** Every number, for the engine. */
export async function allNumbers(db: Queryable): Promise<readonly NumberConfig[]> {
  const { rows } = await db.query<NumberRow>(`${table.select} ORDER BY dnis`);
  return rows.map(table.toItem);
}
