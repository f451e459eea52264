import type { Change } from '../acd/changes.ts';
import type { Command, OfferFailure } from '../acd/commands.ts';
import { Engine } from '../acd/engine.ts';
import { ListSortedBy } from '../acd/sorted-list.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, Skills } from '../model/agent.ts';
import type { AgentId, CallId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Deed } from './deeds.ts';
import { type DayFigures, Tally } from './tally.ts';

export interface PlannedCall {
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly at: EpochMs;
  readonly priority: number;
  readonly requiredSkills: Skills;
  /** How long the caller would wait at most; infinite: for ever. */
  readonly patienceMs: number;
  /** How long they talk, once answered. */
  readonly talkMs: number;
  /** How much after-call work the agent takes; undefined: all that the queue gives. */
  readonly wrapUpMs?: number;
}

/** What an agent does when their phone rings; `noAnswer` lets it ring out. */
export interface Ringing {
  readonly afterMs: number;
  readonly outcome: 'answered' | OfferFailure;
}

/** A day as far as the world decides it: the rest is the engine's. */
export interface DayPlan {
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  /** Whose clocks count for agents without a zone of their own. Absent: UTC. */
  readonly zone?: string;
  readonly from: EpochMs;
  /** The day goes on until then, and longer if calls do. Absent: until the last call is over. */
  readonly until?: EpochMs;
  /** Calls that came before it are played and not counted. */
  readonly countFrom?: EpochMs;
  /** The agents' time after it is not counted. */
  readonly countUntil?: EpochMs;
  readonly calls: readonly PlannedCall[];
  /** What agents do by themselves: sign in, pauses, sign out. In the order of time. */
  readonly deeds: readonly Deed[];
  /** The n-th time, from 1, that the agent is rung for the call. */
  ring(agentId: AgentId, callId: CallId, nth: number): Ringing;
  /** Told of everything that happens. */
  readonly observe?: (now: EpochMs, change: Change) => void;
  /** When somebody whom the engine made not ready for a missed call comes back. Undefined: by the deeds alone. */
  readonly missedBackMs?: number;
}

interface Happening extends Deed {
  readonly seq: number;
  /** Whether it is still to happen when its time has come; absent: whatever has become of it. */
  readonly isWanted?: () => boolean;
}

/** So many commands without an end are a plan that has none. */
const COMMANDS_MAX = 50_000_000;

/**
 * Plays the day through the real engine, deadline by deadline, and counts it. Throws on a configuration that the
 * engine refuses, with its reasons.
 */
export function play(plan: DayPlan): DayFigures {
  return new Playback(plan).play();
}

