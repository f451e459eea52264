import { type Principal, reaches, reachesAll } from '../model/access.ts';
import type { AgentId, QueueId } from '../model/ids.ts';
import {
  NUMBERED_TOPICS,
  type NumberedTopic,
  type Subscription,
  TOPIC_SCOPES,
} from './protocol.ts';

/** What of a thing decides who sees it. */
export interface Facts {
  readonly id: string;
  /** Of agents. */
  readonly team?: string;
  /** The queue it is of or in; of agents those they serve. */
  readonly queueIds: readonly QueueId[];
  /** Who have it, or whose phones ring for it. */
  readonly agentIds: readonly AgentId[];
}

/** Who is who, for those who see some only. */
export interface Staff {
  agent(id: AgentId): Facts | undefined;
  all(): Iterable<Facts>;
  /** Another number: agents have come or gone, or have another team or other queues. */
  readonly version: number;
}

/** Those who see the same: what is sent to them is written once for all of them. */
export class Audience {
  readonly key: string;
  readonly topics: ReadonlySet<NumberedTopic>;
  readonly #principal: Principal;
  readonly #seesAll: boolean;
  readonly #queueIds: ReadonlySet<string> | undefined;
  readonly #teams: ReadonlySet<string> | undefined;
  readonly #staff: Staff;
  #ownQueues: ReadonlySet<QueueId> = new Set();
  #ownQueuesOf = -1;

  constructor(principal: Principal, { topics, queueIds, teams }: Subscription, staff: Staff) {
    this.#principal = principal;
    this.#seesAll = reachesAll(principal);
    this.#staff = staff;
    this.#queueIds = queueIds && new Set(queueIds);
    this.#teams = teams && new Set(teams);
    this.topics = new Set(NUMBERED_TOPICS.filter((topic) => topics.includes(topic)));
    this.key = JSON.stringify([
      [...this.topics],
      [...new Set(queueIds)].sort(),
      [...new Set(teams)].sort(),
      principal.teams === undefined ? null : [...principal.teams].sort(),
      principal.agentId ?? null,
    ]);
  }

  /** Whether agents decide what it sees: then another agent's team may change everything. */
  get isLimited(): boolean {
    return !this.#seesAll || this.#teams !== undefined;
  }

  sees(topic: NumberedTopic, facts: Facts): boolean {
    return this.topics.has(topic) && this.#passes(topic, facts) && this.#mayKnow(topic, facts);
  }

  /** Whether the queue is one of those it sees: for figures and lines. */
  seesQueue(id: QueueId): boolean {
    const isWanted = this.#queueIds === undefined || this.#queueIds.has(id);
    return isWanted && (this.#seesAll || this.#queues().has(id));
  }

  /** The filters. */
  #passes(topic: NumberedTopic, facts: Facts): boolean {
    const queues = this.#queueIds;
    if (queues && !facts.queueIds.some((id) => queues.has(id))) return false;
    const teams = this.#teams;
    if (!teams || topic === 'queues') return true;
    const people = topic === 'agents' ? [facts] : this.#people(facts);
    return people.some(({ team }) => team !== undefined && teams.has(team));
  }

  /** What is an agent's is for who may see the agent; what is nobody's yet for who may see an agent of its queue. */
  #mayKnow(topic: NumberedTopic, facts: Facts): boolean {
    if (this.#seesAll) return true;
    if (topic === 'agents') return reaches(this.#principal, asAgent(facts));
    if (topic === 'queues') return this.#queues().has(facts.id as QueueId);
    if (facts.agentIds.length > 0)
      return this.#people(facts).some((person) => reaches(this.#principal, asAgent(person)));
    // Of callers who wait, an agent knows those alone who are put through to them.
    const { agentId } = this.#principal;
    return agentId === undefined && facts.queueIds.some((id) => this.#queues().has(id));
  }

  #people({ agentIds }: Facts): readonly Facts[] {
    return agentIds.flatMap((id) => this.#staff.agent(id) ?? []);
  }

  /** The queues of the agents it may see. */
  #queues(): ReadonlySet<QueueId> {
    const { version } = this.#staff;
    if (this.#ownQueuesOf === version) return this.#ownQueues;
    const own = new Set<QueueId>();
    for (const agent of this.#staff.all())
      if (reaches(this.#principal, asAgent(agent))) for (const id of agent.queueIds) own.add(id);
    this.#ownQueues = own;
    this.#ownQueuesOf = version;
    return own;
  }
}

const asAgent = ({ id, team }: Facts) => ({ id: id as AgentId, team });

/** What is missing to see these topics: scopes. Undefined: nothing. */
export function missingScope({ scopes }: Principal, { topics }: Subscription): string | undefined {
  const needed = new Set(['feed:read' as const, ...topics.map((topic) => TOPIC_SCOPES[topic])]);
  return [...needed].find((scope) => !scopes.includes(scope));
}
