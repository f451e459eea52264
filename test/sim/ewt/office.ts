import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import { ListSortedBy } from '../../../src/acd/sorted-list.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { type AgentId, type CallId, callId, type QueueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { Random } from '../random.ts';
import { AppQueue } from './app-queue.ts';

/** An office as a law of chance: who calls when, for how long, and when people take breaks. */
export interface Scenario {
  readonly name: string;
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  /** Mean time between callers at this time of the day. */
  readonly arrivalMs: (at: number) => number;
  /** How many come at once. */
  readonly together: (random: Random) => number;
  readonly queueOf: (random: Random) => QueueId;
  readonly priorityOf: (random: Random) => number;
  /** How long the conversation lasts. */
  readonly talkMs: (random: Random) => number;
  /** Mean patience; absent: nobody gives up. */
  readonly patienceMs?: number;
  /** An agent works for about so long, and then has a break. */
  readonly breaks?: { readonly everyMs: number; readonly lastMs: number };
}

/** What was foreseen for one caller, and what came. Milliseconds. */
export interface Forecast {
  readonly lowMs: number;
  readonly highMs: number;
  /** What app_queue would have said. */
  readonly averageMs: number;
  readonly actualMs: number;
}

export interface Observations {
  /** The engine's estimate for everybody who had to wait, when they joined. */
  readonly joining: readonly Forecast[];
  /** What callers were told first. */
  readonly told: readonly Forecast[];
  /** How many announcements told a wait, and how many of them a longer one than before, by reason. */
  readonly announced: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Later figures that were higher than what was told before, and gave no reason. Never. */
  readonly unexplained: number;
  readonly engine: Engine;
}

interface Pending {
  readonly at: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly averageMs: number;
}

interface Happening {
  readonly at: number;
  readonly seq: number;
  readonly happen: () => void;
}

/** A pick-up takes about so long. */
const ANSWER_MS = 4_000;
/** Callers of the first part of the day teach the queues, and are not counted. */
const LEARNING_CALLS = 300;

/** A day of so many callers in the office, with the real engine and a clock of its own. */
export function spend(scenario: Scenario, seed: number, calls: number): Observations {
  const office = new Office(scenario, new Random(seed), calls + LEARNING_CALLS);
  return office.run();
}

