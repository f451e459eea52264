import { type AgentTime, sumFacts, sumTimes } from '../../src/facts/aggregate.ts';
import { type CallFact, callFacts } from '../../src/facts/call-facts.ts';
import { FACTS } from '../../src/facts/names.ts';
import { SLOT_MS, slotOf } from '../../src/facts/slots.ts';
import { DAY_MS, type EpochMs } from '../../src/lib/clock.ts';
import { Random } from '../../src/lib/random.ts';
import type { CallEvent } from '../../src/model/call.ts';
import { callId } from '../../src/model/ids.ts';
import type { Pool } from '../../src/store/pool.ts';
import { columnOf, INSERT_FACTS, INSERT_TIMES } from '../../src/store/reports/tables.ts';

/** October 2026: it has the day on which Madrid's clocks go back. */
export const MONTH_FROM = Date.UTC(2026, 9, 1);
const DAYS = 31;

export const QUEUES = 20;
export const AGENTS = 200;
const TEAMS = 8;
const NUMBERS = 10;
const FLOWS = 4;
const SKILLS = 8;
/** Figures of slots that no call can touch any more are written; no call of this month is longer. */
const OPEN_MS = 2 * 3_600_000;
const ROWS_AT_ONCE = 2_000;

export const queueName = (n: number): string => `cola-${n}`;
export const agentName = (n: number): string => String(1_001 + n);

const placeOf = (id: string) => {
  const n = Number(id) - 1_001;
  return {
    team: `equipo-${n % TEAMS}`,
    queueIds: [0, 1, 2].map((k) => queueName((n + k * 7) % QUEUES)),
  };
};

/** The events of one call, as the house writes them: most are answered, some abandon, a few only hear the flow. */
export function history(n: number, at: EpochMs, random: Random): readonly CallEvent[] {
  const id = callId(`b${n}`);
  const queueId = queueName(random.between(0, QUEUES - 1));
  const agentId = agentName(random.between(0, AGENTS - 1));
  const waitMs = random.around(25_000);
  const talkMs = Math.min(3_600_000, random.lognormal(200_000, 0.7));
  const events: CallEvent[] = [];
  const say = (afterMs: number, type: string, data: Readonly<Record<string, unknown>>) =>
    events.push({ callId: id, seq: events.length + 1, at: Math.round(at + afterMs), type, data });
  say(0, 'call.arrived', {
    dnis: `800${random.between(0, NUMBERS - 1)}`,
    flowId: `flujo-${n % FLOWS}`,
  });
  if (random.chance(0.1)) {
    say(30_000, 'call.finished', { outcome: 'flowEnded' });
    return events;
  }
  const requiredSkills = { [`destreza-${random.between(0, SKILLS - 1)}`]: 5 };
  say(20_000, 'call.queued', { queueId, requiredSkills, serviceLevelMs: 20_000 });
  if (random.chance(0.06)) {
    say(20_000 + waitMs, 'call.left', { queueId, outcome: 'abandoned' });
    say(20_000 + waitMs, 'call.finished', { outcome: 'abandoned' });
    return events;
  }
  say(15_000 + waitMs, 'offer.made', { offerId: `${id}#1`, agentId, queueId });
  say(20_000 + waitMs, 'call.connected', { offerId: `${id}#1`, agentId, queueId });
  say(20_000 + waitMs + talkMs, 'call.ended', { agentId, queueId });
  say(20_000 + waitMs + talkMs, 'call.finished', { outcome: 'answered' });
  return events;
}

/** When a day's calls come: few at night, most at noon. */
function arrivals(calls: number, random: Random): readonly EpochMs[] {
  const times = Array.from({ length: calls }, () => {
    const hour = Math.min(
      23.99,
      Math.max(0, 12 + (random.next() + random.next() + random.next() - 1.5) * 7),
    );
    return MONTH_FROM + hour * 3_600_000;
  });
  return times.map(Math.floor).sort((a, b) => a - b);
}

/**
 * A month's figures: those of the first day are made by the product's own functions from made-up histories, and the
 * other days have the same, because a million histories would take most of the bench's time. Returns the rows.
 */
