import type { InSteps } from '../lib/slices.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Finding, LintFigures } from '../model/finding.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Company } from './lint-company.ts';
import { warning } from './lint-queues.ts';
import { type Capacity, shortages } from './lint-shares.ts';

/** What a full-time agent has at the phone in a month, and how much of it calls fill at best. */
const MONTH_HOURS = 160;
const OCCUPANCY = 0.85;
const HOUR_MS = 3_600_000;
const DAYS_A_MONTH = 30;

/** A queue's month: how many calls, and how much work they are. */
interface Month {
  readonly queue: QueueConfig;
  readonly calls: number;
  /** Whether they are known, or taken to be one a day. */
  readonly isKnown: boolean;
}

/** Agents of the same queues, and what they can take of their work in a month, ms. */
interface Share extends Capacity<Month> {
  readonly agents: readonly AgentConfig[];
}

/**
 * Whether the casual agents can last the month: against its calls where they are known, and beyond what agents by trade
 * can take; else against a single call a day. An agent of several queues has one budget and one working day for all of
 * them (rule L4).
 */
export function* budgetFindings(
  company: Company,
  figures: LintFigures,
): InSteps<readonly Finding[]> {
  const demands = new Map<Month, number>();
  const monthsOf = new Map<AgentConfig, Month[]>();
  for (const queue of company.queues) {
    yield;
    const servers = company.serversOf(queue);
    const month = monthOf(queue, servers, figures);
    demands.set(month, workOf(month));
    for (const agent of servers) monthsOf.set(agent, [...(monthsOf.get(agent) ?? []), month]);
  }
  const alike = new Map<string, { readonly own: readonly Month[]; readonly who: AgentConfig[] }>();
  for (const agent of company.agents) {
    yield;
    const own = monthsOf.get(agent);
    if (!own) continue;
    const key = own.map(({ queue }) => queue.id).join('\n');
    const group = alike.get(key) ?? { own, who: [] };
    group.who.push(agent);
    alike.set(key, group);
  }
  const shares = [...alike.values()].map(({ own, who }) => shareOf(who, own));
  return (yield* shortages(demands, shares)).flatMap(({ queues: short, capacities }) =>
    finding(
      short,
      capacities.flatMap((share) => share.agents),
    ),
  );
}

function monthOf(
  queue: QueueConfig,
  servers: ReadonlySet<AgentConfig>,
  { callsPerMonth = {} }: LintFigures,
): Month {
  const known = Object.hasOwn(callsPerMonth, queue.id) ? callsPerMonth[queue.id] : undefined;
  const isCasualOnly = [...servers].every(({ casual }) => casual);
  const calls = known ?? (isCasualOnly && servers.size > 0 ? DAYS_A_MONTH : 0);
  return { queue, calls, isKnown: known !== undefined };
}

const workOf = ({ calls, queue }: Month): number => Math.round(calls * queue.handleTimeMs);

function shareOf(agents: readonly AgentConfig[], queues: readonly Month[]): Share {
  return { agents, queues, amount: workMaxOf(agents, queues) };
}

const FULL_TIME_MS = MONTH_HOURS * HOUR_MS * OCCUPANCY;

/** A budget is of calls: the longest of them are counted, so that nobody is warned without need. */
function workMaxOf(agents: readonly AgentConfig[], months: readonly Month[]): number {
  const longestMs = Math.max(...months.map(({ queue }) => queue.handleTimeMs));
  return agents.reduce((sum, agent) => {
    const ofCallsMs = callsMaxOf(agent) * longestMs;
    return sum + (agent.casual ? ofCallsMs : Math.min(ofCallsMs, FULL_TIME_MS));
  }, 0);
}

/** By the agent's own limits. */
const callsMaxOf = ({ casual, dailyCallsMax = Infinity }: AgentConfig): number =>
  Math.min(casual?.monthlyCap ?? Infinity, dailyCallsMax * DAYS_A_MONTH);

function finding(months: readonly Month[], agents: readonly AgentConfig[]): readonly Finding[] {
  const casual = agents.filter((agent) => agent.casual);
  const [first] = months;
  if (!first || casual.length === 0) return [];
  const budget = casual.reduce((sum, agent) => sum + callsMaxOf(agent), 0);
  const [which, ofAll, ofEach] =
    months.length > 1 ? ['Queues', ' of all of them', ' of each'] : ['Queue', '', ''];
  const lasting = months.some(({ isKnown }) => isKnown)
    ? lastingOf(months, agents, budget)
    : `less than a call a day${ofEach}`;
  const message =
    `${which} ${months.map(({ queue }) => queue.id).join(', ')}: ` +
    `${casual.length} casual agents may take ${budget} calls a month${ofAll}, ${lasting}.`;
  return [warning('CASUAL_BUDGET_SHORT', `queues/${first.queue.id}`, message)];
}

/** Beyond what the agents by trade among them can take. */
function lastingOf(
  months: readonly Month[],
  agents: readonly AgentConfig[],
  budget: number,
): string {
  const calls = months.reduce((sum, month) => sum + month.calls, 0);
  const workMs = months.reduce((sum, month) => sum + workOf(month), 0);
  const formalMs = workMaxOf(
    agents.filter(({ casual }) => !casual),
    months,
  );
  const left = (workMs - formalMs) / (workMs / calls);
  const days = Math.floor((budget / left) * DAYS_A_MONTH);
  return `for about ${Math.ceil(left)} that are left for them: they last some ${days} days`;
}
