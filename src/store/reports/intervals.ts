import type { QueryResultRow } from 'pg';
import { csvRow } from '../../facts/csv.ts';
import { definitionOf, type MeasureName, measureOf, needsOf } from '../../facts/measures.ts';
import { type AnyName, FACTS, type Facts, type Times } from '../../facts/names.ts';
import { type Period, periodsOf } from '../../facts/periods.ts';
import { SLOT_MS } from '../../facts/slots.ts';
import { iso } from '../../lib/clock.ts';
import { localLabels } from '../../lib/zone.ts';
import type { IntervalQuery, ReportText } from '../../runtime/ports.reports.ts';
import type { Queryable } from '../pool.ts';
import { columnOf, sumOf } from './tables.ts';

interface SumRow {
  readonly key: string;
  /** Which of the query's periods, from 0. */
  readonly n: number;
  readonly sums: Facts & Times;
}

/** One row of the answer: its sums may be empty. */
interface Line {
  readonly key: string;
  readonly period: Period;
  readonly sums: Facts & Times;
}

/** Reads, computes and writes down one page of figures. */
export async function readIntervals(
  db: Queryable,
  query: IntervalQuery,
  asOf: number | undefined,
): Promise<ReportText> {
  const periods = [...periodsOf(query.interval, query.zone, query.from, query.to)];
  const rows = await readSums(db, query, periods);
  const keys = query.empty ? await readKeys(db, query) : undefined;
  const lines = keys ? filled(query, periods, keys, rows) : linesOf(periods, rows);
  const shown = lines.slice(0, query.limit);
  const last = shown.at(-1);
  const next =
    lines.length > query.limit && last ? ([last.key, last.period.from] as const) : undefined;
  const write = query.format === 'csv' ? csvOf : jsonOf;
  return { text: write(query, shown, asOf, next), ...(next ? { next } : {}) };
}

/**
 * The columns that the measures need, and no others: what is not read costs nothing. A row's figures come as one text,
 * `5,3,0,20000`, because sixty columns of three thousand rows are slow to read one by one.
 */
async function readSums(
  db: Queryable,
  query: IntervalQuery,
  periods: readonly Period[],
): Promise<readonly SumRow[]> {
  const needs = needsOf(query.measures, query.serviceLevel);
  const facts = needs.filter((name) => FACT_NAMES.has(name));
  const times = needs.filter((name) => !FACT_NAMES.has(name));
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
  return rows.map((row) => ({
    key: row.key,
    n: row.n,
    sums: { ...sumsOf(facts, row.facts), ...sumsOf(times, row.times) },
  }));
}

interface FigureRow extends QueryResultRow {
  readonly key: string;
  readonly n: number;
  readonly facts?: string | null;
  readonly times?: string | null;
}

const FACT_NAMES: ReadonlySet<AnyName> = new Set(FACTS);

