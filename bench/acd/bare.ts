import type { Change } from '../../src/acd/changes.ts';
import type { AgentState } from '../../src/model/agent.ts';
import { type AgentId, agentId, type CallId, offerId, type QueueId } from '../../src/model/ids.ts';
import { arrival, type Load } from './company.ts';

interface BareCall {
  readonly id: CallId;
  readonly queueId: QueueId;
  readonly queuedAt: number;
}

interface BareAgent {
  readonly id: AgentId;
  state: AgentState;
}

/**
 * What is left of an engine that decides nothing: whoever came first goes to whoever is free. It finds calls and agents
 * by their ids, keeps the call, and says what happened as the engine says it. No engine with this door costs less, so
 * its speed is what the machine leaves of the aim (for the ratio).
 */
export class BareRouter {
  readonly #load: Load;
  readonly #calls = new Map<CallId, BareCall>();
  readonly #agents = new Map<AgentId, BareAgent>();
  readonly #line: CallId[] = [];
  #next = 0;
  #now = 0;

  constructor(load: Load) {
    this.#load = load;
    for (let n = 0; n < load.agents; n++) {
      const id = agentId(`agent-${n}`);
      this.#agents.set(id, { id, state: { kind: 'ready', since: 0 } });
    }
    for (let n = 0; n < load.waiting; n++) this.arrive(arrival(n, load));
  }

  arrive({ callId: id, queueId }: ReturnType<typeof arrival>): readonly Change[] {
    if (this.#calls.has(id)) return [];
    this.#calls.set(id, { id, queueId, queuedAt: ++this.#now });
    const position = this.#line.push(id) - this.#next;
    return [{ type: 'call.queued', callId: id, queueId, position }];
  }

  free(id: AgentId): readonly Change[] {
    const agent = this.#agents.get(id);
    const call = this.#calls.get(this.#line[this.#next++] as CallId);
    if (!agent || !call) return [];
    const { state: from } = agent;
    const offer = offerId(`${call.id}#${++this.#now}`);
    const who = { offerId: offer, callId: call.id, queueId: call.queueId, agentId: id };
    agent.state = { kind: 'offered', since: this.#now, offerId: offer, callId: call.id };
    return [
      { type: 'agent.changed', agentId: id, from, to: agent.state },
      { type: 'offer.made', ...who, expiresAt: this.#now },
    ];
  }

  /** Their conversations are over: the line and what is kept have the length that they had. */
  forget(count: number): void {
    for (const id of this.#line.splice(0, count)) this.#calls.delete(id);
    this.#next -= count;
  }

  /** What so many callers bring, and the agents who become free for them. */
  round(first: number, count: number) {
    const numbers = Array.from({ length: count }, (_, n) => first + n);
    return {
      arrivals: numbers.map((n) => arrival(this.#load.waiting + n, this.#load)),
      agents: numbers.map((n) => agentId(`agent-${(n * 7) % this.#load.agents}`)),
    };
  }
}
