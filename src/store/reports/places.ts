import type { AgentPlace, PlaceOf } from '../../facts/aggregate.ts';
import type { EpochMs } from '../../lib/clock.ts';
import type { Queryable } from '../pool.ts';

interface Since extends AgentPlace {
  readonly since: EpochMs;
}

/** Whoever was nowhere before is taken to have been there all the time. */
const NOTE_CHANGES = `INSERT INTO report_agents (agent_id, since, team, queue_ids)
  SELECT now_.id, CASE WHEN last.agent_id IS NULL THEN to_timestamp(0) ELSE $1::timestamptz END, now_.team, now_.queue_ids
  FROM (
    SELECT id, settings->>'team' AS team,
      ARRAY(SELECT queue_id FROM agent_queues WHERE agent_id = agents.id ORDER BY queue_id) AS queue_ids
    FROM agents) now_
  LEFT JOIN LATERAL (
    SELECT * FROM report_agents r WHERE r.agent_id = now_.id ORDER BY since DESC LIMIT 1) last ON true
  WHERE last.agent_id IS NULL OR (last.team, last.queue_ids) IS DISTINCT FROM (now_.team, now_.queue_ids)
  ON CONFLICT (agent_id, since) DO UPDATE SET team = EXCLUDED.team, queue_ids = EXCLUDED.queue_ids`;

/** Writes down who has changed team or queues, and tells for any moment where an agent was then. */
export async function readPlaces(db: Queryable, now: EpochMs): Promise<PlaceOf> {
  await db.query(NOTE_CHANGES, [new Date(now)]);
  const { rows } = await db.query<{
    agent_id: string;
    since: Date;
    team: string | null;
    queue_ids: string[];
  }>('SELECT agent_id, since, team, queue_ids FROM report_agents ORDER BY agent_id, since');
  const byAgent = new Map<string, Since[]>();
  for (const { agent_id, since, team, queue_ids } of rows) {
    const place = {
      since: since.getTime(),
      queueIds: queue_ids,
      ...(team === null ? {} : { team }),
    };
    byAgent.set(agent_id, [...(byAgent.get(agent_id) ?? []), place]);
  }
  return (id, at) => byAgent.get(id)?.findLast(({ since }) => since <= at);
}
