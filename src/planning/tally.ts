import type { Change } from '../acd/changes.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, AgentState, AgentStateKind } from '../model/agent.ts';
import type { AgentId, CallId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import { OTHER_WORK } from './deeds.ts';

/** What became of a queue's calls. Shares are of 1; times in milliseconds; NaN where there is nothing to divide by. */
export interface QueueFigures {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly shortAbandons: number;
  /** Left in any other way: time ran out, overflow, no agents. */
  readonly leftOtherwise: number;
  /** Answered within the queue's time, of all but the short abandons. */
  readonly serviceLevel: number;
  /** Of all but the short abandons. */
  readonly abandonment: number;
  /** Mean wait of the answered (ASA). */
  readonly answerSpeedMs: number;
}

export interface AgentFigures {
  /** Ready, ringing, talking or in after-call work. */
  readonly staffedMs: number;
  /** Talking or in after-call work, of the staffed time. */
  readonly occupancy: number;
  readonly answeredByCasual: number;
  /** Casual agents who answered at all. */
  readonly casualAgentsUsed: number;
}

export interface DayFigures {
  readonly total: QueueFigures;
  readonly queues: Readonly<Record<string, QueueFigures>>;
  readonly agents: AgentFigures;
}

interface Outcome {
  readonly queueId: QueueId;
  readonly kind: 'answered' | 'abandoned' | 'shortAbandon' | 'other';
  readonly waitMs: number;
}

const STAFFED: readonly AgentStateKind[] = ['ready', 'offered', 'talking', 'wrapUp'];
const BUSY: readonly AgentStateKind[] = ['talking', 'wrapUp'];

/** Counts a day from the engine's changes. A call counts for the queue that it came to first, and once. */
export class Tally {
  readonly #countFrom: EpochMs;
  readonly #countUntil: EpochMs;
  readonly #serviceLevelMs: ReadonlyMap<QueueId, number>;
  readonly #casual: ReadonlySet<AgentId>;
  readonly #queueOf = new Map<CallId, QueueId>();
  readonly #outcomes: Outcome[] = [];
  readonly #since = new Map<AgentId, { readonly kind: AgentStateKind; readonly at: EpochMs }>();
  readonly #casualAnswers = new Map<AgentId, number>();
  #staffedMs = 0;
  #busyMs = 0;

  /** Calls that came before `countFrom` are not counted, nor is the agents' time before it and after `countUntil`. */
  constructor(
    queues: readonly QueueConfig[],
    agents: readonly AgentConfig[],
    countFrom: EpochMs = 0,
    countUntil: EpochMs = Number.POSITIVE_INFINITY,
  ) {
    this.#countFrom = countFrom;
    this.#countUntil = countUntil;
    this.#serviceLevelMs = new Map(queues.map((queue) => [queue.id, queue.serviceLevelMs]));
    this.#casual = new Set(agents.filter(({ casual }) => casual).map(({ id }) => id));
  }

  take(now: EpochMs, change: Change): void {
    switch (change.type) {
      case 'call.queued':
        if (now >= this.#countFrom && !this.#queueOf.has(change.callId))
          this.#queueOf.set(change.callId, change.queueId);
        return;
      case 'call.connected':
        this.#count(change.callId, 'answered', change.waitMs);
        if (this.#casual.has(change.agentId)) {
          const known = this.#casualAnswers.get(change.agentId) ?? 0;
          this.#casualAnswers.set(change.agentId, known + 1);
        }
        return;
      case 'call.left': {
        const { outcome } = change;
        const isAbandon = outcome === 'abandoned' || outcome === 'shortAbandon';
        return this.#count(change.callId, isAbandon ? outcome : 'other', change.waitMs);
      }
      case 'agent.changed':
        return this.#agentChanged(now, change.agentId, kindOf(change.to));
      default:
    }
  }

  /** A call that its queue would not take: there is no such queue, or it is full. */
  refused(now: EpochMs, callId: CallId, queueId: QueueId): void {
    if (now >= this.#countFrom) this.#queueOf.set(callId, queueId);
    this.#count(callId, 'other', 0);
  }

  /** The day's figures; `end`: until when agents' time is counted. */
  figures(end: EpochMs): DayFigures {
    for (const [id, { kind }] of this.#since) this.#agentChanged(end, id, kind);
    const queueIds = [...new Set(this.#outcomes.map(({ queueId }) => queueId))].sort();
    return {
      total: this.#figuresOf(this.#outcomes),
      queues: Object.fromEntries(
        queueIds.map((id) => [
          id,
          this.#figuresOf(this.#outcomes.filter(({ queueId }) => queueId === id)),
        ]),
      ),
      agents: {
        staffedMs: this.#staffedMs,
        occupancy: this.#busyMs / this.#staffedMs,
        answeredByCasual: [...this.#casualAnswers.values()].reduce((a, b) => a + b, 0),
        casualAgentsUsed: this.#casualAnswers.size,
      },
    };
  }

  #count(callId: CallId, kind: Outcome['kind'], waitMs: number): void {
    const queueId = this.#queueOf.get(callId);
    if (queueId === undefined) return;
    this.#queueOf.delete(callId);
    this.#outcomes.push({ queueId, kind, waitMs });
  }

  #agentChanged(now: EpochMs, id: AgentId, kind: AgentStateKind): void {
    const before = this.#since.get(id);
    this.#since.set(id, { kind, at: now });
    const end = Math.min(now, this.#countUntil);
    const lasted = before ? end - Math.max(before.at, this.#countFrom) : 0;
    if (!before || lasted <= 0) return;
    if (STAFFED.includes(before.kind)) this.#staffedMs += lasted;
    if (BUSY.includes(before.kind)) this.#busyMs += lasted;
  }

  #figuresOf(outcomes: readonly Outcome[]): QueueFigures {
    const of = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind);
    const answered = of('answered');
    const inTime = answered.filter(
      ({ queueId, waitMs }) => waitMs <= (this.#serviceLevelMs.get(queueId) ?? 0),
    );
    const shortAbandons = of('shortAbandon').length;
    const counted = outcomes.length - shortAbandons;
    const waitedMs = answered.reduce((sum, { waitMs }) => sum + waitMs, 0);
    return {
      offered: outcomes.length,
      answered: answered.length,
      abandoned: of('abandoned').length,
      shortAbandons,
      leftOtherwise: of('other').length,
      serviceLevel: inTime.length / counted,
      abandonment: of('abandoned').length / counted,
      answerSpeedMs: waitedMs / answered.length,
    };
  }
}

/** A call that is not played is talked to all the same. */
const kindOf = (state: AgentState): AgentStateKind =>
  state.kind === 'notReady' && state.reason === OTHER_WORK ? 'talking' : state.kind;
