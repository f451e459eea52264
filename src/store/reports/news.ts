import type { EpochMs } from '../../lib/clock.ts';
import type { Queryable } from '../pool.ts';

/** What came since the last look. */
export interface News {
  /** What is looked at is of transactions before this one. */
  readonly upTo: number;
  readonly callIds: readonly string[];
  /** Agents, and since when something of theirs is new. */
  readonly agents: ReadonlyMap<string, EpochMs>;
  /** The earliest moment that any of it tells of. */
  readonly earliest: EpochMs;
}

/** Rows of one look: some megabytes, and a transaction of seconds. */
const ROWS_MAX = 20_000;

interface CallRow {
  readonly call_id: string;
  readonly at: Date;
}

/** Looks at records of transactions from `from` to `to`, or at fewer of them if they are many. */
export async function readNews(db: Queryable, from: number, to: number): Promise<News> {
  for (let upTo = to; ; upTo = from + Math.ceil((upTo - from) / 2)) {
    const found = await look(db, from, upTo);
    // One transaction is never divided: it has a batch of records, and those are limited.
    if (found || upTo - from <= 1)
      return found ?? (await look(db, from, upTo, Number.MAX_SAFE_INTEGER)) ?? nothing(upTo);
  }
}

async function look(
  db: Queryable,
  from: number,
  upTo: number,
  rowsMax = ROWS_MAX,
): Promise<News | undefined> {
  const values = [from, upTo, rowsMax];
  const calls = await db.query<CallRow>(
    `(SELECT call_id, at FROM call_events WHERE xact >= $1 AND xact < $2 LIMIT $3)
     UNION ALL (SELECT call_id, arrived_at FROM cdrs WHERE xact >= $1 AND xact < $2 LIMIT $3)`,
    values,
  );
  const states = await db.query<{ agent_id: string; at: Date }>(
    'SELECT agent_id, at FROM agent_states WHERE xact >= $1 AND xact < $2 LIMIT $3',
    values,
  );
  if (calls.rows.length >= rowsMax || states.rows.length >= rowsMax) return undefined;
  const agents = new Map<string, EpochMs>();
  let earliest = Number.POSITIVE_INFINITY;
  for (const { agent_id, at } of states.rows) {
    agents.set(agent_id, Math.min(at.getTime(), agents.get(agent_id) ?? Number.POSITIVE_INFINITY));
    earliest = Math.min(earliest, at.getTime());
  }
  for (const { at } of calls.rows) earliest = Math.min(earliest, at.getTime());
  const callIds = [...new Set(calls.rows.map(({ call_id }) => call_id))];
  return { upTo, callIds, agents, earliest };
}

const nothing = (upTo: number): News => ({
  upTo,
  callIds: [],
  agents: new Map(),
  earliest: Number.POSITIVE_INFINITY,
});
