import { STATE_LASTS_MS_MAX } from '../../facts/agent-times.ts';
import { SLOT_MS, slotOf } from '../../facts/slots.ts';
import { type Clock, DAY_MS, type EpochMs } from '../../lib/clock.ts';
import { inTransaction, type Pool, type Queryable } from '../pool.ts';
import { Figures } from './figures.ts';
import { Months } from './months.ts';
import { readNews } from './news.ts';
import { readPlaces } from './places.ts';
import {
  lockReports,
  type Progress,
  readProgress,
  settledXact,
  writeProgress,
} from './progress.ts';

/** After a backup was restored, the figures of so many days are computed anew. */
const DOUBTFUL_MS = 2 * DAY_MS;

/** What a step has done. */
export interface Step {
  /** The figures have everything that was written before this step began. */
  readonly caughtUp: boolean;
  readonly calls: number;
}

/**
 * Brings the figures up to date, in steps of one transaction each. A step either happens whole or not at all, and doing
 * it twice changes nothing: what a call adds is replaced, and slots are added up from what is there.
 */
export class Refresher {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #months = new Months();

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  step(): Promise<Step> {
    return this.#transaction(async (db, figures, progress) => {
      if (progress.replay) return this.#replayOldDay(db, figures, progress, progress.replay);
      const now = this.#clock.now();
      const settled = await settledXact(db);
      const news = await readNews(db, progress.doneXact, settled);
      const agents = new Map(news.agents);
      for (const id of await agentsAtWork(db, now))
        agents.set(id, Math.min(progress.timesUntil, agents.get(id) ?? progress.timesUntil));
      const worked = await figures.agents(agents, now);
      const callIds = [...new Set([...news.callIds, ...worked.callIds])];
      const touched = await figures.calls(callIds, Math.min(news.earliest, now));
      await figures.sum(new Set([...touched, ...worked.slots]));
      await writeProgress(db, { ...progress, doneXact: news.upTo, timesUntil: now });
      return { caughtUp: news.upTo >= settled, calls: callIds.length };
    });
  }

  /**
   * Computes everything of `from` to `to` anew from the records: a UTC day at a time, each in a transaction of its own.
   * Returns how many calls there were. Days whose records are gone stay as they are.
   */
  async replay(from: EpochMs, to: EpochMs): Promise<number> {
    let calls = 0;
    for (let day = slotOf(from); day < to; day = endOfDay(day)) {
      const end = Math.min(endOfDay(day), slotOf(to - 1) + SLOT_MS);
      calls += await this.#transaction((_db, figures, { keptFrom }) =>
        day < keptFrom ? Promise.resolve(0) : this.#compute(_db, figures, day, end),
      );
    }
    return calls;
  }

  async #transaction<T>(
    work: (db: Queryable, figures: Figures, progress: Progress) => Promise<T>,
  ): Promise<T> {
    return inTransaction(this.#pool, async (db) => {
      await lockReports(db);
      const progress = await this.#progress(db);
      const placeOf = await readPlaces(db, this.#clock.now());
      return work(db, new Figures(db, this.#months, placeOf, progress.keptFrom), progress);
    });
  }

  /** At the first start, whatever there is already has to be computed, day by day. */
  async #progress(db: Queryable): Promise<Progress> {
    const now = this.#clock.now();
    const known = await readProgress(db);
    const settled = await settledXact(db);
    if (known && known.doneXact <= settled) return known;
    // Transactions count anew in a database that was restored: what is in doubt is computed again.
    const from = known ? now - DOUBTFUL_MS : await firstRecord(db);
    const fresh: Progress = {
      doneXact: settled,
      timesUntil: now,
      keptFrom: known?.keptFrom ?? 0,
      ...(from === undefined ? {} : { replay: { from: startOfDay(from), to: now } }),
    };
    await writeProgress(db, fresh);
    return fresh;
  }

  async #replayOldDay(
    db: Queryable,
    figures: Figures,
    progress: Progress,
    { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
  ): Promise<Step> {
    const end = Math.min(endOfDay(from), slotOf(to) + SLOT_MS);
    const calls = await this.#compute(db, figures, from, end);
    const { replay: _done, ...rest } = progress;
    await writeProgress(db, end < to ? { ...rest, replay: { from: end, to } } : rest);
    return { caughtUp: false, calls };
  }

  async #compute(db: Queryable, figures: Figures, from: EpochMs, to: EpochMs): Promise<number> {
    const until = Math.min(to, this.#clock.now());
    const callIds = await callsBetween(db, from, to);
    const agents = await agentsBetween(db, from, to);
    const worked = await figures.agents(new Map(agents.map((id) => [id, from])), until);
    const touched = await figures.calls(callIds, from);
    const all = new Set([...touched, ...worked.slots]);
    for (let slot = slotOf(from); slot < to; slot += SLOT_MS) all.add(slot);
    await figures.sum(all);
    return callIds.length;
  }
}

const startOfDay = (at: EpochMs): EpochMs => Math.floor(at / DAY_MS) * DAY_MS;
const endOfDay = (at: EpochMs): EpochMs => startOfDay(at) + DAY_MS;

async function firstRecord(db: Queryable): Promise<EpochMs | undefined> {
  const { rows } = await db.query<{ at: Date | null }>(
    `SELECT least((SELECT min(at) FROM call_events), (SELECT min(arrived_at) FROM cdrs),
      (SELECT min(at) FROM agent_states)) AS at`,
  );
  return rows[0]?.at?.getTime();
}

async function callsBetween(db: Queryable, from: EpochMs, to: EpochMs): Promise<readonly string[]> {
  const { rows } = await db.query<{ call_id: string }>(
    `SELECT call_id FROM call_events WHERE at >= $1 AND at < $2
     UNION SELECT call_id FROM cdrs WHERE arrived_at >= $1 AND arrived_at < $2`,
    [new Date(from), new Date(to)],
  );
  return rows.map(({ call_id }) => call_id);
}

async function agentsBetween(
  db: Queryable,
  from: EpochMs,
  to: EpochMs,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ agent_id: string }>(
    'SELECT DISTINCT agent_id FROM agent_states WHERE at >= $1 AND at < $2',
    [new Date(from - STATE_LASTS_MS_MAX), new Date(to)],
  );
  return rows.map(({ agent_id }) => agent_id);
}

/** Whose time goes on without a record: the last one says that they are signed in. */
async function agentsAtWork(db: Queryable, now: EpochMs): Promise<readonly string[]> {
  const { rows } = await db.query<{ agent_id: string }>(
    `SELECT known.agent_id FROM (SELECT DISTINCT agent_id FROM report_agents) known
     CROSS JOIN LATERAL (
       SELECT kind FROM agent_states s WHERE s.agent_id = known.agent_id AND s.at >= $1
       ORDER BY s.at DESC, s.seq DESC LIMIT 1) last
     WHERE last.kind <> 'offline'`,
    [new Date(now - STATE_LASTS_MS_MAX)],
  );
  return rows.map(({ agent_id }) => agent_id);
}