export async function writeMonth(pool: Pool, calls: number): Promise<number> {
  await writeFirstDay(pool, Math.ceil(calls / DAYS));
  const random = new Random(12);
  await writeTimes(pool, random);
  const columns = [...FACTS.map(columnOf)].join(', ');
  const { rowCount } = await pool.query(
    `INSERT INTO interval_facts (dimension, key, slot, ${columns})
     SELECT dimension, key, slot + n * interval '24 hours', ${columns} FROM interval_facts, generate_series(1, $1::int) AS n
     WHERE slot < $2`,
    [DAYS - 1, new Date(MONTH_FROM + DAY_MS)],
  );
  return Math.round(((rowCount ?? 0) / (DAYS - 1)) * DAYS);
}

async function writeFirstDay(pool: Pool, calls: number): Promise<void> {
  const random = new Random(11);
  const open = new Map<EpochMs, CallFact[]>();
  const rows: object[] = [];
  const flush = async (before: EpochMs) => {
    for (const [slot, facts] of open) {
      if (slot >= before) continue;
      open.delete(slot);
      for (const { sums, ...row } of sumFacts(facts, placeOf)) rows.push({ ...row, ...sums });
    }
    while (
      rows.length >= ROWS_AT_ONCE ||
      (before === Number.POSITIVE_INFINITY && rows.length > 0)
    ) {
      const some = rows.splice(0, ROWS_AT_ONCE);
      await pool.query({ ...INSERT_FACTS, values: [JSON.stringify(some)] });
    }
  };
  let last = 0;
  for (const [n, at] of arrivals(calls, random).entries()) {
    const events = history(n, at, random);
    const end = events.at(-1)?.at ?? at;
    const wrapUps = events.flatMap(({ type, data }) =>
      type === 'call.ended' ? [{ agentId: String(data.agentId), from: end, to: end + 10_000 }] : [],
    );
    for (const fact of callFacts({ callId: `b${n}`, events, wrapUps })) {
      const known = open.get(fact.slot);
      if (known) known.push(fact);
      else open.set(fact.slot, [fact]);
    }
    if (slotOf(at) === last) continue;
    last = slotOf(at);
    await flush(at - OPEN_MS);
  }
  await flush(Number.POSITIVE_INFINITY);
}

/** Each agent works eight hours a day, five days of the week. */
async function writeTimes(pool: Pool, random: Random): Promise<void> {
  for (let day = 0; day < DAYS; day++) {
    const times: AgentTime[] = [];
    for (let n = 0; n < AGENTS; n++) {
      if ((day + n) % 7 >= 5) continue;
      const start = MONTH_FROM + day * DAY_MS + (7 + (n % 3) * 3) * 3_600_000;
      for (let slot = start; slot < start + 8 * 3_600_000; slot += SLOT_MS) {
        const talkingMs = random.between(300_000, 700_000);
        const rest = SLOT_MS - talkingMs - 60_000;
        times.push({
          agentId: agentName(n),
          slot,
          times: { signedInMs: SLOT_MS, talkingMs, wrapUpMs: 60_000, readyMs: rest },
        });
      }
    }
    const rows = sumTimes(times, placeOf).map(({ sums, ...row }) => ({ ...row, ...sums }));
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
      await pool.query({
        ...INSERT_TIMES,
        values: [JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE))],
      });
  }
}

/** As many CDRs, for what a report would cost without figures, and for the export. */
export async function writeCdrs(pool: Pool, calls: number): Promise<void> {
  await pool.query(
    `INSERT INTO cdrs (call_id, sip_call_id, dnis, status, queue_id, agent_id, arrived_at, queued_at, ended_at, wait_ms,
       talk_ms, outcome, ended_by, variables)
     SELECT 'b' || n, 'b' || n, '8001', 'unknown', 'cola-' || n % $2, (1001 + n % $3)::text, at, at, at + interval '5 minutes',
       (random() * 60000)::int, 200000, CASE WHEN n % 16 = 0 THEN 'abandoned' ELSE 'answered' END, 'caller', '{}'
     FROM (SELECT n, to_timestamp($4) + (n::float8 / $1) * interval '31 days' AS at FROM generate_series(1, $1::int) AS n) AS calls`,
    [calls, QUEUES, AGENTS, MONTH_FROM / 1_000],
  );
  await pool.query('ANALYZE cdrs');
}
