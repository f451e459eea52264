import type { EpochMs } from '../../lib/clock.ts';
import type { Queryable } from '../pool.ts';

/** Makes sure that each month (UTC) of these moments has its partition of the table. */
export class Months {
  readonly #known = new Set<string>();

  async ensure(db: Queryable, table: string, moments: Iterable<EpochMs>): Promise<void> {
    for (const at of moments) {
      const month = `${table} ${new Date(at).toISOString().slice(0, 7)}`;
      if (this.#known.has(month)) continue;
      await db.query('SELECT ensure_month_partition($1, $2)', [table, new Date(at)]);
      this.#known.add(month);
    }
  }
}
