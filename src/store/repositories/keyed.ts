import type { QueryConfig } from 'pg';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { type OneRefused, oneByOne } from '../../lib/one-by-one.ts';
import { optional } from '../../lib/optional.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ListRequest, ManyRepository, Page, Stored } from '../../runtime/ports/lists.ts';
import { Conditions, listObjects } from '../listing.ts';
import { partsOf } from '../parts.ts';
import {
  constraintOf,
  FOREIGN_KEY_VIOLATION,
  type Queryable,
  sqlState,
  UNIQUE_VIOLATION,
} from '../pool.ts';
import { type KeyedTable, type RevisedRow, statementsOf, storedBy } from './keyed-table.ts';

export type { KeyedTable, RevisedRow };

/** SQLSTATEs of violated constraints. */
const CONSTRAINT_CLASS = '23';

/** The repository of one table whose rows have a key, over a pool or inside a transaction. */
export function keyedRepository<T, Key extends string, Row extends RevisedRow>(
  db: Queryable,
  table: KeyedTable<T, Row>,
): ManyRepository<T, Key> {
  const { noun } = table;
  const statements = statementsOf(table);
  const stored = storedBy(table);
  const missing = (key: string): Refusal => refusal('NOT_FOUND', `There is no ${noun} ${key}.`);
  const getAll = async (keys: readonly string[]): Promise<readonly Stored<T>[]> => {
    const found: Stored<T>[] = [];
    for (const part of partsOf(keys))
      found.push(...(await db.query<Row>(statements.get(part))).rows.map(stored));
    return found;
  };
  const get = async (key: string): Promise<Stored<T> | undefined> => (await getAll([key]))[0];
  const write = async (does: Writing, item: T): Promise<Result<undefined, Refusal>> => {
    const key = statements.keyOf(item);
    try {
      const { rowCount } = await db.query(statements[does]([item]));
      return rowCount === 0 ? err(missing(key)) : ok(undefined);
    } catch (error) {
      return err(writeRefusal(error, noun, key));
    }
  };
  const writeOne = async (does: Writing, item: T): Promise<Result<Stored<T>, Refusal>> => {
    const written = await write(does, item);
    if (!written.ok) return written;
    const key = statements.keyOf(item);
    const found = await get(key);
    return found ? ok(found) : err(missing(key));
  };
  const remove = async (key: string): Promise<Result<undefined, Refusal>> => {
    try {
      const removed = await db.query(statements.remove([key]));
      return removed.rowCount === 0 ? err(missing(key)) : ok(undefined);
    } catch (error) {
      if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
      return err(refusal('IN_USE', `The ${noun} ${key} ${usedBy(error)}.`));
    }
  };
  const writeAll = (does: Writing, items: readonly T[]) =>
    allOf(db, items, {
      atOnce: statements[does],
      keyOf: statements.keyOf,
      one: (item) => write(does, item),
    });
  return {
    get,
    getAll,
    list: (request) => listByKey(db, table, request),
    create: (item) => writeOne('insert', item),
    replace: (item) => writeOne('update', item),
    remove,
    createAll: (items) => writeAll('insert', items),
    replaceAll: (items) => writeAll('update', items),
    removeAll: (keys) => allOf(db, keys, { atOnce: statements.remove, keyOf: String, one: remove }),
  };
}

type Writing = 'insert' | 'update';

interface Work<Item> {
  readonly atOnce: (items: readonly Item[]) => QueryConfig;
  readonly keyOf: (item: Item) => string;
  readonly one: (item: Item) => Promise<Result<unknown, Refusal>>;
}

/** By few statements; whose fault it is that one fails, each by itself tells. */
async function allOf<Item>(
  db: Queryable,
  items: readonly Item[],
  { atOnce, keyOf, one }: Work<Item>,
): Promise<Result<undefined, OneRefused>> {
  for (const part of partsOf(items)) {
    if (part.length > 1 && (await isDone(db, atOnce(part), part.length))) continue;
    const done = await oneByOne(part, keyOf, one);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** False: it is not possible for all of them, and was done for none. Within a transaction. */
async function isDone(db: Queryable, statement: QueryConfig, count: number): Promise<boolean> {
  await db.query('SAVEPOINT several');
  try {
    if ((await db.query(statement)).rowCount === count) {
      await db.query('RELEASE SAVEPOINT several');
      return true;
    }
  } catch (error) {
    if (!sqlState(error)?.startsWith(CONSTRAINT_CLASS)) throw error;
  }
  await db.query('ROLLBACK TO SAVEPOINT several');
  return false;
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
