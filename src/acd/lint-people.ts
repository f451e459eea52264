import { hoursChangeAfter, isOpenAt } from '../lib/hours.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Finding, LintFigures } from '../model/finding.ts';
import type { QueueConfig } from '../model/queue.ts';
import { isSpent, meets, membersAt, serversAt, stagesOf } from './lint-demands.ts';
import { warning } from './lint-queues.ts';

/** What a full-time agent has at the phone in a month, and how much of it calls fill at best. */
const MONTH_HOURS = 160;
const OCCUPANCY = 0.85;
const HOUR_MS = 3_600_000;
const DAYS_A_MONTH = 30;

/** Whether the agent can ever be offered a call. */
export function agentFindings(
  agent: AgentConfig,
  queues: readonly QueueConfig[],
): readonly Finding[] {
  const place = `agents/${agent.id}`;
  const findings: Finding[] = [];
  const reason = idleReason(agent, queues);
  if (reason) {
    const message = `Agent ${agent.id} can be offered nothing: ${reason}.`;
    findings.push(warning('AGENT_WITHOUT_CALLS', place, message));
  }
  const { hours } = agent.casual ?? {};
  if (hours && !everOpen(hours)) {
    const message = `Agent ${agent.id}: these hours are never open.`;
    findings.push(warning('CASUAL_NEVER_OPEN', `${place}/casual/hours`, message));
  }
  return findings;
}

function idleReason(agent: AgentConfig, queues: readonly QueueConfig[]): string | undefined {
  if (agent.casual?.monthlyCap === 0) return 'the monthly cap is 0';
  if (agent.dailyCallsMax === 0) return 'the daily limit is 0';
  const stages = queues.flatMap((queue) =>
    stagesOf(queue)
      .filter((stage) => membersAt(queue, stage, [agent]).length > 0)
      .map((stage) => ({ queue, stage })),
  );
  if (stages.length === 0) return 'no queue is theirs';
  if (stages.some(({ stage }) => meets(agent, stage))) return undefined;
  const ids = [...new Set(stages.map(({ queue }) => queue.id))];
  return `they lack a skill for each of their queues (${ids.join(', ')})`;
}

/** Some moment of a fortnight; the zone does not matter for whether there is one. */
function everOpen(hours: NonNullable<NonNullable<AgentConfig['casual']>['hours']>): boolean {
  return isOpenAt(hours, 'UTC', 0) || hoursChangeAfter(hours, 'UTC', 0) !== undefined;
}

/**
 * Whether the casual agents of a queue can last the month: against its calls where they are known, and beyond
 * what its agents by trade can take; else against a single call a day.
 */
export function budgetFindings(
  queue: QueueConfig,
  agents: readonly AgentConfig[],
  { callsPerMonth = {} }: LintFigures,
): readonly Finding[] {
  const servers = new Set(stagesOf(queue).flatMap((stage) => serversAt(queue, stage, agents)));
  const casual = [...servers].filter((agent) => agent.casual && !isSpent(agent));
  if (casual.length === 0) return [];
  const budget = casual.reduce((sum, agent) => sum + (agent.casual?.monthlyCap ?? 0), 0);
  const formal = servers.size - casual.length;
  const calls = Object.hasOwn(callsPerMonth, queue.id) ? callsPerMonth[queue.id] : undefined;
  const capacity = (formal * MONTH_HOURS * HOUR_MS * OCCUPANCY) / queue.handleTimeMs;
  const left = calls === undefined ? (formal === 0 ? DAYS_A_MONTH : 0) : calls - capacity;
  if (left <= budget) return [];
  const days = Math.floor((budget / left) * DAYS_A_MONTH);
  const what =
    calls === undefined
      ? 'less than a call a day'
      : `for about ${Math.ceil(left)} that are left for them: they last some ${days} days`;
  const message = `Queue ${queue.id}: ${casual.length} casual agents may take ${budget} calls a month, ${what}.`;
  return [warning('CASUAL_BUDGET_SHORT', `queues/${queue.id}`, message)];
}
