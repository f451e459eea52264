import { hoursChangeAfter, isOpenAt } from '../lib/hours.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Finding } from '../model/finding.ts';
import type { QueueConfig } from '../model/queue.ts';
import { meets, membersAt, stagesOf } from './lint-demands.ts';
import { warning } from './lint-queues.ts';

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
