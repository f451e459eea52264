import type { QueryResultRow } from 'pg';
import { DAY_MS, type EpochMs } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { AgentConfig, AgentStateKind, AgentStateRecord, Skills } from '../model/agent.ts';
import { agentId, callId, queueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { RecordedCall, RecordedDay, RecordedOffer } from '../model/recorded-day.ts';
import { openPool, type Queryable } from './pool.ts';
import { allAgents } from './repositories/agents.ts';
import { allQueues } from './repositories/queues.ts';

/** A call that comes just before midnight is over long before this. */
const CALL_LASTS_MS_MAX = 6 * 3_600_000;
/** Who did nothing for longer than this was not at work. */
const STATE_LASTS_MS_MAX = 7 * DAY_MS;
const PRIORITY_UNKNOWN = 5;

interface EventRow extends QueryResultRow {
  readonly call_id: string;
  readonly at: Date;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface StateRow extends QueryResultRow {
  readonly agent_id: string;
  readonly at: Date;
  readonly seq: string;
  readonly kind: AgentStateKind;
  readonly reason: string | null;
  readonly call_id: string | null;
}

/** For tools beside a running house: they read, and touch neither its tables nor its disk. */
export interface Records {
  /** What happened from `from` up to, not including, `to`. */
  day(from: EpochMs, to: EpochMs): Promise<RecordedDay>;
  /** Today's queues and agents. */
  configuration(): Promise<{
    readonly queues: readonly QueueConfig[];
    readonly agents: readonly AgentConfig[];
  }>;
  close(): Promise<void>;
}

export function openRecords(databaseUrl: string, log: Logger): Records {
  const pool = openPool(databaseUrl, { name: 'planning', size: 1, queryMsMax: 60_000 }, log);
  return {
    day: (from, to) => readRecordedDay(pool, from, to),
    configuration: async () => ({ queues: await allQueues(pool), agents: await allAgents(pool) }),
    close: () => pool.end(),
  };
}

/** Reads what happened from `from` up to, not including, `to`: each time that a call stood in a line, by when it came. */
async function readRecordedDay(db: Queryable, from: EpochMs, to: EpochMs): Promise<RecordedDay> {
  const [events, talks, states] = [
    await readEvents(db, from, to),
    await readTalkTimes(db, from, to),
    await readStates(db, from, to),
  ];
  const byCall = new Map<string, EventRow[]>();
  for (const row of events) {
    const known = byCall.get(row.call_id);
    if (known) known.push(row);
    else byCall.set(row.call_id, [row]);
  }
  const calls = [...byCall]
    .flatMap(([id, rows]) => recordedVisits(id, rows, talks.get(id)))
    .filter(({ queuedAt }) => queuedAt >= from && queuedAt < to)
    .sort((a, b) => a.queuedAt - b.queuedAt || (a.callId < b.callId ? -1 : 1));
  return { from, to, calls, agentStates: states };
}

async function readEvents(db: Queryable, from: EpochMs, to: EpochMs): Promise<EventRow[]> {
  const { rows } = await db.query<EventRow>(
    `SELECT call_id, at, type, data FROM call_events
     WHERE at >= $1 AND at < $2 AND type IN
       ('call.queued', 'offer.made', 'offer.failed', 'offer.withdrawn', 'call.connected', 'call.left', 'call.ended')
     ORDER BY call_id, seq, at`,
    [new Date(from), new Date(to + CALL_LASTS_MS_MAX)],
  );
  return rows;
}

async function readTalkTimes(
  db: Queryable,
  from: EpochMs,
  to: EpochMs,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ call_id: string; talk_ms: number }>(
    `SELECT call_id, talk_ms FROM cdrs
     WHERE arrived_at >= $1 AND arrived_at < $2 AND outcome = 'answered'`,
    [new Date(from - CALL_LASTS_MS_MAX), new Date(to)],
  );
  return new Map(rows.map((row) => [row.call_id, row.talk_ms]));
}

async function readStates(db: Queryable, from: EpochMs, to: EpochMs): Promise<AgentStateRecord[]> {
  const { rows } = await db.query<StateRow>(
    `(SELECT DISTINCT ON (agent_id) * FROM agent_states
       WHERE at >= $1 AND at < $2 ORDER BY agent_id, at DESC, seq DESC)
     UNION ALL
     (SELECT * FROM agent_states WHERE at >= $2 AND at < $3)
     ORDER BY at, agent_id, seq`,
    [new Date(from - STATE_LASTS_MS_MAX), new Date(from), new Date(to)],
  );
  return rows.map((row) => ({
    agentId: agentId(row.agent_id),
    at: row.at.getTime(),
    seq: Number(row.seq),
    kind: row.kind,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.call_id === null ? {} : { callId: callId(row.call_id) }),
  }));
}

