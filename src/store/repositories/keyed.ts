import type { QueryResultRow } from 'pg';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ListRequest, Page, Repository, Stored } from '../../runtime/ports/lists.ts';
import { Conditions, listObjects, type ObjectListing } from '../listing.ts';
import {
  constraintOf,
  FOREIGN_KEY_VIOLATION,
  type Queryable,
  sqlState,
  UNIQUE_VIOLATION,
} from '../pool.ts';

/** The columns that every table of the configuration has. */
export interface RevisedRow extends QueryResultRow {
  readonly key: string;
  readonly revision: number;
  readonly updated_at: Date;
}

/** What tells one aggregate's table from another's. Every statement returns nothing, or the rows of `select`. */
export interface KeyedTable<T, Row extends RevisedRow>
  extends Pick<ObjectListing<Row, T>, 'nameSql' | 'findsBeginnings'> {
  /** For messages: `number`, `queue`. */
  readonly noun: string;
  /** `SELECT … FROM table`, with the key named `key`, without WHERE. */
  readonly select: string;
  readonly keyColumn: string;
  readonly insert: string;
  readonly update: string;
  readonly remove: string;
  /** What a list may be narrowed by: conditions, given the place of the value. */
  readonly filters?: Readonly<Record<string, (place: string) => string>>;
  /** The parameters of insert and update, the key first. */
  parametersOf(item: T): unknown[];
  toItem(row: Row): T;
}

/** A row as the item that it is, with its revision. */
export const storedBy =
  <T, Row extends RevisedRow>(table: KeyedTable<T, Row>) =>
  (row: Row): Stored<T> => ({
    ...table.toItem(row),
    revision: row.revision,
    updatedAt: row.updated_at.getTime(),
  });

/** The repository of one table whose rows have a key, over a pool or inside a transaction. */
export function keyedRepository<T, Key extends string, Row extends RevisedRow>(
  db: Queryable,
  table: KeyedTable<T, Row>,
): Repository<T, Key> {
  const stored = storedBy(table);
  const get = async (key: string): Promise<Stored<T> | undefined> => {
    const { rows } = await db.query<Row>({
      name: `get_${table.noun}`,
      text: `${table.select} WHERE ${table.keyColumn} = $1`,
      values: [key],
    });
    return rows[0] && stored(rows[0]);
  };
  const missing = (key: string): Refusal =>
    refusal('NOT_FOUND', `There is no ${table.noun} ${key}.`);
  const write = async (does: 'insert' | 'update', item: T): Promise<Result<Stored<T>, Refusal>> => {
    const values = table.parametersOf(item);
    const key = String(values[0]);
    try {
      // By name: of thousands, as a file has them, the database plans the first.
      const written = await db.query({ name: `${does}_${table.noun}`, text: table[does], values });
      if (written.rowCount === 0) return err(missing(key));
    } catch (error) {
      return err(writeRefusal(error, table.noun, key));
    }
    const found = await get(key);
    return found ? ok(found) : err(missing(key));
  };
  return {
    get,
    list: (request) => listByKey(db, table, request),
    create: (item) => write('insert', item),
    replace: (item) => write('update', item),
    async remove(key) {
      try {
        const removed = await db.query(table.remove, [key]);
        return removed.rowCount === 0 ? err(missing(key)) : ok(undefined);
      } catch (error) {
        if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
        return err(refusal('IN_USE', `The ${table.noun} ${key} ${usedBy(error)}.`));
      }
    },
  };
}

/** With `keys`, those alone. */
export function listByKey<T, Row extends RevisedRow>(
  db: Queryable,
  { filters = {}, ...table }: KeyedTable<T, Row>,
  { where = {}, ...request }: ListRequest,
  keys?: readonly string[],
): Promise<Result<Page<Stored<T>>, Refusal>> {
  const conditions = new Conditions();
  conditions.add(keys, (place) => `key = ANY (${place})`);
  for (const [name, filter] of Object.entries(filters)) conditions.add(where[name], filter);
  const { nameSql, findsBeginnings, select: from } = table;
  return listObjects<Row, Stored<T>>(
    db,
    {
      from,
      key: 'key',
      ...optional('nameSql', nameSql),
      ...optional('findsBeginnings', findsBeginnings),
      toItem: storedBy(table),
    },
    request,
    conditions,
  );
}

/** A violated constraint as a sentence; whatever else went wrong is thrown on. */
function writeRefusal(error: unknown, noun: string, key: string): Refusal {
  const constraint = constraintOf(error);
  if (sqlState(error) === UNIQUE_VIOLATION) {
    if (constraint === 'agents_extension_unique')
      return refusal('ALREADY_EXISTS', 'Another agent has this extension.');
    if (constraint.endsWith('_code_unique'))
      return refusal('ALREADY_EXISTS', `Another ${noun} has this code.`);
    if (constraint === 'contact_numbers_pkey')
      return refusal('ALREADY_EXISTS', 'One of the numbers belongs to another contact.');
    return refusal('ALREADY_EXISTS', `There is a ${noun} ${key} already.`);
  }
  if (sqlState(error) === FOREIGN_KEY_VIOLATION) {
    const what = ['flow', 'calendar'].find((name) => constraint.includes(name)) ?? 'queue';
    const problem = `The ${noun} ${key} names a ${what} that does not exist.`;
    return refusal('CONFIGURATION_REFUSED', problem, [problem]);
  }
  throw error;
}

function usedBy(error: unknown): string {
  const constraint = constraintOf(error);
  if (constraint === 'numbers_calendar_id_fkey') return 'has the hours of a number';
  if (constraint.startsWith('numbers_')) return 'is what callers of a number hear';
  if (constraint.startsWith('agent_queues_')) return 'still has agents';
  return 'is still needed';
}
