import type { AgentConfig } from '../model/agent.ts';
import type { QueueConfig } from '../model/queue.ts';
import { isSpent, meets, type Stage, stagesOf } from './lint-demands.ts';

/** Queues and agents with what the linter looks up in them, so that it goes through all of them but once. */
export class Company {
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  readonly #byId: ReadonlyMap<string, QueueConfig>;
  readonly #order: ReadonlyMap<QueueConfig, number>;
  readonly #stages: ReadonlyMap<QueueConfig, readonly Stage[]>;
  readonly #agentsOfQueue = new Map<string, AgentConfig[]>();
  readonly #agentsOfGroup = new Map<string, AgentConfig[]>();
  /** To which a group is let in at some step. */
  readonly #queuesOfGroup = new Map<string, QueueConfig[]>();
  /** The highest level that anybody holds. */
  readonly #best = new Map<string, number>();

  constructor(queues: readonly QueueConfig[], agents: readonly AgentConfig[]) {
    this.queues = queues;
    this.agents = agents;
    this.#byId = new Map(queues.map((queue) => [queue.id, queue]));
    this.#order = new Map(queues.map((queue, n) => [queue, n]));
    this.#stages = new Map(queues.map((queue) => [queue, stagesOf(queue)]));
    for (const agent of agents) this.#file(agent);
    for (const [queue, stages] of this.#stages)
      for (const group of new Set(stages.flatMap(({ groupIds }) => groupIds)))
        listed(this.#queuesOfGroup, group).push(queue);
  }

  queue(id: string): QueueConfig | undefined {
    return this.#byId.get(id);
  }

  stagesOf(queue: QueueConfig): readonly Stage[] {
    return this.#stages.get(queue) ?? [];
  }

  /** Who belongs to the queue at that stage, whether or not they can do what it asks. */
  membersAt(queue: QueueConfig, { groupIds }: Stage): ReadonlySet<AgentConfig> {
    const groups = groupIds.flatMap((group) => this.#agentsOfGroup.get(group) ?? []);
    return new Set([...(this.#agentsOfQueue.get(queue.id) ?? []), ...groups]);
  }

  /** Who could be offered an ordinary call of the queue at that stage, on some day. */
  serversAt(queue: QueueConfig, stage: Stage): readonly AgentConfig[] {
    const members = [...this.membersAt(queue, stage)];
    return members.filter((agent) => meets(agent, stage) && !isSpent(agent));
  }

  /** Who could be offered one at any stage. */
  serversOf(queue: QueueConfig): ReadonlySet<AgentConfig> {
    return new Set(this.stagesOf(queue).flatMap((stage) => this.serversAt(queue, stage)));
  }

  isServed(queue: QueueConfig): boolean {
    return this.stagesOf(queue).some((stage) => this.serversAt(queue, stage).length > 0);
  }

  /** The queues that the agent belongs to at some stage, in their order, and these stages. */
  placesOf({ queueIds, groupIds = [] }: AgentConfig) {
    const own = new Set(queueIds.flatMap((id) => this.#byId.get(id) ?? []));
    const lent = groupIds.flatMap((group) => this.#queuesOfGroup.get(group) ?? []);
    const place = (queue: QueueConfig): number => this.#order.get(queue) ?? 0;
    return [...new Set([...own, ...lent])]
      .sort((one, other) => place(one) - place(other))
      .map((queue) => ({
        queue,
        stages: this.stagesOf(queue).filter(
          (stage) => own.has(queue) || groupIds.some((group) => stage.groupIds.includes(group)),
        ),
      }));
  }

  bestLevelOf(skill: string): number {
    return this.#best.get(skill) ?? 0;
  }

  hasGroup(group: string): boolean {
    return this.#agentsOfGroup.has(group);
  }

  #file(agent: AgentConfig): void {
    for (const id of new Set(agent.queueIds)) listed(this.#agentsOfQueue, id).push(agent);
    for (const group of new Set(agent.groupIds)) listed(this.#agentsOfGroup, group).push(agent);
    for (const [skill, level] of Object.entries(agent.skills))
      this.#best.set(skill, Math.max(level, this.#best.get(skill) ?? 0));
  }
}

function listed<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