function sumsOf(names: readonly AnyName[], text: string | null | undefined): Facts & Times {
  if (!text) return {};
  const values = JSON.parse(`[${text}]`) as readonly number[];
  const sums: Partial<Record<AnyName, number>> = {};
  for (const [index, name] of names.entries()) sums[name] = values[index] ?? 0;
  return sums;
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
    const grouped = isSummed ? 'GROUP BY 1, 2' : '';
    return `SELECT key, ${this.#bucket()} AS n, concat_ws(',', ${figures}) AS ${name}
      FROM ${table} WHERE ${this.where()} ${grouped}`;
  }

  #bucketSql: string | undefined;

  /** Quarters of an hour follow one another by arithmetic; the rest is looked up among the beginnings. */
  #bucket(): string {
    if (this.#bucketSql) return this.#bucketSql;
    const starts = this.#periods.map(({ from }) => new Date(from));
    this.#bucketSql =
      this.#query.interval === '15m'
        ? `(extract(epoch FROM slot - ${this.#add(starts[0])}) / ${SLOT_MS / 1_000})::integer`
        : `width_bucket(slot, ${this.#add(starts)}::timestamptz[]) - 1`;
    return this.#bucketSql;
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

const linesOf = (periods: readonly Period[], rows: readonly SumRow[]): readonly Line[] =>
  rows.flatMap(({ key, n, sums }) => {
    const period = periods[n];
    return period ? [{ key, period, sums }] : [];
  });

/** Every period of every key, from where the page begins, as many as it takes. */
function filled(
  { after, limit }: IntervalQuery,
  periods: readonly Period[],
  keys: readonly string[],
  rows: readonly SumRow[],
): readonly Line[] {
  const known = new Map(
    linesOf(periods, rows).map((line) => [`${line.key}\n${line.period.from}`, line]),
  );
  const lines: Line[] = [];
  for (const key of keys) {
    if (after && key < after[0]) continue;
    for (const period of periods) {
      if (after && key === after[0] && period.from <= after[1]) continue;
      lines.push(known.get(`${key}\n${period.from}`) ?? { key, period, sums: {} });
      if (lines.length > limit) return lines;
    }
  }
  return lines;
}

/** What tells the figures of a row, in the order of the query. */
function teller({ measures, serviceLevel }: IntervalQuery) {
  const ways = measures.map((name) => measureOf(name));
  return ({ sums }: Line): readonly (number | undefined)[] =>
    ways.map((way) => way.of(sums, serviceLevel));
}

function jsonOf(
  query: IntervalQuery,
  lines: readonly Line[],
  asOf: number | undefined,
  next: readonly unknown[] | undefined,
): string {
  const { by, interval, zone, measures, serviceLevel } = query;
  const head = {
    by,
    interval,
    zone,
    from: iso(query.from),
    to: iso(query.to),
    ...(asOf === undefined ? {} : { asOf: iso(asOf) }),
    serviceLevel: { definition: serviceLevel.definition, ...seconds(query) },
    definitions: Object.fromEntries(
      measures.map((name: MeasureName) => [name, definitionOf(name, serviceLevel)]),
    ),
  };
  const labels = new Labels(zone);
  const figures = teller(query);
  const items = lines.map((line) => {
    let item = `{"key":${JSON.stringify(line.key)},${labels.json(line.period)}`;
    for (const [index, value] of figures(line).entries())
      item += `,"${measures[index]}":${value ?? 'null'}`;
    return `${item}}`;
  });
  const cursor = next ? `,"nextCursor":${JSON.stringify(cursorOf(next))}` : '';
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(',')}]${cursor}}`;
}

const seconds = ({ serviceLevel }: IntervalQuery) =>
  serviceLevel.seconds === undefined ? {} : { seconds: serviceLevel.seconds };

const cursorOf = (next: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(next.map(String))).toString('base64url');

/** The header stands above the first page. */
function csvOf(query: IntervalQuery, lines: readonly Line[]): string {
  const labels = new Labels(query.zone);
  const header = query.after ? '' : csvRow([query.by, 'from', 'to', 'local', ...query.measures]);
  const figures = teller(query);
  const rows = lines.map((line) =>
    csvRow([line.key, ...labels.cells(line.period), ...figures(line)]),
  );
  return header + rows.join('');
}

/** The same periods come with every key: they are written once. */
class Labels {
  readonly #local: (at: number) => string;
  readonly #known = new Map<number, readonly [string, string, string]>();

  constructor(zone: string) {
    this.#local = localLabels(zone);
  }

  cells({ from, to }: Period): readonly [from: string, to: string, local: string] {
    const known = this.#known.get(from);
    if (known) return known;
    const made = [iso(from), iso(to), this.#local(from)] as const;
    this.#known.set(from, made);
    return made;
  }

  json(period: Period): string {
    const [from, to, local] = this.cells(period);
    return `"from":"${from}","to":"${to}","local":"${local}"`;
  }
}
