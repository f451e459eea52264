import type { Clock, EpochMs } from '../../lib/clock.ts';
import { never } from '../../lib/result.ts';
import type { AgentId, CallbackId, CallId, QueueId } from '../../model/ids.ts';
import type { LiveStatistics, QueueStatistics, QueueToday, TodayOfQueue } from '../ports/feed.ts';
import type {
  AgentView,
  CallbackView,
  CallView,
  Control,
  FloorView,
  LiveChange,
  QueueView,
  Snapshot,
} from '../ports/index.ts';
import { statisticsOf } from '../statistics.ts';
import type { ReplicaNews, WholeFloor } from './news.ts';

type Message = Snapshot['messages'][number];

const NOTHING_TODAY: QueueToday = {
  offered: 0,
  answered: 0,
  answeredWithin: 0,
  abandoned: 0,
  shortAbandons: 0,
  leftOtherwise: 0,
  waitedMs: 0,
};

/**
 * The live state in another thread than that of the calls, for whoever only looks: it shows what the changes say, and is
 * made anew now and then, for what moves without one.
 */
export class Replica implements FloorView, Pick<Control, 'subscribe'>, LiveStatistics {
  readonly #clock: Clock;
  readonly #listeners = new Set<(change: LiveChange) => void>();
  #agents = new Map<string, AgentView>();
  #queues = new Map<string, QueueView>();
  #calls = new Map<string, CallView>();
  #callbacks = new Map<string, CallbackView>();
  #messages = new Map<string, Message>();
  #today = new Map<QueueId, QueueToday>();
  #seq = 0;
  /** Written when somebody asks, and once for all who ask before the next change. */
  #shown: Omit<Snapshot, 'at'> | undefined;

  constructor(floor: WholeFloor, clock: Clock) {
    this.#clock = clock;
    this.#takeWhole(floor);
  }

  /** What it is told, but not what is no part of the live state. */
  take(news: Exclude<ReplicaNews, { kind: 'forget' }>): void {
    this.#shown = undefined;
    switch (news.kind) {
      case 'changes':
        for (const change of news.changes) this.#takeChange(change);
        return;
      case 'today':
        return this.#takeToday(news.today);
      case 'whole':
        return this.#takeWhole(news.floor);
      default:
        never(news);
    }
  }

  get agents(): readonly AgentView[] {
    return this.snapshot().agents;
  }

  get queues(): readonly QueueView[] {
    return this.snapshot().queues;
  }

  get calls(): readonly CallView[] {
    return this.snapshot().calls;
  }

  get callbacks(): readonly CallbackView[] {
    return this.snapshot().callbacks;
  }

  agent(id: AgentId): AgentView | undefined {
    const agent = this.#agents.get(id);
    return agent && unpaused(agent, this.#clock.now());
  }

  queue(id: QueueId): QueueView | undefined {
    return this.#queues.get(id);
  }

  call(id: CallId): CallView | undefined {
    return this.#calls.get(id);
  }

  callback(id: CallbackId): CallbackView | undefined {
    return this.#callbacks.get(id);
  }

  snapshot(): Snapshot {
    this.#shown ??= {
      seq: this.#seq,
      agents: [...this.#agents.values()].map((agent) => unpaused(agent, this.#clock.now())),
      queues: [...this.#queues.values()],
      calls: [...this.#calls.values()],
      callbacks: [...this.#callbacks.values()],
      messages: [...this.#messages.values()],
    };
    return { ...this.#shown, at: this.#clock.now() };
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  statistics(): readonly QueueStatistics[] {
    const { agents, queues, at } = this.snapshot();
    return statisticsOf(agents, queues, (id) => this.#today.get(id) ?? NOTHING_TODAY, at);
  }

  #takeChange(change: LiveChange): void {
    this.#seq = change.seq;
    if ('agent' in change) this.#agents.set(change.agent.id, change.agent);
    else if ('queue' in change) this.#takeQueue(change.queue);
    else if ('call' in change) this.#takeCall(change.call);
    else if ('line' in change) this.#place(change.line);
    else if ('callback' in change) this.#callbacks.set(change.callback.id, change.callback);
    else if ('message' in change) this.#takeMessage(change.message);
    else this.#gone(change);
    for (const listener of this.#listeners) listener(change);
  }

  #gone({ topic, goneId }: Extract<LiveChange, { goneId: unknown }>): void {
    const of = {
      agents: this.#agents,
      queues: this.#queues,
      callbacks: this.#callbacks,
      messages: this.#messages,
    };
    of[topic].delete(goneId);
  }

  #takeQueue(queue: QueueView): void {
    this.#queues.set(queue.id, queue);
    this.#place(queue.next);
  }

  #takeCall(call: CallView): void {
    if (call.stage === 'ended') this.#calls.delete(call.id);
    else this.#calls.set(call.id, call);
  }

  #takeMessage(message: Message): void {
    // The newest stands last.
    this.#messages.delete(message.id);
    if (message.state === 'new') this.#messages.set(message.id, message);
  }

  /** Those who wait, in their order. Call backs stand among them. */
  #place(line: readonly CallId[]): void {
    for (const [index, id] of line.entries()) {
      const call = this.#calls.get(id);
      const position = index + 1;
      if (call?.stage === 'queued' && call.position !== position)
        this.#calls.set(id, { ...call, position });
    }
  }

  #takeToday(today: readonly TodayOfQueue[]): void {
    this.#today = new Map(today);
  }

  #takeWhole({ snapshot, today }: WholeFloor): void {
    this.#seq = snapshot.seq;
    this.#agents = byId(snapshot.agents);
    this.#queues = byId(snapshot.queues);
    this.#calls = byId(snapshot.calls);
    this.#callbacks = byId(snapshot.callbacks);
    this.#messages = byId(snapshot.messages);
    this.#takeToday(today);
  }
}

const byId = <Thing extends { readonly id: string }>(things: readonly Thing[]) =>
  new Map<string, Thing>(things.map((thing) => [thing.id, thing]));

/** A pause after an offer that failed ends by itself. */
function unpaused(agent: AgentView, now: EpochMs): AgentView {
  if (agent.pausedUntil === undefined || agent.pausedUntil > now) return agent;
  const { pausedUntil: _over, ...rest } = agent;
  return rest;
}
