import type { Change } from '../../src/acd/changes.ts';
import type { AgentConfig, Skills } from '../../src/model/agent.ts';
import type { AgentId, CallId, QueueId } from '../../src/model/ids.ts';
import { agents as agentsOf, arrival, type Load, queues } from './company.ts';

interface Waiting {
  readonly id: CallId;
  readonly queueId: QueueId;
  readonly skills: Skills;
  readonly effectiveStart: number;
}

/** What the same decision costs who keeps a list of calls, and filters and sorts it for each (for the ratio). */
export class NaiveRouter {
  readonly #load: Load;
  readonly #agents: ReadonlyMap<AgentId, AgentConfig>;
  #waiting: Waiting[] = [];
  #now = 0;

  constructor(load: Load) {
    this.#load = load;
    this.#agents = new Map(agentsOf(load).map((agent) => [agent.id, agent]));
    for (let n = 0; n < load.waiting; n++) this.arrive(n);
  }

  arrive(n: number): void {
    const { callId, queueId, priority, requiredSkills } = arrival(n, this.#load);
    const priorityLevelMs = queues.find(({ id }) => id === queueId)?.priorityLevelMs ?? 0;
    const effectiveStart = ++this.#now - (priority - 5) * priorityLevelMs;
    this.#waiting.push({ id: callId, queueId, skills: requiredSkills, effectiveStart });
  }

  /** The call for an agent who becomes free, as the engine says it. */
  decide(id: AgentId): Change | undefined {
    const agent = this.#agents.get(id);
    if (!agent) return undefined;
    const [call] = this.#waiting
      .filter((other) => mayHave(agent, other))
      .sort((a, b) => a.effectiveStart - b.effectiveStart);
    if (!call) return undefined;
    this.#waiting = this.#waiting.filter((other) => other !== call);
    const { queueId, id: callId } = call;
    const offerId = `${callId}#1` as Extract<Change, { type: 'offer.made' }>['offerId'];
    return { type: 'offer.made', offerId, callId, queueId, agentId: id, expiresAt: this.#now };
  }
}

const mayHave = (agent: AgentConfig, call: Waiting): boolean =>
  agent.queueIds.includes(call.queueId) &&
  Object.entries(call.skills).every(([name, level]) => (agent.skills[name] ?? 0) >= level);
