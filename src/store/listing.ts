import type { QueryResultRow } from 'pg';
import type { EpochMs } from '../lib/clock.ts';
import { decodeCursor } from '../lib/cursor.ts';
import { type Refusal, refusal } from '../lib/errors.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { FindRequest, Page, PageRequest } from '../runtime/ports/lists.ts';
import { pageOf } from './paging.ts';
import type { Queryable } from './pool.ts';

/** Conditions and their values: only what was asked for becomes one, so that each shape of question gets its own index. */
export class Conditions {
  readonly values: unknown[] = [];
  readonly #parts: string[] = [];

  /** The place of a value in the text of the query. */
  place(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  /** What is said of the value's place holds; no value, no condition. */
  add(value: unknown, condition: (place: string) => string): this {
    if (value !== undefined) this.#parts.push(condition(this.place(value)));
    return this;
  }

  addTime(at: EpochMs | undefined, condition: (place: string) => string): this {
    return this.add(at === undefined ? undefined : new Date(at), condition);
  }

  /** What comes after that place in that order. */
  beyond(by: readonly SortColumn[], backwards: boolean, place: readonly string[]): void {
    const columns = by.map(({ sql }) => sql).join(', ');
    const values = by.map(({ type }, at) => `${this.place(place[at])}::${type}`).join(', ');
    this.#parts.push(`(${columns}) ${backwards ? '<' : '>'} (${values})`);
  }

  get where(): string {
    return this.#parts.length > 0 ? `WHERE ${this.#parts.join(' AND ')}` : '';
  }
}

/** What rows are sorted by: a column and what its text is read as. */
export interface SortColumn {
  readonly sql: string;
  readonly type: 'text' | 'timestamptz' | 'bigint';
}

/** Records by when they were; by id where that was the same moment. */
export const byTime = (at: string, id = 'id'): readonly SortColumn[] => [
  { sql: at, type: 'timestamptz' },
  { sql: id, type: 'text' },
];

export interface Listing<Row extends QueryResultRow, T> {
  /** A whole SELECT without conditions, or a table. */
  readonly from: string;
  /** Together they tell any two rows apart. */
  readonly by: readonly SortColumn[];
  readonly backwards: boolean;
  readonly toItem: (row: Row) => T;
}

/** What the last row was that somebody has seen; undefined: they ask for the first page. CURSOR_INVALID. */
export function placeIn(
  cursor: string | undefined,
  by: readonly SortColumn[],
): Result<readonly string[] | undefined, Refusal> {
  const place = decodeCursor(cursor, by.length);
  if (!place.ok || by.every(({ type }, at) => isA(type, place.value?.[at]))) return place;
  return place.value ? err(forged) : place;
}

const forged = refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.');

/** One page: what comes or goes while somebody is paging never shifts the later pages. */
export async function listPage<Row extends QueryResultRow, T>(
  db: Queryable,
  { from, by, backwards, toItem }: Listing<Row, T>,
  conditions: Conditions,
  { limit, cursor }: PageRequest,
): Promise<Result<Page<T>, Refusal>> {
  const after = placeIn(cursor, by);
  if (!after.ok) return after;
  if (after.value) conditions.beyond(by, backwards, after.value);
  const order = by.map(({ sql }) => `${sql} ${backwards ? 'DESC' : 'ASC'}`).join(', ');
  const { rows } = await db.query<Row & { readonly place: readonly string[] }>(
    `SELECT *, ARRAY[${by.map(({ sql }) => `${sql}::text`).join(', ')}] AS place FROM (${from}) AS listed
     ${conditions.where} ORDER BY ${order} LIMIT ${conditions.place(limit + 1)}`,
    conditions.values,
  );
  return ok(pageOf(rows, limit, ({ place }) => place, toItem));
}

/** What has a key, a name and `updated_at`. */
export interface ObjectListing<Row extends QueryResultRow, T>
  extends Pick<Listing<Row, T>, 'from' | 'toItem'> {
  readonly key: string;
  /** What is meant by its name; `name` unless said otherwise. */
  readonly nameSql?: string;
  /** `q` is how the key or the name begins, which an index answers, and no part of them: for what there is a million of. */
  readonly findsBeginnings?: true;
}

/** One page of those whose key or name has `q`, in the order that is asked for. */
export function listObjects<Row extends QueryResultRow, T>(
  db: Queryable,
  { from, toItem, key, nameSql = 'name', findsBeginnings }: ObjectListing<Row, T>,
  { sort = 'id', q, ...page }: FindRequest,
  conditions = new Conditions(),
): Promise<Result<Page<T>, Refusal>> {
  conditions.add(
    q && `${findsBeginnings ? '' : '%'}${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`,
    (place) => `(lower(${key}) LIKE ${place} OR lower(${nameSql}) LIKE ${place})`,
  );
  const first: Readonly<Record<string, readonly SortColumn[]>> = {
    name: [{ sql: nameSql, type: 'text' }],
    updatedAt: [{ sql: 'updated_at', type: 'timestamptz' }],
  };
  const by = [...(first[sort.replace('-', '')] ?? []), { sql: key, type: 'text' as const }];
  return listPage(db, { from, by, backwards: sort.startsWith('-'), toItem }, conditions, page);
}

/** As PostgreSQL and ISO 8601 write it: without a year 0, and nowhere further from UTC than the database knows. */
const MOMENT =
  /^(?!0000)\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-5])(:[0-5]\d)?)$/;

/** So that the database can read it. */
function isA(type: SortColumn['type'], text = ''): boolean {
  if (type === 'bigint') return /^\d{1,18}$/.test(text);
  if (type === 'text') return true;
  return MOMENT.test(text) && !Number.isNaN(Date.parse(text.replace(/([+-]\d\d)$/, '$1:00')));
}
