import type { QueryResultRow } from 'pg';
import { agentTimes, STATE_LASTS_MS_MAX } from '../../facts/agent-times.ts';
import {
  type AgentTime,
  type PlaceOf,
  type SlotRow,
  sumFacts,
  sumTimes,
} from '../../facts/aggregate.ts';
import { type CallFact, callFacts } from '../../facts/call-facts.ts';
import { type Facts, TIMES, type Times } from '../../facts/names.ts';
import { SLOT_MS, slotOf } from '../../facts/slots.ts';
import type { EpochMs } from '../../lib/clock.ts';
import type { AgentStateKind, AgentStateRecord } from '../../model/agent.ts';
import { agentId, callId } from '../../model/ids.ts';
import { toDatabaseJson } from '../json.ts';
import type { Queryable } from '../pool.ts';
import { CALL_SPANS_MS_MAX, readCalls } from './call-records.ts';
import { renewDays } from './days.ts';
import type { Months } from './months.ts';
import {
  figureOf,
  INSERT_AGENT_TIMES,
  INSERT_CALL_FACTS,
  INSERT_FACTS,
  INSERT_TIMES,
} from './tables.ts';

/** Calls that are read and computed at once: some thousands of events in memory. */
const CALLS_AT_ONCE = 500;
const SLOTS_AT_ONCE = 96;

/** Replaces the figures of whatever has changed, within one transaction. */
export class Figures {
  readonly #db: Queryable;
  readonly #months: Months;
  readonly #placeOf: PlaceOf;
  readonly #keptFrom: EpochMs;

  /** @param keptFrom Older figures stay as they are: the records that they came from are gone. */
  constructor(db: Queryable, months: Months, placeOf: PlaceOf, keptFrom: EpochMs) {
    this.#db = db;
    this.#months = months;
    this.#placeOf = placeOf;
    this.#keptFrom = keptFrom;
  }