/** A call may stand in a line again: after its time was up there, or because an agent has handed it on. */
function recordedVisits(
  id: string,
  rows: readonly EventRow[],
  talkMs: number | undefined,
): readonly RecordedCall[] {
  const visits: EventRow[][] = [];
  for (const row of rows) {
    if (row.type === 'call.queued') visits.push([]);
    visits.at(-1)?.push(row);
  }
  return visits.flatMap(
    (visit, n) => recordedCall(n === 0 ? id : `${id}+${n + 1}`, visit, talkMs) ?? [],
  );
}

/** Undefined: it is not over. */
function recordedCall(
  id: string,
  rows: readonly EventRow[],
  talkMs: number | undefined,
): RecordedCall | undefined {
  const [first] = rows;
  const end = rows.findLast(({ type }) => type === 'call.connected' || type === 'call.left');
  if (!first || !end) return undefined;
  const { data } = first;
  const outcome = String(end.data.outcome).toLowerCase();
  const answered = end.type === 'call.connected' ? talkOf(rows, end, talkMs) : undefined;
  return {
    callId: callId(id),
    queueId: queueId(String(data.queueId)),
    queuedAt: first.at.getTime(),
    priority: Number(data.priority ?? PRIORITY_UNKNOWN),
    requiredSkills: (data.requiredSkills ?? {}) as Skills,
    waitMs: end.at.getTime() - first.at.getTime(),
    outcome: answered ? 'answered' : outcome.includes('abandon') ? 'abandoned' : 'other',
    ...answered,
    offers: offersOf(rows),
  };
}

/** How long the agent who answered had the call; of older records, how long anybody had it. */
function talkOf(
  rows: readonly EventRow[],
  { data: { agentId: by } }: EventRow,
  talkMs: number | undefined,
): { readonly talkMs?: number } {
  const own = rows.find(({ type, data }) => type === 'call.ended' && data.agentId === by);
  const ms = own ? Number(own.data.talkMs) : talkMs;
  return ms === undefined ? {} : { talkMs: ms };
}

/** Without the phones that colleagues had rung (`how`): no queue has offered these. */
function offersOf(rows: readonly EventRow[]): readonly RecordedOffer[] {
  const made = new Map<string, EventRow>();
  const offers: RecordedOffer[] = [];
  for (const row of rows) {
    const id = String(row.data.offerId);
    if (row.type === 'offer.made' && row.data.how === undefined) made.set(id, row);
    const start = made.get(id);
    if (row.type === 'offer.made' || !start) continue;
    offers.push({
      agentId: agentId(String(start.data.agentId)),
      afterMs: row.at.getTime() - start.at.getTime(),
      outcome: offerOutcome(row),
    });
    made.delete(id);
  }
  return offers;
}

function offerOutcome({ type, data }: EventRow): RecordedOffer['outcome'] {
  if (type === 'call.connected') return 'answered';
  if (type === 'offer.failed') return data.cause as RecordedOffer['outcome'];
  return data.why === 'noAnswer' ? 'noAnswer' : 'withdrawn';
}
