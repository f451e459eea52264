import type { Change } from '../../src/acd/changes.ts';
import type { Command } from '../../src/acd/commands.ts';
import { SortedList } from '../../src/acd/sorted-list.ts';
import type { AgentConfig } from '../../src/model/agent.ts';
import {
  type AgentId,
  agentId,
  type CallId,
  callId,
  offerId,
  queueId,
} from '../../src/model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../src/model/queue.ts';
import type { Random } from './random.ts';

export interface WorldEvent {
  readonly at: number;
  readonly seq: number;
  /** What it says to the engine, decided when it happens. */
  readonly command: () => Command | undefined;
}

const SKILLS = ['catalan', 'facturas', 'técnica'] as const;

/** The world around the engine: callers who lose patience, agents who are people, a network that repeats itself. */
export class World {
  readonly #random: Random;
  readonly #events = new SortedList<WorldEvent>((a, b) => a.at - b.at || a.seq - b.seq);
  #seq = 0;
  #calls = 0;
  #queues: readonly QueueConfig[];
  #agents: readonly AgentConfig[];
  #arrivalMeanMs: number;
  /** False: nobody new comes, so that the day can end. */
  open = true;

  constructor(random: Random) {
    this.#random = random;
    this.#queues = Array.from({ length: random.between(2, 5) }, (_, n) => this.#queue(n));
    this.#agents = Array.from({ length: random.between(3, 14) }, (_, n) => this.#agent(n));
    // From a storm to a quiet day, where agents wait for calls.
    this.#arrivalMeanMs = random.between(1_500, 30_000);
    this.#plan(0, () => this.#configuration());
    for (const { id } of this.#agents) this.#beginShift(id, random.between(1, 5_000));
    this.#planArrival(random.between(1, 10_000));
    this.#planUpheaval();
  }

  next(): WorldEvent | undefined {
    return this.#events.shift();
  }

  peek(): number | undefined {
    return this.#events.first?.at;
  }

  /** The world's answer to what the engine did. */
  react(now: number, change: Change): void {
    switch (change.type) {
      case 'offer.made':
        return this.#ring(now, change);
      case 'call.connected':
        return this.#twice(now + this.#random.around(60_000), {
          type: 'call.ended',
          callId: change.callId,
        });
      case 'call.left':
        if (change.outcome === 'queueTimeout' && this.#random.chance(0.3))
          this.#join(now, change.callId);
        return;
      case 'agent.changed':
        return this.#agentChanged(now, change);
      default:
    }
  }

