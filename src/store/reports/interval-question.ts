import type { QueryResultRow } from 'pg';
import { type AnyName, FACTS } from '../../facts/names.ts';
import type { Period } from '../../facts/periods.ts';
import { SLOT_MS } from '../../facts/slots.ts';
import type { IntervalQuery } from '../../runtime/ports/reports.ts';
import type { Queryable } from '../pool.ts';
import { columnOf, sumOf } from './tables.ts';
import type { Needs, Texts } from './teller.ts';

/** What the database tells of a key and a period: the figures of either table as one text. */
export interface FigureRow extends QueryResultRow, Texts {
  readonly key: string;
  /** Which of the query's periods, from 0. */
  readonly n: number;
}

/** Who is in one of these teams now. */
export const inTeams = (place: string): string =>
  `SELECT id FROM agents WHERE settings->>'team' = ANY (${place})`;

/** Whose figures these teams are: of agents and teams, that goes by who is in them now. */
export async function ofTeams(db: Queryable, query: IntervalQuery): Promise<IntervalQuery> {
  const { teams, by, keys, ...rest } = query;
  if (!teams || (by !== 'team' && by !== 'agent')) return query;
  const theirs = by === 'team' ? teams : await agentsOf(db, teams);
  return { ...rest, by, keys: keys ? keys.filter((key) => theirs.includes(key)) : theirs };
}

async function agentsOf(db: Queryable, teams: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(inTeams('$1'), [teams]);
  return rows.map(({ id }) => id);
}

const FACT_NAMES: ReadonlySet<AnyName> = new Set(FACTS);

export const tablesOf = (needs: readonly AnyName[]): Needs => ({
  facts: needs.filter((name) => FACT_NAMES.has(name)),
  times: needs.filter((name) => !FACT_NAMES.has(name)),
});

/**
 * The columns that the measures need, and no others: what is not read costs nothing. A row's figures come as one text,
 * `5,3,0,20000`, because sixty columns of three thousand rows are slow to read one by one.
 */
export async function readSums(
  db: Queryable,
  query: IntervalQuery,
  periods: readonly Period[],
  { facts, times }: Needs,
): Promise<readonly FigureRow[]> {
  const question = new Question(query, periods);
  const parts = [
    ...(facts.length > 0 || times.length === 0
      ? [`(${question.sums('interval_facts', 'facts', facts)}) AS f`]
      : []),
    ...(times.length > 0 ? [`(${question.sums('interval_times', 'times', times)}) AS t`] : []),
  ];
  const { rows } = await db.query<FigureRow>(
    `SELECT * FROM ${parts.join(' FULL JOIN ')} ${parts.length > 1 ? 'USING (key, n)' : ''}
     ${question.goesOn()} ORDER BY key COLLATE "C", n LIMIT ${query.limit + 1}`,
    question.values,
  );
  return rows;
}

/** Those that were asked for; `isOfAll`: of all that there are, those that have anything in the time. */
export async function readKeys(
  db: Queryable,
  query: IntervalQuery,
  isOfAll: boolean,
): Promise<readonly string[]> {
  if (query.by === 'all') return [''];
  if (query.keys && !isOfAll) return [...query.keys].sort();
  const question = new Question(query, []);
  const { rows } = await db.query<{ key: string }>(
    `SELECT key FROM (${['interval_facts', 'interval_times']
      .map((table) => `SELECT DISTINCT key FROM ${table} WHERE ${question.where()}`)
      .join(' UNION ')}) AS keys ORDER BY key COLLATE "C"`,
    question.values,
  );
  return rows.map(({ key }) => key);
}

/** The parts of a query about the same time and keys, with their parameters. */
class Question {
  readonly values: unknown[];
  readonly #query: IntervalQuery;
  readonly #periods: readonly Period[];
  #where: string | undefined;

  constructor(query: IntervalQuery, periods: readonly Period[]) {
    this.#query = query;
    this.#periods = periods;
    this.values = [query.by];
  }

  where(): string {
    this.#where ??= this.#makeWhere();
    return this.#where;
  }

  #makeWhere(): string {
    const { keys, from, to } = this.#query;
    const begins = this.#periods[0]?.from ?? from;
    const ends = this.#periods.at(-1)?.to ?? to;
    const parts = [
      'dimension = $1',
      `slot >= ${this.#add(new Date(begins))}`,
      `slot < ${this.#add(new Date(ends))}`,
    ];
    if (keys) parts.push(`key = ANY (${this.#add(keys)})`);
    return parts.join(' AND ');
  }

  /** Quarters of an hour are there as they are; longer intervals are summed. */
  sums(table: string, name: 'facts' | 'times', names: readonly AnyName[]): string {
    const isSummed = this.#query.interval !== '15m';
    const figures = names.map(isSummed ? sumOf : columnOf).join(', ') || "''";
    const grouped = isSummed ? 'GROUP BY key, n' : '';
    return `SELECT key, n, concat_ws(',', ${figures}) AS ${name}
      FROM (SELECT *, ${this.#bucket()} AS n FROM ${table} WHERE ${this.where()}) AS slots ${grouped}`;
  }

  #bucketSql: string | undefined;

  /** Quarters of an hour follow one another by arithmetic; the rest is looked up among the beginnings. */
  #bucket(): string {
    this.#bucketSql ??= this.#makeBucket();
    return this.#bucketSql;
  }

  #makeBucket(): string {
    const { interval } = this.#query;
    const starts = this.#periods.map(({ from }) => new Date(from));
    if (interval === 'total') return '0';
    if (interval !== '15m') return `width_bucket(slot, ${this.#add(starts)}::timestamptz[]) - 1`;
    return `(date_part('epoch', slot - ${this.#add(starts[0])}) / ${SLOT_MS / 1_000})::integer`;
  }

  goesOn(): string {
    const { after } = this.#query;
    if (!after) return '';
    const [key, from] = after;
    const n = this.#periods.findLastIndex((period) => period.from <= from);
    return `WHERE (key COLLATE "C", n) > (${this.#add(key)}::text COLLATE "C", ${this.#add(n)}::integer)`;
  }

  #add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
