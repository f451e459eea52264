import { err, ok, type Result } from '../lib/result.ts';
import type { AgentConfig } from '../model/agent.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../model/queue.ts';
import type { Setting } from './replay.ts';

/** Which fields a queue and an agent may have: what is not among them is a typing error. */
export interface KnownFields {
  readonly queue: ReadonlySet<string>;
  readonly agent: ReadonlySet<string>;
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
  known: KnownFields,
): Result<Setting, readonly string[]> {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    return err([`The changes must have sections: ${SECTIONS.join(', ')}.`]);
  }
  const sections = changes as Readonly<Record<string, unknown>>;
  const errors = Object.keys(sections)
    .filter((name) => !SECTIONS.includes(name))
    .map((name) => `There is no section "${name}": there are ${SECTIONS.join(', ')}.`);
  const queueItems = items(sections.queues, 'queues', known.queue, errors);
  const agentItems = items(sections.agents, 'agents', known.agent, errors);
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
  return ok({ queues, agents });
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
  fields: ReadonlySet<string>,
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
    for (const field of Object.keys(item as Item)) {
      if (!fields.has(field))
        errors.push(`${name}[${index}] (${id}): there is no field "${field}".`);
    }
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
