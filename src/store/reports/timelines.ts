import { type StateSpan, timelineOf } from '../../facts/agent-times.ts';
import { iso } from '../../lib/clock.ts';
import { csvRow } from '../../lib/csv.ts';
import type { ReportText, TimelineQuery } from '../../runtime/ports/reports.ts';
import type { Queryable } from '../pool.ts';
import { readStates } from './figures.ts';
import { inTeams } from './interval-question.ts';

/** What agents did, piece by piece; and the sum of each state and each reason. */
export async function readTimelines(
  db: Queryable,
  query: TimelineQuery,
  now: number,
): Promise<ReportText> {
  const to = Math.min(query.to, now);
  const agents = [];
  for (const agentId of await agentsOf(db, query)) {
    const records = await readStates(db, agentId, query.from, query.to);
    agents.push({ agentId, spans: timelineOf(records, query.from, to) });
  }
  return { text: query.format === 'csv' ? csvOf(agents) : jsonOf(query, agents) };
}

/** Those who are configured, and those who were. */
async function agentsOf(
  db: Queryable,
  { agentIds, teams }: TimelineQuery,
): Promise<readonly string[]> {
  const values: unknown[] = [];
  const parts: string[] = [];
  if (agentIds) parts.push(`agent_id = ANY ($${values.push(agentIds)})`);
  if (teams) parts.push(`agent_id IN (${inTeams(`$${values.push(teams)}`)})`);
  const where = parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
  const { rows } = await db.query<{ agent_id: string }>(
    `SELECT agent_id FROM (SELECT id AS agent_id FROM agents UNION SELECT agent_id FROM report_agents) known
     ${where} ORDER BY agent_id COLLATE "C"`,
    values,
  );
  return rows.map(({ agent_id }) => agent_id);
}

interface AgentSpans {
  readonly agentId: string;
  readonly spans: readonly StateSpan[];
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

const spanOf = ({ kind, from, to, reason, callId, open }: StateSpan) => ({
  state: kind,
  from: iso(from),
  to: iso(to),
  seconds: seconds(to - from),
  ...(reason === undefined ? {} : { reason }),
  ...(callId === undefined ? {} : { callId }),
  ...(open ? { open } : {}),
});

const jsonOf = ({ from, to }: TimelineQuery, agents: readonly AgentSpans[]): string =>
  JSON.stringify({
    from: iso(from),
    to: iso(to),
    items: agents.map(({ agentId, spans }) => ({
      agentId,
      totals: totalsOf(spans),
      spans: spans.map(spanOf),
    })),
  });

/** Seconds by state, and of `notReady` by reason: `notReady.comida`. */
function totalsOf(spans: readonly StateSpan[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { kind, reason, from, to } of spans) {
    const names = kind === 'notReady' && reason ? [kind, `${kind}.${reason}`] : [kind];
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) + to - from);
  }
  return Object.fromEntries([...sums].map(([name, ms]) => [name, seconds(ms)]));
}

const csvOf = (agents: readonly AgentSpans[]): string =>
  csvRow(['agent', 'state', 'from', 'to', 'seconds', 'reason', 'callId']) +
  agents
    .flatMap(({ agentId, spans }) =>
      spans.map((span) => {
        const { state, from, to, seconds: length, reason, callId } = spanOf(span);
        return csvRow([agentId, state, from, to, length, reason, callId]);
      }),
    )
    .join('');
