import { hoursChangeAfter, isOpenAt } from '../lib/hours.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Finding } from '../model/finding.ts';
import type { Company } from './lint-company.ts';
import { meets } from './lint-demands.ts';
import { warning } from './lint-queues.ts';

/** Whether the agent can ever be offered a call. */
export function agentFindings(agent: AgentConfig, company: Company): readonly Finding[] {
  const place = `agents/${agent.id}`;
  const findings: Finding[] = [];
  const reason = idleReason(agent, company);
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

function idleReason(agent: AgentConfig, company: Company): string | undefined {
  if (agent.casual?.monthlyCap === 0) return 'the monthly cap is 0';
  if (agent.dailyCallsMax === 0) return 'the daily limit is 0';
  const places = company.placesOf(agent);
  if (places.length === 0) return 'no queue is theirs';
  if (places.some(({ stages }) => stages.some((stage) => meets(agent, stage)))) return undefined;
  const ids = places.map(({ queue }) => queue.id);
  return `they lack a skill for each of their queues (${ids.join(', ')})`;
}

/** Some moment of a fortnight; the zone does not matter for whether there is one. */
function everOpen(hours: NonNullable<NonNullable<AgentConfig['casual']>['hours']>): boolean {
  return isOpenAt(hours, 'UTC', 0) || hoursChangeAfter(hours, 'UTC', 0) !== undefined;
}
