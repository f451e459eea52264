import { csvRow } from '../../facts/csv.ts';
import { definitionOf, type MeasureName } from '../../facts/measures.ts';
import type { Period } from '../../facts/periods.ts';
import { iso } from '../../lib/clock.ts';
import { localLabel } from '../../lib/zone.ts';
import type { IntervalQuery } from '../../runtime/ports/reports.ts';
import { recordOf, type Teller, type Texts } from './teller.ts';

/** One row of the answer. Without texts: nothing happened in it. */
export interface Line {
  readonly key: string;
  readonly period: Period;
  readonly texts?: Texts;
}

const NOTHING: Texts = {};

export function jsonOf(
  query: IntervalQuery,
  teller: Teller,
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
  const cursor = next ? `,"nextCursor":${JSON.stringify(cursorOf(next))}` : '';
  const items = itemsOf(query, teller, lines).join(',');
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items}]${cursor}}`;
}

/** One object serves all rows, see {@link Teller}. */
function itemsOf(
  { zone, measures }: IntervalQuery,
  teller: Teller,
  lines: readonly Line[],
): readonly string[] {
  const labels = new Labels(zone);
  const names = ['key', 'from', 'to', 'local', ...measures];
  const item: Record<string, unknown> = recordOf(names.map((name) => [name, null]));
  return lines.map(({ key, period, texts }) => {
    const [from, to, local] = labels.cells(period);
    Object.assign(item, { key, from, to, local });
    for (const [index, value] of teller.tell(texts ?? NOTHING).entries())
      item[measures[index] ?? ''] = value ?? null;
    return JSON.stringify(item);
  });
}

const seconds = ({ serviceLevel }: IntervalQuery) =>
  serviceLevel.seconds === undefined ? {} : { seconds: serviceLevel.seconds };

const cursorOf = (next: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(next.map(String))).toString('base64url');

/** The header stands above the first page. */
export function csvOf(query: IntervalQuery, teller: Teller, lines: readonly Line[]): string {
  const labels = new Labels(query.zone);
  const header = query.after ? '' : csvRow([query.by, 'from', 'to', 'local', ...query.measures]);
  const rows = lines.map(({ key, period, texts }) =>
    csvRow([key, ...labels.cells(period), ...teller.tell(texts ?? NOTHING)]),
  );
  return header + rows.join('');
}

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
