import type { Command } from '../acd/commands.ts';
import type { InSteps } from '../lib/slices.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { AgentId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';

/** Whom and what a configuration names. */
export interface Named {
  readonly queues: ReadonlyMap<QueueId, QueueConfig>;
  readonly agents: ReadonlyMap<AgentId, AgentConfig>;
}

/** What a configuration changes. */
export interface ConfigurationNews {
  /** New, or other than they were. */
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  /** As they were. */
  readonly goneQueues: readonly QueueConfig[];
  readonly goneAgents: readonly AgentConfig[];
}

export const NOBODY: Named = { queues: new Map(), agents: new Map() };

/** So many agents are new to the engine in one command: some tens of milliseconds. */
const NEW_AGENTS_MAX = 1_000;

/** Everything is looked at, which takes its time in a large house: callers have their turns meanwhile. */
export function* newsInSteps(before: Named, after: Named): InSteps<ConfigurationNews> {
  return {
    queues: yield* othersIn(before.queues, after.queues),
    agents: yield* othersIn(before.agents, after.agents),
    goneQueues: [...before.queues.values()].filter(({ id }) => !after.queues.has(id)),
    goneAgents: [...before.agents.values()].filter(({ id }) => !after.agents.has(id)),
  };
}

function* othersIn<Id, Item>(
  before: ReadonlyMap<Id, Item>,
  after: ReadonlyMap<Id, Item>,
): InSteps<readonly Item[]> {
  const others: Item[] = [];
  for (const [id, item] of after) {
    yield;
    const known = before.get(id);
    if (!known || JSON.stringify(known) !== JSON.stringify(item)) others.push(item);
  }
  return others;
}

type Part = Extract<Command, { type: 'reconfigure' }>;

/**
 * What the engine is told of it, the last as one. Before that come those who are new, in parts: nobody calls them yet, and
 * a thousand at once would keep calls waiting. Whoever has an extension that was another's comes when it is free.
 */
export function partsOf(before: Named, news: ConfigurationNews): readonly Part[] {
  const isNew = ({ id }: AgentConfig): boolean => !before.agents.has(id);
  if (news.agents.filter(isNew).length <= NEW_AGENTS_MAX) return [partOf(news)];
  const taken = new Set([...before.agents.values()].map(({ extension }) => extension));
  const early = news.agents.filter((agent) => isNew(agent) && !taken.has(agent.extension));
  const queues = news.queues.filter(({ id }) => !before.queues.has(id));
  const isEarly = new Set<object>([...early, ...queues]);
  const parts = [partOf({ queues })];
  for (let from = 0; from < early.length; from += NEW_AGENTS_MAX)
    parts.push(partOf({ agents: early.slice(from, from + NEW_AGENTS_MAX) }));
  const rest = {
    ...news,
    queues: news.queues.filter((queue) => !isEarly.has(queue)),
    agents: news.agents.filter((agent) => !isEarly.has(agent)),
  };
  return [...parts, partOf(rest)];
}

const partOf = ({
  queues = [],
  agents = [],
  goneQueues = [],
  goneAgents = [],
}: Partial<ConfigurationNews>): Part => ({
  type: 'reconfigure',
  queues,
  agents,
  goneQueueIds: goneQueues.map(({ id }) => id),
  goneAgentIds: goneAgents.map(({ id }) => id),
});
