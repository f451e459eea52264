import { type Measure, measureOf } from '../../facts/measures.ts';
import type { AnyName, Facts, Times } from '../../facts/names.ts';
import type { IntervalQuery } from '../../runtime/ports/reports.ts';

/** Which sums are read, of each table. */
export interface Needs {
  readonly facts: readonly AnyName[];
  readonly times: readonly AnyName[];
}

/** The sums of a row, in the order of {@link Needs}: `5,3,0,20000`. Absent: all of them are 0. */
export interface Texts {
  readonly facts?: string | null;
  readonly times?: string | null;
}

/**
 * Makes a row's figures of its sums. A month has 200,000 of them, so one object serves all rows: three thousand objects
 * of sixty fields would cost more than all the rest of a report.
 */
export class Teller {
  readonly #needs: Needs;
  readonly #choice: IntervalQuery['serviceLevel'];
  readonly #ways: readonly Measure[];
  readonly #sums: Facts & Times;

  constructor({ measures, serviceLevel }: IntervalQuery, needs: Needs) {
    this.#needs = needs;
    this.#choice = serviceLevel;
    this.#ways = measures.map((name) => measureOf(name));
    this.#sums = recordOf([...needs.facts, ...needs.times].map((name) => [name, 0]));
  }

  /** In the order of the query's measures. Undefined: there is nothing to tell it of. */
  tell({ facts, times }: Texts): readonly (number | undefined)[] {
    this.#take(this.#needs.facts, facts);
    this.#take(this.#needs.times, times);
    return this.#ways.map((way) => way.of(this.#sums, this.#choice));
  }

  #take(names: readonly AnyName[], text: string | null | undefined): void {
    const values = text ? (JSON.parse(`[${text}]`) as readonly number[]) : [];
    for (const [index, name] of names.entries()) this.#sums[name] = values[index] ?? 0;
  }
}

/** An object whose fields V8 keeps in place, as it does for what JSON.parse makes, and not in a table. */
export const recordOf = <Fields extends object>(entries: readonly (readonly [string, unknown])[]) =>
  JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Fields;
