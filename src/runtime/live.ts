import type { Change } from '../acd/changes.ts';
import type { Engine } from '../acd/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentId, CallId, QueueId } from '../model/ids.ts';
import { type CallSession, optional } from './call-session.ts';
import type { CallView, LiveChange, Snapshot } from './ports.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never;

/** The live state as operators see it: a snapshot, and numbered changes to whoever listens. */
export class Live {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #sessions: ReadonlyMap<CallId, CallSession>;
  readonly #listeners = new Set<(change: LiveChange) => void>();
  #seq = 0;

  constructor(engine: Engine, sessions: ReadonlyMap<CallId, CallSession>, clock: Clock) {
    this.#engine = engine;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): Snapshot {
    return {
      seq: this.#seq,
      at: this.#clock.now(),
      agents: this.#engine.agents(),
      queues: this.#engine.queues(),
      calls: [...this.#sessions.values()].map((session) => this.#callView(session)),
      callbacks: this.#engine.callbacks(),
    };
  }

  call(session: CallSession): void {
    this.#publish({ topic: 'calls', call: this.#callView(session) });
  }

  /** Shows anew whom and what the engine's changes touched, each once. */
  changes(changes: readonly Change[]): void {
    const agents = new Set<AgentId>();
    const queues = new Set<QueueId>();
    for (const change of changes) {
      if ('agentId' in change) agents.add(change.agentId);
      if ('queueId' in change) queues.add(change.queueId);
      if ('fromQueueId' in change) queues.add(change.fromQueueId);
    }
    for (const id of agents) {
      for (const queueId of this.#engine.queuesOf(id)) queues.add(queueId);
      this.#agent(id);
    }
    for (const id of queues) this.#queue(id);
  }

  /** Everything anew, after a change of the configuration; `before` tells what is gone. */
  all(before: Snapshot): void {
    const agents = new Set([...before.agents, ...this.#engine.agents()].map(({ id }) => id));
    const queues = new Set([...before.queues, ...this.#engine.queues()].map(({ id }) => id));
    for (const id of agents) this.#agent(id);
    for (const id of queues) this.#queue(id);
  }

  #agent(id: AgentId): void {
    const agent = this.#engine.agent(id);
    this.#publish(agent ? { topic: 'agents', agent } : { topic: 'agents', goneId: id });
  }

  #queue(id: QueueId): void {
    const queue = this.#engine.queue(id);
    this.#publish(queue ? { topic: 'queues', queue } : { topic: 'queues', goneId: id });
  }

  #callView(session: CallSession): CallView {
    const position = this.#engine.position(session.id);
    return {
      id: session.id,
      stage: session.stage,
      arrivedAt: session.arrivedAt,
      context: session.context,
      ...optional('queueId', session.queueId),
      ...optional('position', position),
      ...optional('agentId', agentOf(session)),
      ...optional('recording', session.taped),
    };
  }

  #publish(change: Unnumbered<LiveChange>): void {
    this.#seq += 1;
    const numbered = { ...change, seq: this.#seq, at: this.#clock.now() } as LiveChange;
    for (const listener of this.#listeners) listener(numbered);
  }
}

/** Who has the call, or the first whose phone rings for it. */
function agentOf({ rings, offer, agentId }: CallSession): AgentId | undefined {
  const [first] = rings.values();
  return first?.agentId ?? offer?.agentId ?? agentId;
}