class Office {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #calls: number;
  readonly #engine = Engine.create();
  readonly #agenda = new ListSortedBy<Happening>(
    ({ at }) => at,
    (a, b) => a.at - b.at || a.seq - b.seq,
  );
  readonly #averages = new Map<QueueId, AppQueue>();
  readonly #joined = new Map<CallId, Pending>();
  readonly #first = new Map<CallId, Pending>();
  readonly #last = new Map<CallId, Pending>();
  readonly #joining: Forecast[] = [];
  readonly #told: Forecast[] = [];
  readonly #reasons: Record<string, number> = {};
  readonly #queuedAt = new Map<CallId, number>();
  #announced = 0;
  #unexplained = 0;
  #seq = 0;
  #came = 0;
  #now = 0;

  constructor(scenario: Scenario, random: Random, calls: number) {
    this.#scenario = scenario;
    this.#random = random;
    this.#calls = calls;
    for (const { id } of scenario.queues) this.#averages.set(id, new AppQueue());
  }

  run(): Observations {
    const { queues, agents } = this.#scenario;
    this.#give({ type: 'configure', queues, agents });
    for (const { id } of agents) {
      this.#give({ type: 'agent.signIn', agentId: id });
      this.#give({ type: 'agent.reachable', agentId: id, reachable: true });
      this.#give({ type: 'agent.ready', agentId: id });
      this.#planBreak(id);
    }
    this.#plan(1, () => this.#arrive());
    while (this.#came < this.#calls || this.#queuedAt.size > 0) this.#step();
    return {
      joining: this.#joining,
      told: this.#told,
      announced: this.#announced,
      reasons: this.#reasons,
      unexplained: this.#unexplained,
      engine: this.#engine,
    };
  }

  /** Whatever comes first: a deadline of the engine, or the world. */
  #step(): void {
    const due = this.#engine.nextDeadline() ?? Number.POSITIVE_INFINITY;
    const first = this.#agenda.first;
    if (!first || due < first.at) {
      this.#now = due;
      this.#give({ type: 'tick' });
      return;
    }
    this.#agenda.shift();
    this.#now = first.at;
    first.happen();
  }

  #arrive(): void {
    const { together, arrivalMs } = this.#scenario;
    for (let n = together(this.#random); n > 0 && this.#came < this.#calls; n--) this.#join();
    if (this.#came < this.#calls) {
      this.#plan(this.#random.around(arrivalMs(this.#now)), () => this.#arrive());
    }
  }

  #join(): void {
    const { queueOf, priorityOf, patienceMs } = this.#scenario;
    const id = callId(`c${++this.#came}`);
    const queueId = queueOf(this.#random);
    const priority = priorityOf(this.#random);
    this.#queuedAt.set(id, this.#now);
    this.#give({ type: 'call.enqueue', callId: id, queueId, priority, requiredSkills: {} });
    const estimate = this.#engine.estimate(id);
    if (estimate)
      this.#joined.set(id, { at: this.#now, ...estimate, ...this.#average(id, queueId) });
    if (patienceMs === undefined) return;
    this.#plan(this.#random.around(patienceMs), () =>
      this.#give({ type: 'call.abandon', callId: id }),
    );
  }

  #average(id: CallId, queueId: QueueId): { readonly averageMs: number } {
    const waited = this.#now - (this.#queuedAt.get(id) ?? this.#now);
    return { averageMs: this.#averages.get(queueId)?.toWait(waited) ?? 0 };
  }

  #react(change: Change): void {
    switch (change.type) {
      case 'offer.made':
        this.#plan(this.#random.around(ANSWER_MS), () =>
          this.#give({ type: 'offer.answered', offerId: change.offerId }),
        );
        return;
      case 'call.connected':
        return this.#connected(change);
      case 'call.left':
        return this.#forget(change.callId);
      case 'announcement.due':
        return this.#announce(change);
      default:
    }
  }

  #connected({ callId: id, queueId, waitMs }: Extract<Change, { type: 'call.connected' }>): void {
    this.#averages.get(queueId)?.answered(waitMs);
    if (Number(id.slice(1)) > LEARNING_CALLS) {
      this.#judge(this.#joining, this.#joined.get(id));
      this.#judge(this.#told, this.#first.get(id));
    }
    this.#forget(id);
    this.#plan(Math.max(1, Math.round(this.#scenario.talkMs(this.#random))), () =>
      this.#give({ type: 'call.ended', callId: id }),
    );
  }

  #judge(forecasts: Forecast[], pending: Pending | undefined): void {
    if (!pending) return;
    const { at, ...foreseen } = pending;
    forecasts.push({ ...foreseen, actualMs: this.#now - at });
  }

  #announce({ callId: id, queueId, ewt }: Extract<Change, { type: 'announcement.due' }>): void {
    if (!ewt) return;
    this.#announced++;
    const { reason, lowMs, highMs } = ewt;
    if (reason) this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
    const last = this.#last.get(id);
    if (last && !reason && this.#now + highMs > last.at + last.highMs) this.#unexplained++;
    const said = { at: this.#now, lowMs, highMs, ...this.#average(id, queueId) };
    this.#last.set(id, said);
    if (!this.#first.has(id)) this.#first.set(id, said);
  }

  #forget(id: CallId): void {
    for (const map of [this.#joined, this.#first, this.#last, this.#queuedAt]) map.delete(id);
  }

  #planBreak(id: AgentId): void {
    const { breaks } = this.#scenario;
    if (!breaks) return;
    this.#plan(this.#random.around(breaks.everyMs), () => {
      this.#give({ type: 'agent.notReady', agentId: id, reason: 'pausa' });
      this.#plan(this.#random.around(breaks.lastMs), () => {
        this.#give({ type: 'agent.ready', agentId: id });
        this.#planBreak(id);
      });
    });
  }

  #give(command: Command): void {
    const { changes } = this.#engine.apply(this.#now, command);
    for (const change of changes) this.#react(change);
  }

  #plan(afterMs: number, happen: () => void): void {
    this.#agenda.add({ at: this.#now + afterMs, seq: ++this.#seq, happen });
  }
}
