import { err, ok, type Result } from '../lib/result.ts';
import type { AgentConfig } from '../model/agent.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../model/queue.ts';
import type { Setting } from './replay.ts';

/** What queues or agents are made of. */
export interface Kind {
  /** A field that is not among them is a typing error. */
  readonly fields: ReadonlySet<string>;
  /** What is wrong with the values of one, each with its field. */
  problems(item: unknown): readonly string[];
}

export interface Kinds {
  readonly queue: Kind;
  readonly agent: Kind;
}

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

const SECTIONS = ['queues', 'agents', 'removeQueues', 'removeAgents'];

/**
 * The setting with changes laid over it: of what is named by its id, the fields that are given; whoever is not there
 * yet is new; `removeQueues` and `removeAgents` are lists of ids. The errors name everything that cannot be.
 */
export function overlay(
  base: Setting,
  changes: unknown,
  kinds: Kinds,
): Result<Setting, readonly string[]> {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    return err([`The changes must have sections: ${SECTIONS.join(', ')}.`]);
  }
  const sections = changes as Readonly<Record<string, unknown>>;
  const errors = Object.keys(sections)
    .filter((name) => !SECTIONS.includes(name))
    .map((name) => `There is no section "${name}": there are ${SECTIONS.join(', ')}.`);
  const queueItems = items(sections.queues, 'queues', kinds.queue, errors);
  const agentItems = items(sections.agents, 'agents', kinds.agent, errors);
  const goneQueues = ids(sections.removeQueues, 'removeQueues', base.queues, errors);
  const goneAgents = ids(sections.removeAgents, 'removeAgents', base.agents, errors);
  if (errors.length > 0) return err(errors);
  const queues = merge(
    base.queues.filter(({ id }) => !goneQueues.has(id)),
    queueItems,
    (id) => ({ ...QUEUE_DEFAULTS, id, name: id }) as QueueConfig,
  );
  const agents = merge(
    base.agents.filter(({ id }) => !goneAgents.has(id)),
    agentItems,
    (id) => ({ id, name: id, extension: `new-${id}`, skills: {}, queueIds: [] }) as never,
  ).map((agent: AgentConfig) => ({
    ...agent,
    queueIds: agent.queueIds.filter((id) => !goneQueues.has(id)),
  }));
  return ok({ ...base, queues, agents });
}

function merge<T extends { readonly id: string }>(
  base: readonly T[],
  changes: readonly Item[],
  create: (id: string) => T,
): readonly T[] {
  const changed = new Map<string, T>(base.map((item) => [item.id, item]));
  for (const item of changes) {
    changed.set(item.id, { ...(changed.get(item.id) ?? create(item.id)), ...item } as T);
  }
  return [...changed.values()];
}

function items(
  section: unknown,
  name: string,
  { fields, problems }: Kind,
  errors: string[],
): readonly Item[] {
  if (section === undefined) return [];
  if (!Array.isArray(section)) {
    errors.push(`${name} must be a list.`);
    return [];
  }
  return section.flatMap((item: unknown, index) => {
    const id = (item as Item | null)?.id;
    if (typeof id !== 'string' || id === '') {
      errors.push(`${name}[${index}] has no id.`);
      return [];
    }
    const place = `${name}[${index}] (${id})`;
    const unknown = Object.keys(item as Item).filter((field) => !fields.has(field));
    errors.push(...unknown.map((field) => `${place}: there is no field "${field}".`));
    errors.push(...problems(item).map((problem) => `${place} ${problem}.`));
    return [item as Item];
  });
}

function ids(
  section: unknown,
  name: string,
  base: readonly { readonly id: string }[],
  errors: string[],
): ReadonlySet<string> {
  const list = Array.isArray(section) ? section.map(String) : [];
  if (section !== undefined && !Array.isArray(section)) errors.push(`${name} must be a list.`);
  for (const id of list) {
    if (!base.some((item) => item.id === id)) errors.push(`${name}: there is no "${id}".`);
  }
  return new Set(list);
}
