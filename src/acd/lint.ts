import type { AgentConfig } from '../model/agent.ts';
import type { Finding, LintFigures } from '../model/finding.ts';
import type { QueueConfig } from '../model/queue.ts';
import { budgetFindings } from './lint-budgets.ts';
import { agentFindings } from './lint-people.ts';
import { overflowFindings, queueFindings } from './lint-queues.ts';
import { problemsOf } from './validate.ts';

/**
 * What in a configuration cannot work (rules L1 to L7): errors are what `configure` refuses, warnings what it takes
 * although nobody can have meant it. While there are errors there is nothing else: warnings would be about
 * something that is going to change.
 */
export function lint(
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  figures: LintFigures = {},
): readonly Finding[] {
  const errors = problemsOf(queues, agents).map(errorOf);
  if (errors.length > 0) return errors;
  const byId = new Map<string, QueueConfig>(queues.map((queue) => [queue.id, queue]));
  return [
    ...queues.flatMap((queue) => queueFindings(queue, agents)),
    ...queues.flatMap((queue) => overflowFindings(queue, byId, agents)),
    ...budgetFindings(queues, agents, figures),
    ...agents.flatMap((agent) => agentFindings(agent, queues)),
  ];
}

/** The sentence names its object first: `Queue ventas: …`, `Agent 1001 …`. */
function errorOf(message: string): Finding {
  const [, noun, id] = /^(Queue|Agent) (\S+?):? /.exec(message) ?? [];
  const place = noun === undefined ? '' : `${noun === 'Queue' ? 'queues' : 'agents'}/${id}`;
  return { severity: 'error', code: 'CONFIG_INVALID', place, message };
}