class Playback {
  readonly #plan: DayPlan;
  readonly #engine = Engine.create();
  readonly #tally: Tally;
  readonly #calls: ReadonlyMap<CallId, PlannedCall>;
  readonly #coming = new ListSortedBy<Happening>(
    ({ at }) => at,
    (a, b) => a.at - b.at || a.seq - b.seq,
  );
  readonly #open = new Set<CallId>();
  readonly #rung = new Map<string, number>();
  /** How long the break will be that somebody has asked for. */
  readonly #breaks = new Map<AgentId, number>();
  #seq = 0;
  #now: EpochMs;

  constructor(plan: DayPlan) {
    this.#plan = plan;
    this.#now = plan.from;
    this.#tally = new Tally(plan.queues, plan.agents, plan.countFrom, plan.countUntil);
    this.#calls = new Map(plan.calls.map((call) => [call.callId, call]));
  }

  play(): DayFigures {
    const { queues, agents, zone = 'UTC', from, until = 0, calls, deeds } = this.#plan;
    this.#give({ type: 'configure', queues, agents, zone });
    for (const deed of deeds) this.#later(deed);
    // One arrival plans the next: the list of what is to come stays short.
    const arrivals = calls[Symbol.iterator]();
    let arrival = arrivals.next().value;
    for (let given = 0; given < COMMANDS_MAX; given++) {
      const isOver = !arrival && this.#open.size === 0;
      const due = this.#engine.nextDeadline() ?? Number.POSITIVE_INFINITY;
      const coming = this.#coming.first?.at ?? Number.POSITIVE_INFINITY;
      const next = Math.min(due, coming, arrival?.at ?? Number.POSITIVE_INFINITY);
      if (next === Number.POSITIVE_INFINITY || (isOver && next > until)) break;
      this.#now = Math.max(next, from);
      if (next === due) this.#give({ type: 'tick' });
      else if (next === coming) this.#happen();
      else if (arrival) {
        this.#give(enqueue(arrival));
        arrival = arrivals.next().value;
      }
    }
    return this.#tally.figures(Math.max(this.#now, until));
  }

  #happen(): void {
    const happening = this.#coming.shift();
    if (!happening || happening.isWanted?.() === false) return;
    const { command, lastsMs } = happening;
    if (command.type === 'agent.notReady') this.#expectBreak(command.agentId, lastsMs);
    this.#give(command);
  }

  #expectBreak(agentId: AgentId, lastsMs: number | undefined): void {
    if (lastsMs === undefined) this.#breaks.delete(agentId);
    else this.#breaks.set(agentId, lastsMs);
  }

  #give(command: Command): void {
    const { reply, changes } = this.#engine.apply(this.#now, command);
    if (!reply.ok && command.type === 'configure') throw new Error(reply.detail);
    if (!reply.ok && command.type === 'call.enqueue') {
      this.#tally.refused(this.#now, command.callId, command.queueId);
    }
    for (const change of changes) {
      this.#tally.take(this.#now, change);
      this.#plan.observe?.(this.#now, change);
      this.#react(change);
    }
  }

  #react(change: Change): void {
    switch (change.type) {
      case 'call.queued': {
        const patienceMs = this.#calls.get(change.callId)?.patienceMs ?? 0;
        if (this.#open.has(change.callId)) return;
        this.#open.add(change.callId);
        if (Number.isFinite(patienceMs)) {
          this.#later({
            at: this.#now + patienceMs,
            command: { type: 'call.abandon', callId: change.callId },
          });
        }
        return;
      }
      case 'offer.made':
        return this.#ring(change);
      case 'call.connected': {
        const talkMs = this.#calls.get(change.callId)?.talkMs ?? 0;
        const command = { type: 'call.ended', callId: change.callId } as const;
        return this.#later({ at: this.#now + talkMs, command });
      }
      case 'call.left':
      case 'call.ended':
        this.#open.delete(change.callId);
        return;
      case 'agent.changed':
        return this.#agentChanged(change);
      default:
    }
  }

  #ring({ agentId, callId, offerId }: Extract<Change, { type: 'offer.made' }>): void {
    const key = `${agentId} ${callId}`;
    const nth = (this.#rung.get(key) ?? 0) + 1;
    this.#rung.set(key, nth);
    const { afterMs, outcome } = this.#plan.ring(agentId, callId, nth);
    if (outcome === 'noAnswer') return;
    const at = this.#now + afterMs;
    if (outcome === 'answered') this.#later({ at, command: { type: 'offer.answered', offerId } });
    else this.#later({ at, command: { type: 'offer.failed', offerId, cause: outcome } });
  }

  #agentChanged({ agentId, to }: Extract<Change, { type: 'agent.changed' }>): void {
    if (to.kind === 'wrapUp') {
      const wrapUpMs = this.#calls.get(to.callId)?.wrapUpMs;
      if (wrapUpMs === undefined || this.#now + wrapUpMs >= to.until) return;
      this.#later({
        at: this.#now + wrapUpMs,
        command: { type: 'agent.wrapUpDone', agentId },
      });
    }
    if (to.kind !== 'notReady') return;
    const lastsMs = to.reason === 'rna' ? this.#plan.missedBackMs : this.#breaks.get(agentId);
    if (lastsMs === undefined) return;
    // Meanwhile they may have gone to lunch, or home.
    const isWanted = () => this.#engine.agent(agentId)?.state === to;
    this.#later({ at: this.#now + lastsMs, command: { type: 'agent.ready', agentId }, isWanted });
  }

  #later(planned: Omit<Happening, 'seq'>): void {
    this.#coming.add({ ...planned, seq: ++this.#seq });
  }
}

const enqueue = ({ callId, queueId, priority, requiredSkills }: PlannedCall): Command => ({
  type: 'call.enqueue',
  callId,
  queueId,
  priority,
  requiredSkills,
});
