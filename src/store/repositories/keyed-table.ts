import type { QueryConfig, QueryResultRow } from 'pg';
import type { Stored } from '../../runtime/ports/lists.ts';
import type { ObjectListing } from '../listing.ts';

/** The columns that every table of the configuration has. */
export interface RevisedRow extends QueryResultRow {
  readonly key: string;
  readonly revision: number;
  readonly updated_at: Date;
}

/** Names of columns, and their types. */
type Columns = Readonly<Record<string, string>>;

/**
 * What tells one aggregate's table from another's. One row or a thousand are written by the same statements, over
 * `written`: the rows that are brought, in their order.
 */
export interface KeyedTable<T, Row extends RevisedRow>
  extends Pick<ObjectListing<Row, T>, 'nameSql' | 'findsBeginnings'> {
  /** For messages: `number`, `queue`. */
  readonly noun: string;
  readonly table: string;
  /** `SELECT … FROM table`, with the key named `key`, without WHERE. */
  readonly select: string;
  readonly keyColumn: string;
  /** What is written. */
  readonly columns: Columns;
  /** What `written` has beside them, for other tables. */
  readonly lists?: Columns;
  /** What is written in other tables: common table expressions. `$2` of an update are the keys, for an index to be used. */
  readonly insertAlso?: string;
  readonly updateAlso?: string;
  /** What an update sets besides, of `kept`: with a comma in front. */
  readonly updateSets?: string;
  /** What a list may be narrowed by: conditions, given the place of the value. */
  readonly filters?: Readonly<Record<string, (place: string) => string>>;
  /** By the names of columns and lists; what is absent is null. */
  rowOf(item: T): Readonly<Record<string, unknown>>;
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

/** Statements have names: of thousands, as a file has them, the database plans the first. */
export interface Statements<T> {
  insert(items: readonly T[]): QueryConfig;
  update(items: readonly T[]): QueryConfig;
  remove(keys: readonly string[]): QueryConfig;
  get(keys: readonly string[]): QueryConfig;
}

export function statementsOf<T, Row extends RevisedRow>(
  about: KeyedTable<T, Row>,
): Statements<T> & { keyOf(item: T): string } {
  const { noun, table, select, keyColumn, rowOf } = about;
  const insert = insertOf(about);
  const update = updateOf(about);
  const jsonOf = (items: readonly T[]): string => JSON.stringify(items.map(rowOf));
  const keyOf = (item: T): string => String(rowOf(item)[keyColumn]);
  return {
    keyOf,
    insert: (items) => ({ name: `insert_${noun}`, text: insert, values: [jsonOf(items)] }),
    update: (items) => ({
      name: `update_${noun}`,
      text: update,
      values: [jsonOf(items), items.map(keyOf)],
    }),
    remove: (keys) => ({
      name: `remove_${noun}`,
      text: `DELETE FROM ${table} WHERE ${keyColumn} = ANY ($1)`,
      values: [keys],
    }),
    get: (keys) => ({
      name: `get_${noun}`,
      text: `${select} WHERE ${keyColumn} = ANY ($1)`,
      values: [keys],
    }),
  };
}

type About = Omit<KeyedTable<never, never>, 'rowOf' | 'toItem'>;

function insertOf({ table, columns, lists, insertAlso }: About): string {
  const names = Object.keys(columns).join(', ');
  return `WITH ${written({ ...columns, ...lists })}${insertAlso ? `, ${insertAlso}` : ''}
    INSERT INTO ${table} (${names}) SELECT ${names} FROM written ORDER BY ordinality`;
}

function updateOf({
  table,
  keyColumn,
  columns,
  lists,
  updateAlso,
  updateSets = '',
}: About): string {
  const sets = Object.keys(columns).filter((name) => name !== keyColumn);
  return `WITH ${written({ ...columns, ...lists })}${updateAlso ? `, ${updateAlso}` : ''}
    UPDATE ${table} AS kept SET ${sets.map((name) => `${name} = written.${name}`).join(', ')},
      revision = kept.revision + 1, updated_at = now()${updateSets}
    FROM written WHERE kept.${keyColumn} = ANY ($2) AND kept.${keyColumn} = written.${keyColumn}`;
}

const written = (columns: Columns): string =>
  `written AS (SELECT * FROM ROWS FROM (jsonb_to_recordset($1) AS (${Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})) WITH ORDINALITY)`;
