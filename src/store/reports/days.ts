import { DAY_MS, type EpochMs } from '../../lib/clock.ts';
import type { Queryable } from '../pool.ts';

/** What the figures from one moment to another are at, in one word: it is another one when any of them may be. */
export type VersionOf = (from: EpochMs, to: EpochMs) => string;

const dayOf = (at: EpochMs): EpochMs => Math.floor(at / DAY_MS) * DAY_MS;

/** The days (UTC) of these slots have other figures now. In the transaction that writes them. */
export async function renewDays(db: Queryable, slots: readonly EpochMs[]): Promise<void> {
  const days = [...new Set(slots.map(dayOf))].map((day) => new Date(day));
  if (days.length === 0) return;
  await db.query({
    name: 'report_renew_days',
    text: `INSERT INTO report_days (day, version)
      SELECT day, gen_random_uuid() FROM unnest($1::timestamptz[]) AS day
      ON CONFLICT (day) DO UPDATE SET version = EXCLUDED.version`,
    values: [days],
  });
}

/** Asked before the figures are read: what is read then is at least as new as its version says. */
export async function readVersions(db: Queryable, from: EpochMs, to: EpochMs): Promise<VersionOf> {
  const { rows } = await db.query<{ day: Date; version: string }>({
    name: 'report_versions',
    text: 'SELECT day, version FROM report_days WHERE day >= $1 AND day < $2',
    values: [new Date(dayOf(from)), new Date(to)],
  });
  const versions = new Map(rows.map(({ day, version }) => [day.getTime(), version]));
  return (begins, ends) => {
    const parts: string[] = [];
    for (let day = dayOf(begins); day < ends; day += DAY_MS) parts.push(versions.get(day) ?? '');
    return parts.join();
  };
}

/** Figures of months that were dropped are no more, whatever was written of them. */
export async function forgetDays(db: Queryable, before: EpochMs): Promise<void> {
  await db.query('DELETE FROM report_days WHERE day < $1', [new Date(before)]);
}