  /** Computes these calls anew. `earliest`: of what is known to have changed. Returns the slots that are touched. */
  async calls(ids: readonly string[], earliest: EpochMs): Promise<ReadonlySet<EpochMs>> {
    const touched = new Set<EpochMs>();
    const since = earliest - CALL_SPANS_MS_MAX;
    for (let from = 0; from < ids.length; from += CALLS_AT_ONCE) {
      const some = ids.slice(from, from + CALLS_AT_ONCE);
      for (const slot of await this.#replaceCalls(some, since)) touched.add(slot);
    }
    return touched;
  }

  async #replaceCalls(ids: readonly string[], since: EpochMs): Promise<readonly EpochMs[]> {
    const before = await this.#db.query<{ slot: Date }>({
      name: 'report_forget_calls',
      text: 'DELETE FROM call_facts WHERE call_id = ANY ($1) AND slot >= $2 RETURNING slot',
      values: [ids, new Date(slotOf(since))],
    });
    const rows = (await readCalls(this.#db, ids, since)).flatMap((records) =>
      callFacts(records).map((fact, n) => ({ callId: records.callId, n, ...fact })),
    );
    await this.#months.ensure(
      this.#db,
      'call_facts',
      rows.map(({ slot }) => slot),
    );
    if (rows.length > 0)
      await this.#db.query({ ...INSERT_CALL_FACTS, values: [toDatabaseJson(rows)] });
    return [...before.rows.map(({ slot }) => slot.getTime()), ...rows.map(({ slot }) => slot)];
  }

  /** Computes agents' time anew, from the slot of `from` up to `to`. Returns the calls whose after-call work it tells of. */
  async agents(
    who: ReadonlyMap<string, EpochMs>,
    to: EpochMs,
  ): Promise<{ readonly slots: ReadonlySet<EpochMs>; readonly callIds: readonly string[] }> {
    const slots = new Set<EpochMs>();
    const callIds = new Set<string>();
    for (const [id, since] of who) {
      const from = slotOf(since);
      const records = await this.#statesOf(id, from, to);
      for (const { kind, callId: call } of records)
        if (kind === 'wrapUp' && call) callIds.add(call);
      await this.#replaceTimes(id, from, to, records);
      for (let slot = from; slot < to; slot += SLOT_MS) slots.add(slot);
    }
    return { slots, callIds: [...callIds] };
  }

  async #replaceTimes(
    id: string,
    from: EpochMs,
    to: EpochMs,
    records: readonly AgentStateRecord[],
  ): Promise<void> {
    await this.#db.query({
      name: 'report_forget_times',
      text: 'DELETE FROM agent_times WHERE agent_id = $1 AND slot >= $2 AND slot < $3',
      values: [id, new Date(from), new Date(to)],
    });
    const rows = [...agentTimes(records, from, to)].map(([slot, times]) => ({
      agentId: id,
      slot,
      ...times,
    }));
    if (rows.length === 0) return;
    await this.#months.ensure(
      this.#db,
      'agent_times',
      rows.map(({ slot }) => slot),
    );
    await this.#db.query({ ...INSERT_AGENT_TIMES, values: [toDatabaseJson(rows)] });
  }

  #statesOf(id: string, from: EpochMs, to: EpochMs): Promise<readonly AgentStateRecord[]> {
    return readStates(this.#db, id, from, to);
  }

  /** Adds up these slots anew, from what calls and agents add to them. */
  async sum(slots: Iterable<EpochMs>): Promise<void> {
    const sorted = [...slots].filter((slot) => slot >= this.#keptFrom).sort((a, b) => a - b);
    await renewDays(this.#db, sorted);
    for (let from = 0; from < sorted.length; from += SLOTS_AT_ONCE) {
      const some = sorted.slice(from, from + SLOTS_AT_ONCE);
      const dates = some.map((slot) => new Date(slot));
      await this.#replaceSums(
        'interval_facts',
        INSERT_FACTS,
        dates,
        sumFacts(await this.#facts(dates), this.#placeOf),
      );
      await this.#replaceSums(
        'interval_times',
        INSERT_TIMES,
        dates,
        sumTimes(await this.#times(dates), this.#placeOf),
      );
    }
  }

  async #facts(slots: readonly Date[]): Promise<readonly CallFact[]> {
    const { rows } = await this.#db.query<CallFactRow>({
      name: 'report_call_facts',
      text: 'SELECT slot, queue_id, agent_id, dnis, flow_id, skills, facts FROM call_facts WHERE slot = ANY ($1)',
      values: [slots],
    });
    return rows.map((row) => ({
      slot: row.slot.getTime(),
      skills: row.skills,
      facts: row.facts,
      ...(row.queue_id === null ? {} : { queueId: row.queue_id }),
      ...(row.agent_id === null ? {} : { agentId: row.agent_id }),
      ...(row.dnis === null ? {} : { dnis: row.dnis }),
      ...(row.flow_id === null ? {} : { flowId: row.flow_id }),
    }));
  }

  async #times(slots: readonly Date[]): Promise<readonly AgentTime[]> {
    const { rows } = await this.#db.query<{ agent_id: string; slot: Date } & QueryResultRow>({
      name: 'report_agent_times',
      text: `SELECT agent_id, slot, ${TIMES.map(figureOf).join(', ')} FROM agent_times WHERE slot = ANY ($1)`,
      values: [slots],
    });
    return rows.map(({ agent_id, slot, ...times }) => ({
      agentId: agent_id,
      slot: slot.getTime(),
      times: times as Times,
    }));
  }

  async #replaceSums(
    table: 'interval_facts' | 'interval_times',
    insert: { readonly name: string; readonly text: string },
    slots: readonly Date[],
    sums: readonly SlotRow<Facts | Times>[],
  ): Promise<void> {
    await this.#db.query(`DELETE FROM ${table} WHERE slot = ANY ($1)`, [slots]);
    if (sums.length === 0) return;
    await this.#months.ensure(
      this.#db,
      table,
      sums.map(({ slot }) => slot),
    );
    const rows = sums.map(({ dimension, key, slot, sums: figures }) => ({
      dimension,
      key,
      slot,
      ...figures,
    }));
    await this.#db.query({ ...insert, values: [toDatabaseJson(rows)] });
  }
}

interface CallFactRow extends QueryResultRow {
  readonly slot: Date;
  readonly queue_id: string | null;
  readonly agent_id: string | null;
  readonly dnis: string | null;
  readonly flow_id: string | null;
  readonly skills: readonly string[];
  readonly facts: Facts;
}

interface StateRow extends QueryResultRow {
  readonly at: Date;
  readonly seq: string;
  readonly kind: AgentStateKind;
  readonly reason: string | null;
  readonly call_id: string | null;
}

/** An agent's changes of state from `from` to `to`, and the last one before. */
export async function readStates(
  db: Queryable,
  id: string,
  from: EpochMs,
  to: EpochMs,
): Promise<readonly AgentStateRecord[]> {
  const { rows } = await db.query<StateRow>({
    name: 'report_states',
    text: `(SELECT at, seq, kind, reason, call_id FROM agent_states
        WHERE agent_id = $1 AND at >= $4 AND at < $2 ORDER BY at DESC, seq DESC LIMIT 1)
      UNION ALL
      (SELECT at, seq, kind, reason, call_id FROM agent_states
        WHERE agent_id = $1 AND at >= $2 AND at < $3 ORDER BY at, seq)`,
    values: [id, new Date(from), new Date(to), new Date(from - STATE_LASTS_MS_MAX)],
  });
  return rows.map((row) => ({
    agentId: agentId(id),
    at: row.at.getTime(),
    seq: Number(row.seq),
    kind: row.kind,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.call_id === null ? {} : { callId: callId(row.call_id) }),
  }));
}