  #ring(
    now: number,
    { offerId: id, agentId: agent, expiresAt }: Extract<Change, { type: 'offer.made' }>,
  ) {
    const at = now + this.#random.around(4_000);
    const luck = this.#random.next();
    if (luck < 0.62) this.#twice(at, { type: 'offer.answered', offerId: id });
    else if (luck < 0.72) this.#twice(at, { type: 'offer.failed', offerId: id, cause: 'rejected' });
    else if (luck < 0.79) this.#twice(now, { type: 'offer.failed', offerId: id, cause: 'busy' });
    else if (luck < 0.84)
      this.#twice(at, { type: 'offer.failed', offerId: id, cause: 'unreachable' });
    else if (luck < 0.87) this.#losePhone(at, agent);
    else if (luck < 0.89) this.#plan(at, () => ({ type: 'agent.signOut', agentId: agent }));
    else if (luck < 0.92) this.#twice(expiresAt + 5, { type: 'offer.answered', offerId: id });
    else if (luck < 0.94)
      this.#twice(expiresAt, { type: 'offer.failed', offerId: id, cause: 'noAnswer' });
  }

  #agentChanged(
    now: number,
    { agentId: id, to }: Extract<Change, { type: 'agent.changed' }>,
  ): void {
    const later = now + this.#random.around(20_000);
    if (to.kind === 'notReady') this.#plan(later, () => ({ type: 'agent.ready', agentId: id }));
    if (to.kind === 'offline') this.#beginShift(id, later);
    if (to.kind === 'wrapUp' && this.#random.chance(0.2)) {
      this.#plan(now + 1_500, () => ({ type: 'agent.wrapUpDone', agentId: id }));
    }
    if ((to.kind === 'talking' || to.kind === 'wrapUp') && this.#random.chance(0.15)) {
      this.#plan(now + this.#random.around(3_000), () => this.#whim(id));
    }
    if (to.kind === 'ready' && this.#random.chance(0.1)) {
      this.#plan(now + this.#random.around(30_000), () => this.#whim(id));
    }
  }

  #whim(id: AgentId): Command {
    return this.#random.pick<Command>([
      { type: 'agent.notReady', agentId: id, reason: 'pausa' },
      { type: 'agent.notReady', agentId: id, reason: 'comida' },
      { type: 'agent.signOut', agentId: id },
      { type: 'agent.signIn', agentId: id },
      { type: 'agent.ready', agentId: id },
      { type: 'agent.wrapUpDone', agentId: id },
      { type: 'agent.reachable', agentId: id, reachable: true },
    ]);
  }

  #beginShift(id: AgentId, at: number): void {
    this.#plan(at, () => ({ type: 'agent.signIn', agentId: id }));
    this.#plan(at + 1, () => ({ type: 'agent.reachable', agentId: id, reachable: true }));
  }

  #losePhone(at: number, id: AgentId): void {
    this.#plan(at, () => ({ type: 'agent.reachable', agentId: id, reachable: false }));
    const back = at + this.#random.around(15_000);
    this.#plan(back, () => ({ type: 'agent.reachable', agentId: id, reachable: true }));
  }

  #planArrival(at: number): void {
    this.#plan(at, () => {
      if (!this.open) return undefined;
      const burst = this.#random.chance(0.03) ? this.#random.between(5, 25) : 1;
      for (let n = 0; n < burst; n++) this.#join(at, callId(`c${++this.#calls}`));
      this.#planArrival(at + this.#random.around(this.#arrivalMeanMs));
      return undefined;
    });
  }

  #join(at: number, id: CallId): void {
    const { id: queue } = this.#random.pick(this.#queues);
    const requiredSkills = this.#random.chance(0.2) ? this.#skills(4) : {};
    const priority = this.#random.chance(0.3) ? this.#random.between(0, 10) : 5;
    this.#plan(at, () => ({
      type: 'call.enqueue',
      callId: id,
      queueId: queue,
      priority,
      requiredSkills,
    }));
    this.#twice(at + this.#random.around(40_000), { type: 'call.abandon', callId: id });
  }

  /** From time to time somebody changes the configuration, a phone is lost, or nonsense arrives. */
  #planUpheaval(): void {
    const at = (this.peek() ?? 0) + this.#random.around(30_000);
    const plan = (when: number): void =>
      this.#plan(when, () => {
        if (!this.open) return undefined;
        plan(when + this.#random.around(25_000));
        return this.#upheaval(when);
      });
    plan(at);
  }

  #upheaval(now: number): Command | undefined {
    const luck = this.#random.next();
    if (luck < 0.3) return this.#reconfigure();
    if (luck > 0.6) return this.#nonsense();
    this.#losePhone(now, this.#random.pick(this.#agents).id);
    return undefined;
  }

  #reconfigure(): Command {
    const n = this.#random.between(0, 5);
    const others = this.#queues.filter(({ id }) => id !== `q${n}`);
    this.#queues =
      this.#random.chance(0.5) && others.length > 0 ? others : [...others, this.#queue(n)];
    const m = this.#random.between(0, 15);
    const rest = this.#agents.filter(({ id }) => id !== `a${m}`);
    this.#agents = this.#random.chance(0.4) && rest.length > 2 ? rest : [...rest, this.#agent(m)];
    const known = new Set<string>(this.#queues.map(({ id }) => id));
    this.#agents = this.#agents.map((agent) => ({
      ...agent,
      queueIds: agent.queueIds.filter((id) => known.has(id)),
    }));
    for (const { id } of this.#agents) this.#beginShift(id, (this.peek() ?? 0) + 1);
    return this.#configuration();
  }

  #nonsense(): Command {
    const some = callId(`c${this.#random.between(1, this.#calls + 1)}`);
    const queue = this.#random.pick(this.#queues);
    return this.#random.pick<Command>([
      { type: 'call.ended', callId: some },
      { type: 'call.abandon', callId: callId('nobody') },
      { type: 'offer.answered', offerId: offerId('nothing') },
      { type: 'offer.failed', offerId: offerId(`${some}#1`), cause: 'busy' },
      { type: 'agent.ready', agentId: agentId('nobody') },
      {
        type: 'call.enqueue',
        callId: some,
        queueId: queueId('none'),
        priority: 5,
        requiredSkills: {},
      },
      {
        type: 'call.enqueue',
        callId: callId('x'),
        queueId: queue.id,
        priority: 11,
        requiredSkills: {},
      },
      {
        type: 'call.enqueue',
        callId: callId('x'),
        queueId: queue.id,
        priority: 5,
        requiredSkills: { a: 0 },
      },
      { type: 'configure', queues: [{ ...queue, strategy: 'best' as 'longest-idle' }], agents: [] },
      { type: 'tick' },
    ]);
  }

  #configuration(): Command {
    return { type: 'configure', queues: this.#queues, agents: this.#agents };
  }

  #queue(n: number): QueueConfig {
    const random = this.#random;
    return {
      ...QUEUE_DEFAULTS,
      id: queueId(`q${n}`),
      name: `Queue ${n}`,
      requiredSkills: random.chance(0.3) ? this.#skills(3) : {},
      ringTimeoutMs: random.pick([3_000, 10_000, 20_000]),
      wrapUpMs: random.pick([0, 2_000, 10_000]),
      priorityLevelMs: random.pick([0, 10_000, 60_000]),
      waitMsMax: random.pick([20_000, 120_000, 900_000]),
      lengthMax: random.pick([8, 50, 10_000]),
      missesMax: random.between(1, 3),
      rejectDelayMs: random.pick([0, 5_000, 20_000]),
    };
  }

  #agent(n: number): AgentConfig {
    return {
      id: agentId(`a${n}`),
      name: `Agent ${n}`,
      extension: String(1000 + n),
      skills: this.#random.chance(0.7) ? this.#skills(10) : {},
      queueIds: this.#queues.map(({ id }) => id).filter(() => this.#random.chance(0.6)),
    };
  }

  #skills(levelMax: number): Record<string, number> {
    const chosen = SKILLS.filter(() => this.#random.chance(0.5));
    return Object.fromEntries(chosen.map((name) => [name, this.#random.between(1, levelMax)]));
  }

  /** The network repeats itself, and is late. */
  #twice(at: number, command: Command): void {
    this.#plan(at, () => command);
    if (this.#random.chance(0.05)) this.#plan(at + this.#random.around(2_000), () => command);
  }

  #plan(at: number, command: WorldEvent['command']): void {
    this.#events.add({ at, seq: ++this.#seq, command });
  }
}
