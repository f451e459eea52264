import type { AgentId, CallId, QueueId } from '../model/ids.ts';
import type {
  AgentView,
  CallbackView,
  CallView,
  LiveChange,
  QueueView,
  Snapshot,
} from '../runtime/ports/index.ts';
import type { Facts, Staff } from './audience.ts';
import type { NumberedTopic } from './protocol.ts';

/** What things were before a change and are after it, for those who may see one and not the other. */
export interface Step {
  /** Names the thing: a later step of the same key replaces this one. */
  readonly key: string;
  readonly before: Facts | undefined;
  readonly after: Facts | undefined;
}

/** The last known state of the floor: as much of it as decides who sees what, and what an agent's own view is made of. */
export class Mirror implements Staff {
  readonly agents = new Map<AgentId, AgentView>();
  readonly queues = new Map<QueueId, QueueView>();
  readonly calls = new Map<CallId, CallView>();
  readonly callbacks = new Map<string, CallbackView>();
  /** Who has just left an agent: they still write down what it was about. */
  readonly lastCalls = new Map<AgentId, CallView>();
  readonly #facts = new Map<string, Facts>();
  #version = 0;

  constructor({ agents, queues, calls, callbacks, messages }: Snapshot) {
    for (const agent of agents) this.#agent(agent.id, agent);
    for (const queue of queues) this.#queue(queue.id, queue);
    for (const call of calls) this.#call(call);
    for (const callback of callbacks) this.#callback(callback.id, callback);
    for (const message of messages) this.#set('messages', message.id, factsOfOwned(message));
  }

  get version(): number {
    return this.#version;
  }

  agent(id: AgentId): Facts | undefined {
    return this.#facts.get(keyOf('agents', id));
  }

  *all(): Iterable<Facts> {
    for (const id of this.agents.keys()) {
      const facts = this.agent(id);
      if (facts) yield facts;
    }
  }

  take(change: LiveChange): Step {
    if ('agent' in change) return this.#agent(change.agent.id, change.agent);
    if ('queue' in change) return this.#queue(change.queue.id, change.queue);
    if ('call' in change) return this.#call(change.call);
    if ('callback' in change) return this.#callback(change.callback.id, change.callback);
    if ('message' in change) {
      const { message } = change;
      return this.#passing('messages', message.id, factsOfOwned(message), message.state === 'new');
    }
    if ('line' in change) {
      const facts = { id: change.queueId, queueIds: [change.queueId], agentIds: [] };
      return { key: keyOf('line', change.queueId), before: facts, after: facts };
    }
    if (change.topic === 'agents') return this.#agent(change.goneId, undefined);
    if (change.topic === 'queues') return this.#queue(change.goneId, undefined);
    if (change.topic === 'callbacks') return this.#callback(change.goneId, undefined);
    return this.#set(change.topic, change.goneId, undefined);
  }

  #agent(id: AgentId, agent: AgentView | undefined): Step {
    if (agent) this.agents.set(id, agent);
    else {
      this.agents.delete(id);
      this.lastCalls.delete(id);
    }
    const step = this.#set('agents', id, agent && factsOfAgent(agent));
    if (isAnother(step.before, step.after)) this.#version += 1;
    return step;
  }

  #queue(id: QueueId, queue: QueueView | undefined): Step {
    if (queue) this.queues.set(id, queue);
    else this.queues.delete(id);
    return this.#set('queues', id, queue && { id, queueIds: [id], agentIds: [] });
  }

  #call(call: CallView): Step {
    const isOver = call.stage === 'ended';
    if (isOver) this.calls.delete(call.id);
    if (isOver && call.agentId) this.lastCalls.set(call.agentId, call);
    if (!isOver) this.calls.set(call.id, call);
    return this.#passing('calls', call.id, factsOfCall(call), !isOver);
  }

  #callback(id: string, callback: CallbackView | undefined): Step {
    if (callback) this.callbacks.set(id, callback);
    else this.callbacks.delete(id);
    return this.#set('callbacks', id, callback && factsOfOwned(callback));
  }

  /** A last view is shown of what then is no more. */
  #passing(topic: NumberedTopic, id: string, facts: Facts, stays: boolean): Step {
    const step = this.#set(topic, id, facts);
    if (!stays) this.#facts.delete(step.key);
    return step;
  }

  #set(topic: NumberedTopic, id: string, after: Facts | undefined): Step {
    const key = keyOf(topic, id);
    const before = this.#facts.get(key);
    if (after) this.#facts.set(key, after);
    else this.#facts.delete(key);
    return { key, before, after };
  }
}

const keyOf = (topic: string, id: string): string => `${topic} ${id}`;

export const factsOfAgent = ({ id, team, queueIds = [] }: AgentView): Facts => ({
  id,
  ...(team === undefined ? {} : { team }),
  queueIds,
  agentIds: [id],
});

export const factsOfQueue = ({ id }: QueueView): Facts => ({ id, queueIds: [id], agentIds: [] });

export const factsOfCall = ({ id, queueId, agentId, ringing }: CallView): Facts => ({
  id,
  queueIds: queueId === undefined ? [] : [queueId],
  agentIds: ringing ?? (agentId === undefined ? [] : [agentId]),
});

/** Of call backs and messages. */
export const factsOfOwned = ({
  id,
  queueId,
  agentId,
}: {
  readonly id: string;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
}): Facts => ({
  id,
  queueIds: queueId === undefined ? [] : [queueId],
  agentIds: agentId === undefined ? [] : [agentId],
});

const isAnother = (before: Facts | undefined, after: Facts | undefined): boolean =>
  before?.team !== after?.team || before?.queueIds.join() !== after?.queueIds.join();
