import type { Change } from '../acd/changes.ts';
import type { Engine } from '../acd/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { optional } from '../lib/optional.ts';
import type { InSteps } from '../lib/slices.ts';
import {
  type AgentId,
  type CallbackId,
  type CallId,
  isPart,
  type QueueId,
  rootOf,
} from '../model/ids.ts';
import { QUEUE_DEFAULTS } from '../model/queue.ts';
import { type CallSession, isWaiting } from './call-session.ts';
import type { ConfigurationNews, Named } from './configuration-news.ts';
import type { Directory } from './directory.ts';
import { Lines } from './lines.ts';
import { MessageBoard } from './messages/message-board.ts';
import type { QueueStatistics, TodayOfQueue } from './ports/feed.ts';
import type {
  AgentView,
  CallbackView,
  CallView,
  LiveChange,
  QueueView,
  Snapshot,
} from './ports/index.ts';
import { statisticsOf } from './statistics.ts';
import { Today } from './today.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never;

export interface LiveOptions {
  readonly engine: Engine;
  readonly sessions: ReadonlyMap<CallId, CallSession>;
  readonly clock: Clock;
  /** Where days begin. */
  readonly zone: string;
  readonly directory: () => Directory | undefined;
  /** The phone that is not their own at which an agent sits. */
  readonly phoneOf: (id: AgentId) => string | undefined;
}

/** The live state as operators see it: a snapshot, and numbered changes to whoever listens. */
export class Live {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #sessions: ReadonlyMap<CallId, CallSession>;
  readonly #listeners = new Set<(change: LiveChange) => void>();
  readonly #phoneOf: LiveOptions['phoneOf'];
  readonly #lines: Lines;
  readonly today: Today;
  readonly messages: MessageBoard;
  #seq = 0;

  constructor({ engine, sessions, clock, zone, directory, phoneOf }: LiveOptions) {
    this.#phoneOf = phoneOf;
    this.#engine = engine;
    this.#sessions = sessions;
    this.#clock = clock;
    this.#lines = new Lines(
      clock,
      (id, max) => engine.line(id, max),
      (queueId, line) => this.#publish({ topic: 'calls', queueId, line }),
    );
    const { serviceLevelMs } = QUEUE_DEFAULTS;
    this.today = new Today(
      zone,
      (id) => directory()?.queues.get(id)?.serviceLevelMs ?? serviceLevelMs,
    );
    this.messages = new MessageBoard((told) => this.#publish({ topic: 'messages', ...told }));
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#lines.stop();
  }

  get agents(): readonly AgentView[] {
    return this.#engine.agents().map((agent) => this.#seated(agent));
  }

  get queues(): readonly QueueView[] {
    return this.#engine.queues();
  }

