import { iso } from '../../lib/clock.ts';
import { csvRow } from '../../lib/csv.ts';
import { monthEnd, monthStart } from '../../lib/zone.ts';
import type { CasualTerms } from '../../model/agent.ts';
import type { CasualQuery, ReportText } from '../../runtime/ports/reports.ts';
import type { Queryable } from '../pool.ts';
import { inTeams } from './interval-question.ts';

interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly settings: {
    readonly team?: string;
    readonly groupIds?: readonly string[];
    readonly zone?: string;
    readonly casual?: CasualTerms;
  };
}

/** One agent's month. */
interface Use {
  readonly agent: AgentRow;
  readonly cap: number;
  readonly spent: number;
  readonly handled: number;
  readonly talkMs: number;
  readonly rung: number;
  readonly missed: number;
}

/** What casual agents gave of their month: each month in the agent's own zone, as their account counts it. */
export async function readCasual(
  db: Queryable,
  query: CasualQuery,
  zone: string,
): Promise<ReportText> {
  const uses: Use[] = [];
  for (const agent of await casualAgents(db, query))
    uses.push(await useOf(db, agent, query.month, zone));
  const lines = query.by === 'agent' ? uses.map(lineOfAgent) : consolidated(uses, query.by);
  return { text: query.format === 'csv' ? csvOf(lines) : jsonOf(query, zone, lines) };
}

/** Those who are casual now; of others nobody knows a cap. */
async function casualAgents(db: Queryable, { teams }: CasualQuery): Promise<readonly AgentRow[]> {
  const limit = teams ? `AND id IN (${inTeams('$1')})` : '';
  const { rows } = await db.query<AgentRow>(
    `SELECT id, name, settings FROM agents WHERE settings ? 'casual' ${limit} ORDER BY id COLLATE "C"`,
    teams ? [teams] : [],
  );
  return rows;
}

async function useOf(db: Queryable, agent: AgentRow, month: string, house: string): Promise<Use> {
  const zone = agent.settings.zone ?? house;
  const { rows } = await db.query<Record<string, number>>({
    name: 'report_casual',
    text: `SELECT coalesce(sum(casual_spent) - sum(casual_given_back), 0)::float8 AS spent,
        coalesce(sum(handled), 0)::float8 AS handled, coalesce(sum(talk_ms + hold_ms), 0)::float8 AS talk,
        coalesce(sum(rung), 0)::float8 AS rung, coalesce(sum(missed), 0)::float8 AS missed
      FROM interval_facts WHERE dimension = 'agent' AND key = $1 AND slot >= $2 AND slot < $3`,
    values: [agent.id, new Date(monthStart(zone, month)), new Date(monthEnd(zone, month))],
  });
  const { spent = 0, handled = 0, talk = 0, rung = 0, missed = 0 } = rows[0] ?? {};
  const cap = agent.settings.casual?.monthlyCap ?? 0;
  return { agent, cap, spent, handled, talkMs: talk, rung, missed };
}

interface Line {
  readonly key: string;
  readonly name?: string;
  readonly team?: string;
  readonly agents: number;
  readonly cap: number;
  readonly spent: number;
  /** Spent / cap. */
  readonly share: number | null;
  readonly exhausted: number;
  readonly handled: number;
  readonly talkTime: number;
  readonly rung: number;
  readonly missed: number;
}

function sumLine(key: string, uses: readonly Use[]): Line {
  const sum = (of: (use: Use) => number): number => uses.reduce((total, use) => total + of(use), 0);
  const cap = sum((use) => use.cap);
  const spent = sum((use) => use.spent);
  return {
    key,
    agents: uses.length,
    cap,
    spent,
    share: cap > 0 ? Math.round((spent / cap) * 10_000) / 10_000 : null,
    exhausted: uses.filter((use) => use.spent >= use.cap).length,
    handled: sum((use) => use.handled),
    talkTime: Math.round(sum((use) => use.talkMs) / 100) / 10,
    rung: sum((use) => use.rung),
    missed: sum((use) => use.missed),
  };
}

function lineOfAgent(use: Use): Line {
  const { id, name, settings } = use.agent;
  const { key, ...rest } = sumLine(id, [use]);
  return { key, name, ...(settings.team === undefined ? {} : { team: settings.team }), ...rest };
}

/** By team or by group (a shop, a branch); who is in several groups counts in each, who is in none under the empty key. */
function consolidated(uses: readonly Use[], by: 'team' | 'group'): readonly Line[] {
  const sites = new Map<string, Use[]>();
  for (const use of uses) {
    const { team, groupIds = [] } = use.agent.settings;
    const keys = by === 'team' ? [team ?? ''] : groupIds.length > 0 ? groupIds : [''];
    for (const key of keys) sites.set(key, [...(sites.get(key) ?? []), use]);
  }
  return [...sites].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, some]) => sumLine(key, some));
}

const jsonOf = ({ month, by }: CasualQuery, zone: string, items: readonly Line[]): string =>
  JSON.stringify({
    month,
    by,
    from: iso(monthStart(zone, month)),
    to: iso(monthEnd(zone, month)),
    items,
  });

const COLUMNS = [
  'key',
  'name',
  'team',
  'agents',
  'cap',
  'spent',
  'share',
  'exhausted',
  'handled',
  'talkTime',
  'rung',
  'missed',
] as const;

const csvOf = (lines: readonly Line[]): string =>
  csvRow(COLUMNS) + lines.map((line) => csvRow(COLUMNS.map((column) => line[column]))).join('');
