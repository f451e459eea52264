import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { CalendarConfig, Closure } from '../../model/calendar.ts';
import { type CalendarId, calendarId } from '../../model/ids.ts';
import type { CalendarRepository } from '../../runtime/ports/objects.ts';
import type { Queryable } from '../pool.ts';
import { pinMatches } from '../secrets.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

type Settings = Pick<CalendarConfig, 'hours' | 'holidays' | 'phones'>;

interface CalendarRow extends RevisedRow {
  readonly name: string;
  readonly zone: string;
  readonly settings: Partial<Settings>;
  readonly closure: Closure | null;
}

/** The closure and the PIN are not among what is written with the rest. */
const table: KeyedTable<CalendarConfig, CalendarRow> = {
  noun: 'calendar',
  table: 'calendars',
  keyColumn: 'id',
  select: 'SELECT id AS key, name, zone, settings, closure, revision, updated_at FROM calendars',
  columns: { id: 'text', name: 'text', zone: 'text', settings: 'jsonb' },
  rowOf: ({ id, name, zone, hours, holidays, phones }) => ({
    id,
    name,
    zone,
    settings: { hours, holidays, phones } satisfies Settings,
  }),
  toItem: (row) => ({
    id: calendarId(row.key),
    name: row.name,
    zone: row.zone,
    hours: row.settings.hours ?? [],
    holidays: row.settings.holidays ?? [],
    phones: row.settings.phones ?? [],
    ...(row.closure ? { closure: row.closure } : {}),
  }),
};

export function calendarRepository(
  db: Queryable,
  hashPin: (pin: string) => Promise<string>,
): CalendarRepository {
  const base = keyedRepository<CalendarConfig, CalendarId, CalendarRow>(db, table);
  const missing = (id: CalendarId) => refusal('NOT_FOUND', `There is no calendar ${id}.`);
  return {
    ...base,
    async setPin(id, pin) {
      const hash = pin === null ? null : await hashPin(pin);
      const { rowCount } = await db.query('UPDATE calendars SET pin_hash = $2 WHERE id = $1', [
        id,
        hash,
      ]);
      return rowCount === 0 ? err(missing(id)) : ok(undefined);
    },
    hasPin: (id, pin) => calendarPins(db).verify(id, pin),
    async setClosure(id, closure) {
      await db.query(
        `UPDATE calendars SET closure = $2, revision = revision + 1, updated_at = now() WHERE id = $1`,
        [id, closure ? JSON.stringify(closure) : null],
      );
      const calendar = await base.get(id);
      return calendar ? ok(calendar) : err(missing(id));
    },
  };
}

/** Every calendar, for the flows. */
export async function allCalendars(db: Queryable): Promise<readonly CalendarConfig[]> {
  const { rows } = await db.query<CalendarRow>(`${table.select} ORDER BY id`);
  return rows.map(table.toItem);
}

export interface CalendarPins {
  /** False for a wrong one, and where there is none. Rejects when the database is away. */
  verify(id: CalendarId, pin: string): Promise<boolean>;
}

export const calendarPins = (db: Queryable): CalendarPins => ({
  async verify(id, pin) {
    const { rows } = await db.query<{ pin_hash: string | null }>(
      'SELECT pin_hash FROM calendars WHERE id = $1',
      [id],
    );
    const hash = rows[0]?.pin_hash;
    return typeof hash === 'string' && (await pinMatches(pin, hash));
  },
});