  get calls(): readonly CallView[] {
    return [...this.#sessions.values()].map((session) => this.#callView(session));
  }

  get callbacks(): readonly CallbackView[] {
    return this.#engine.callbacks();
  }

  findAgent(id: AgentId): AgentView | undefined {
    const agent = this.#engine.agent(id);
    return agent && this.#seated(agent);
  }

  findCall(id: CallId): CallView | undefined {
    const session = this.#sessions.get(id);
    return session && this.#callView(session);
  }

  snapshot(): Snapshot {
    const { agents, queues, calls, callbacks } = this;
    const messages = this.messages.all;
    return { seq: this.#seq, at: this.#clock.now(), agents, queues, calls, callbacks, messages };
  }

  statistics(): readonly QueueStatistics[] {
    const now = this.#clock.now();
    return statisticsOf(
      this.#engine.agents(),
      this.#engine.queues(),
      (id) => this.today.of(id, now),
      now,
    );
  }

  figuresOfToday(): readonly TodayOfQueue[] {
    return this.today.all(this.#clock.now());
  }

  call(session: CallSession): void {
    this.#publish({ topic: 'calls', call: this.#callView(session) });
  }

  /** Shows anew whom and what the engine's changes touched, each once. */
  changes(changes: readonly Change[]): void {
    const agents = new Set<AgentId>();
    const queues = new Set<QueueId>();
    const callbacks = new Set<CallbackId>();
    const now = this.#clock.now();
    for (const change of changes) {
      this.today.take(now, change);
      if ('agentId' in change) agents.add(change.agentId);
      if ('queueId' in change) queues.add(change.queueId);
      if ('fromQueueId' in change) queues.add(change.fromQueueId);
      if ('callbackId' in change) callbacks.add(change.callbackId);
      else if ('callId' in change) this.#promiseOf(change.callId, callbacks);
    }
    for (const id of agents) {
      for (const queueId of this.#engine.queuesOf(id)) queues.add(queueId);
      this.agent(id);
    }
    for (const id of callbacks) this.#callback(id);
    for (const id of queues) this.#queue(id);
  }

  /** Whom and what a change of the configuration touches, anew: queues with the agents who belong or belonged to them. */
  *configured(before: Named, news: ConfigurationNews): InSteps<void> {
    const queues = new Set([...news.queues, ...news.goneQueues].map(({ id }) => id));
    for (const { id } of [...news.agents, ...news.goneAgents]) {
      this.agent(id);
      for (const queueId of before.agents.get(id)?.queueIds ?? []) queues.add(queueId);
      for (const queueId of this.#engine.queuesOf(id)) queues.add(queueId);
      yield;
    }
    for (const id of queues) {
      this.#queue(id);
      yield;
    }
  }

  /** Whether an agent's phone is there is no step of theirs, but counts in the figures of their queues. */
  reachability(id: AgentId): void {
    this.agent(id);
    for (const queueId of this.#engine.queuesOf(id)) this.#queue(queueId);
  }

  agent(id: AgentId): void {
    const agent = this.findAgent(id);
    this.#publish(agent ? { topic: 'agents', agent } : { topic: 'agents', goneId: id });
  }

  /** As everybody may know them: at the phone at which they sit, with the call that is the customer's. */
  #seated(agent: AgentView): AgentView {
    const phone = this.#phoneOf(agent.id);
    const { state } = agent;
    const hasPart = 'callId' in state && isPart(state.callId);
    if (phone === undefined && !hasPart) return agent;
    return {
      ...agent,
      ...optional('phone', phone),
      ...(hasPart ? { state: { ...state, callId: rootOf(state.callId) } } : {}),
    };
  }

  #queue(id: QueueId): void {
    const queue = this.#engine.queue(id);
    this.#publish(queue ? { topic: 'queues', queue } : { topic: 'queues', goneId: id });
    this.#lines.touch(id);
  }

  #callback(id: CallbackId): void {
    const callback = this.#engine.callback(id);
    this.#publish(callback ? { topic: 'callbacks', callback } : { topic: 'callbacks', goneId: id });
  }

  /** A call back is offered under its own id, in the place of a call's. */
  #promiseOf(id: CallId | undefined, callbacks: Set<CallbackId>): void {
    const callback = id && this.#engine.callback(id as string as CallbackId);
    if (callback) callbacks.add(callback.id);
  }

  #callView(session: CallSession): CallView {
    const position = this.#engine.position(session.id);
    const ringing = [...session.rings.values()].map(({ agentId }) => agentId);
    return {
      id: session.id,
      stage: session.stage,
      arrivedAt: session.arrivedAt,
      context: session.context,
      ...optional('queueId', session.queueId),
      ...optional('queuedAt', session.queuedAt),
      ...optional('position', position),
      ...(isWaiting(session) ? optional('priority', session.demand?.priority) : {}),
      ...optional('agentId', agentOf(session)),
      ...optional('recording', session.taped),
      ...(ringing.length > 1 ? { ringing } : {}),
      ...(session.supervisions.length > 0 ? { supervisions: session.supervisions } : {}),
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
