import type { Command } from '../../../src/acd/commands.ts';
import { ListSortedBy } from '../../../src/acd/sorted-list.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import {
  type AgentId,
  agentId,
  type CallbackId,
  type CallId,
  callId,
  type QueueId,
  queueId,
} from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../src/model/queue.ts';
import type { RecordedArrival } from '../history.ts';
import type { Random } from '../random.ts';
import { deliveries } from './network.ts';
import type { Configuration, Enqueue, Part } from './part.ts';

/** The last evening of a month in Madrid, a few minutes before its end: a Tuesday. */
export const START = Date.UTC(2023, 9, 31, 22, 53, 20);

/**
 * When days begin: mostly then; at times before a month's end that comes an hour late in Cairo, where clocks go back over
 * midnight, and before the Azores' clocks leap over midnight into a month's last day.
 */
const STARTS = [
  START,
  START,
  START,
  Date.UTC(2024, 9, 31, 20, 53, 20),
  Date.UTC(2024, 2, 31, 0, 53, 20),
];

export interface WorldEvent {
  readonly at: number;
  readonly seq: number;
  /** What it says to the engine, decided when it happens. */
  readonly command: () => Command | undefined;
}

/** What the parts of the world share: the plan of what is to come, and who is there. */
export class Stage {
  /** False: nobody new comes, so that the day can end. */
  open = true;
  queues: readonly QueueConfig[] = [];
  agents: readonly AgentConfig[] = [];
  parts: readonly Part[] = [];
  /** Recorded arrivals to replay; none: a seed decides. */
  readonly history: readonly RecordedArrival[];
  readonly start: number;
  /** The numbers of calls whose callers do not withhold them. */
  readonly numbers = new Map<CallId, string>();
  /** The numbers of customers to whom calls were promised. */
  readonly promised = new Map<CallbackId, string>();
  readonly #random: Random;
  readonly #events = new ListSortedBy<WorldEvent>(
    ({ at }) => at,
    (a, b) => a.at - b.at || a.seq - b.seq,
  );
  #seq = 0;
  #calls = 0;

  constructor(random: Random, history: readonly RecordedArrival[] = []) {
    this.#random = random;
    this.history = history;
    this.start = random.fork('start').pick(STARTS);
  }

  next(): WorldEvent | undefined {
    return this.#events.shift();
  }

  peek(): number | undefined {
    return this.#events.first?.at;
  }

  /** It happens then, decided then. */
  plan(at: number, command: WorldEvent['command']): void {
    this.#events.add({ at, seq: ++this.#seq, command });
  }

  /** Told to the engine over a network that repeats itself, is late, and loses words. */
  send(at: number, command: Command): void {
    for (const when of deliveries(this.#random, at, command)) this.plan(when, () => command);
  }

  newCall(): CallId {
    return callId(`c${++this.#calls}`);
  }

  /** One of the calls so far, or one that never was. */
  someCall(): CallId {
    return callId(`c${this.#random.between(1, this.#calls + 1)}`);
  }

  /**
   * The call asks for a queue, any unless it is named; the parts say which skills, priority and so on it brings.
   * At times the caller has hung up, and that is heard of first.
   */
  join(at: number, id: CallId, wanted?: QueueId, more: Partial<Enqueue> = {}): void {
    const queue = wanted ?? this.#random.pick(this.queues).id;
    const call: Enqueue = {
      type: 'call.enqueue',
      callId: id,
      queueId: queue,
      priority: 5,
      requiredSkills: {},
    };
    const traits = this.parts.map((part) => part.callTraits?.());
    const enqueue = Object.assign({}, call, ...traits, more) as Enqueue;
    if (enqueue.callerKey !== undefined) this.numbers.set(id, enqueue.callerKey);
    if (this.#random.chance(0.01)) this.plan(at, () => ({ type: 'call.abandon', callId: id }));
    for (const when of deliveries(this.#random, at, call)) this.plan(when, () => enqueue);
  }

  /** The same caller, whom somebody has handed back to a queue, as `runtime/talk/places.ts` says it. */
  comesBack(callId: CallId): Pick<Enqueue, 'callId' | 'requiredSkills' | 'callerKey' | 'returns'> {
    const callerKey = this.numbers.get(callId);
    const who = callerKey === undefined ? {} : { callerKey };
    return { callId, requiredSkills: {}, returns: true, ...who };
  }

  /** A queue or an agent as the parts make them up. */
  makeQueue(n: number): QueueConfig {
    const queue = { ...QUEUE_DEFAULTS, id: queueId(`q${n}`), name: `Queue ${n}` };
    return Object.assign(queue, ...this.parts.map((part) => part.queueTraits?.(n)));
  }

  makeAgent(n: number): AgentConfig {
    const id: AgentId = agentId(`a${n}`);
    const agent = { id, name: `Agent ${n}`, extension: `${1000 + n}`, skills: {}, queueIds: [] };
    return Object.assign(agent, ...this.parts.map((part) => part.agentTraits?.(n)));
  }

  /** The new configuration, mended by every part, as the command that makes it so. */
  configure(configuration: Configuration): Command {
    const { queues, agents } = this.parts.reduce(
      (so, part) => part.mend?.(so) ?? so,
      configuration,
    );
    this.queues = queues;
    this.agents = agents;
    return { type: 'configure', queues, agents };
  }
}
