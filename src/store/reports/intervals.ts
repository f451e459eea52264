import type { QueryResultRow } from 'pg';
import { needsOf } from '../../facts/measures.ts';
import { type AnyName, FACTS } from '../../facts/names.ts';
import { type Period, periodsOf } from '../../facts/periods.ts';
import { SLOT_MS } from '../../facts/slots.ts';
import type { IntervalQuery, ReportText } from '../../runtime/ports/reports.ts';
import type { Queryable } from '../pool.ts';
import { csvOf, jsonOf, type Line } from './interval-text.ts';
import { columnOf, sumOf } from './tables.ts';
import { type Needs, Teller, type Texts } from './teller.ts';

/** What the database tells of a key and a period: the figures of either table as one text. */
interface FigureRow extends QueryResultRow, Texts {
  readonly key: string;
  /** Which of the query's periods, from 0. */
  readonly n: number;
}

/** Reads, computes and writes down one page of figures. */
export async function readIntervals(
  db: Queryable,
  query: IntervalQuery,
  asOf: number | undefined,
): Promise<ReportText> {
  const periods = [...periodsOf(query.interval, query.zone, query.from, query.to)];
  const needs = tablesOf(needsOf(query.measures, query.serviceLevel));
  const rows = await readSums(db, query, periods, needs);
  const keys = query.empty ? await readKeys(db, query) : undefined;
  const lines = keys ? filled(query, periods, keys, rows) : linesOf(periods, rows);
  const shown = lines.slice(0, query.limit);
  const last = shown.at(-1);
  const next =
    lines.length > query.limit && last ? ([last.key, last.period.from] as const) : undefined;
  const teller = new Teller(query, needs);
  const text =
    query.format === 'csv' ? csvOf(query, teller, shown) : jsonOf(query, teller, shown, asOf, next);
  return { text, ...(next ? { next } : {}) };
}

const FACT_NAMES: ReadonlySet<AnyName> = new Set(FACTS);

const tablesOf = (needs: readonly AnyName[]): Needs => ({
  facts: needs.filter((name) => FACT_NAMES.has(name)),
  times: needs.filter((name) => !FACT_NAMES.has(name)),
});

/**
 * The columns that the measures need, and no others: what is not read costs nothing. A row's figures come as one text,
 * `5,3,0,20000`, because sixty columns of three thousand rows are slow to read one by one.
 */
async function readSums(
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

/** Every key that has anything in the time, or was asked for. */
async function readKeys(db: Queryable, query: IntervalQuery): Promise<readonly string[]> {
  if (query.by === 'all') return [''];
  if (query.keys) return [...query.keys].sort();
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
    const { by, keys, teams, from, to } = this.#query;
    const begins = this.#periods[0]?.from ?? from;
    const ends = this.#periods.at(-1)?.to ?? to;
    const parts = [
      'dimension = $1',
      `slot >= ${this.#add(new Date(begins))}`,
      `slot < ${this.#add(new Date(ends))}`,
    ];
    if (keys) parts.push(`key = ANY (${this.#add(keys)})`);
    if (teams && by === 'team') parts.push(`key = ANY (${this.#add(teams)})`);
    if (teams && by === 'agent') parts.push(`key IN (${inTeams(this.#add(teams))})`);
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

/** Who is in one of these teams now. */
export const inTeams = (place: string): string =>
  `SELECT id FROM agents WHERE settings->>'team' = ANY (${place})`;

const linesOf = (periods: readonly Period[], rows: readonly FigureRow[]): readonly Line[] =>
  rows.flatMap((row) => {
    const period = periods[row.n];
    return period ? [{ key: row.key, period, texts: row }] : [];
  });

/** Every period of every key, from where the page begins, as many as it takes. */
function filled(
  { after, limit }: IntervalQuery,
  periods: readonly Period[],
  keys: readonly string[],
  rows: readonly FigureRow[],
): readonly Line[] {
  const known = new Map(
    linesOf(periods, rows).map((line) => [`${line.key}\n${line.period.from}`, line]),
  );
  const lines: Line[] = [];
  for (const key of keys) {
    if (after && key < after[0]) continue;
    for (const period of periods) {
      if (after && key === after[0] && period.from <= after[1]) continue;
      lines.push(known.get(`${key}\n${period.from}`) ?? { key, period });
      if (lines.length > limit) return lines;
    }
  }
  return lines;
}
