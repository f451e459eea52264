import { definitionOf, type MeasureName } from '../../facts/measures.ts';
import type { Period } from '../../facts/periods.ts';
import { iso } from '../../lib/clock.ts';
import { csvRow } from '../../lib/csv.ts';
import { localLabel } from '../../lib/zone.ts';
import type { IntervalQuery } from '../../runtime/ports/reports.ts';
import { type Needs, recordOf, Teller, type Texts } from './teller.ts';

/** One row of the answer. Without texts: nothing happened in it. */
export interface Line {
  readonly key: string;
  readonly period: Period;
  readonly texts?: Texts;
}

const NOTHING: Texts = {};

/** Writes an answer as it is sent: its rows, some at a time, and the whole around them. */
export class IntervalWriter {
  readonly #query: IntervalQuery;
  readonly #teller: Teller;
  readonly #labels: Labels;
  /** One object serves all rows, see {@link Teller}. */
  readonly #item: Record<string, unknown>;

  constructor(query: IntervalQuery, needs: Needs) {
    this.#query = query;
    this.#teller = new Teller(query, needs);
    this.#labels = new Labels(query.zone);
    const names = ['key', 'from', 'to', 'local', ...query.measures];
    this.#item = recordOf(names.map((name) => [name, null]));
  }

  rows(lines: readonly Line[]): string {
    return this.#query.format === 'csv'
      ? lines.map((line) => this.#csvRow(line)).join('')
      : lines.map((line) => this.#jsonRow(line)).join(',');
  }

  /** `rows`: in their order, as {@link rows} wrote them. */
  whole(
    rows: readonly string[],
    asOf: number | undefined,
    next: readonly unknown[] | undefined,
  ): string {
    if (this.#query.format === 'csv') return this.#csvHeader() + rows.join('');
    const cursor = next ? `,"nextCursor":${JSON.stringify(cursorOf(next))}` : '';
    const items = rows.filter((text) => text !== '').join(',');
    return `${JSON.stringify(headOf(this.#query, asOf)).slice(0, -1)},"items":[${items}]${cursor}}`;
  }

  #jsonRow({ key, period, texts }: Line): string {
    const { measures } = this.#query;
    const [from, to, local] = this.#labels.cells(period);
    Object.assign(this.#item, { key, from, to, local });
    for (const [index, value] of this.#teller.tell(texts ?? NOTHING).entries())
      this.#item[measures[index] ?? ''] = value ?? null;
    return JSON.stringify(this.#item);
  }

  #csvRow({ key, period, texts }: Line): string {
    return csvRow([key, ...this.#labels.cells(period), ...this.#teller.tell(texts ?? NOTHING)]);
  }

  /** The header stands above the first page. */
  #csvHeader(): string {
    const { by, measures, after } = this.#query;
    return after ? '' : csvRow([by, 'from', 'to', 'local', ...measures]);
  }
}

function headOf(query: IntervalQuery, asOf: number | undefined) {
  const { by, interval, zone, measures, serviceLevel } = query;
  return {
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
}

const seconds = ({ serviceLevel }: IntervalQuery) =>
  serviceLevel.seconds === undefined ? {} : { seconds: serviceLevel.seconds };

const cursorOf = (next: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(next.map(String))).toString('base64url');

type Cells = readonly [from: string, to: string, local: string];

/** The same periods come with every key, and one begins where the other ended: each moment is written once. */
class Labels {
  readonly #zone: string;
  readonly #known = new Map<number, Cells>();
  #last = { at: Number.NaN, text: '' };

  constructor(zone: string) {
    this.#zone = zone;
  }

  cells({ from, to }: Period): Cells {
    const known = this.#known.get(from);
    if (known) return known;
    const begins = from === this.#last.at ? this.#last.text : iso(from);
    this.#last = { at: to, text: iso(to) };
    const made: Cells = [begins, this.#last.text, localLabel(this.#zone, from)];
    this.#known.set(from, made);
    return made;
  }
}
