import { atOnce, type InSteps } from '../lib/slices.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Finding, LintFigures } from '../model/finding.ts';
import type { QueueConfig } from '../model/queue.ts';
import { budgetFindings } from './lint-budgets.ts';
import { Company } from './lint-company.ts';
import { agentFindings } from './lint-people.ts';
import { overflowFindings, queueFindings } from './lint-queues.ts';
import { problemsInSteps } from './validate.ts';

/**
 * What in a configuration cannot work (rules L1 to L7): errors are what `configure` refuses, warnings what it takes
 * although nobody can have meant it. While there are errors there is nothing else: warnings would be about
 * something that is going to change.
 */
export const lint = (
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  figures?: LintFigures,
): readonly Finding[] => atOnce(lintInSteps(queues, agents, figures));

/** The same for those who have something else to do in between: it can be left at each step. */
export function* lintInSteps(
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  figures: LintFigures = {},
): InSteps<readonly Finding[]> {
  const errors = (yield* problemsInSteps(queues, agents)).map(errorOf);
  if (errors.length > 0) return errors;
  const company = new Company(queues, agents);
  const findings: Finding[] = [];
  for (const queue of queues) {
    yield;
    findings.push(...queueFindings(queue, company));
  }
  for (const queue of queues) {
    yield;
    findings.push(...overflowFindings(queue, company));
  }
  findings.push(...(yield* budgetFindings(company, figures)));
  for (const agent of agents) {
    yield;
    findings.push(...agentFindings(agent, company));
  }
  return findings;
}

/** The sentence names its object first: `Queue ventas: …`, `Agent 1001 …`. */
function errorOf(message: string): Finding {
  const [, noun, id] = /^(Queue|Agent) (\S+?):? /.exec(message) ?? [];
  const place = noun === undefined ? '' : `${noun === 'Queue' ? 'queues' : 'agents'}/${id}`;
  return { severity: 'error', code: 'CONFIG_INVALID', place, message };
}
