import type { Change } from '../../src/acd/changes.ts';
import { Random } from '../../src/lib/random.ts';
import type { AgentConfig } from '../../src/model/agent.ts';
import type { CallId } from '../../src/model/ids.ts';
import { callId } from '../../src/model/ids.ts';
import type { QueueConfig } from '../../src/model/queue.ts';
import { type PlannedCall, play, type Ringing } from '../../src/planning/playback.ts';
import type { DayFigures } from '../../src/planning/tally.ts';
import type { RecordSink } from '../../src/runtime/ports/index.ts';

export interface SimulatedDay {
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  readonly from: number;
  readonly calls: number;
  readonly betweenMs: number;
  readonly patienceMs: number;
  readonly talkMs: number;
  readonly seed: number;
}

/** A day played by the engine and written down as the house writes it: events, CDRs and agents' states. */
export function recordSimulatedDay(day: SimulatedDay, sink: RecordSink): DayFigures {
  const random = new Random(day.seed);
  const calls = plan(day, random);
  const book = new Book(sink, new Map(calls.map((call) => [call.callId, call])));
  const { queues, agents, from } = day;
  return play({
    queues,
    agents,
    from,
    until: (calls.at(-1)?.at ?? from) + 1_200_000,
    calls,
    deeds: agents
      .flatMap(({ id }, n) => {
        const lunch = from + 3_600_000 * (1 + (n % 3));
        const off = (calls.at(-1)?.at ?? from) + 1_000_000 + n;
        return [
          { at: from + n, command: { type: 'agent.signIn', agentId: id } as const },
          {
            at: from + n,
            command: { type: 'agent.reachable', agentId: id, reachable: true } as const,
          },
          { at: from + n, command: { type: 'agent.ready', agentId: id } as const },
          {
            at: lunch,
            command: { type: 'agent.notReady', agentId: id, reason: 'comida' } as const,
          },
          { at: lunch + 1_800_000, command: { type: 'agent.ready', agentId: id } as const },
          { at: off, command: { type: 'agent.signOut', agentId: id } as const },
        ];
      })
      .sort((a, b) => a.at - b.at),
    missedBackMs: 30_000,
    ring: () => pickUp(random),
    observe: (now, change) => book.write(now, change),
  });
}

function plan(day: SimulatedDay, random: Random): readonly PlannedCall[] {
  let at = day.from + 60_000;
  return Array.from({ length: day.calls }, (_, n) => {
    at += random.around(day.betweenMs);
    return {
      callId: callId(`d${n}`),
      queueId: random.pick(day.queues).id,
      at,
      priority: random.chance(0.1) ? 8 : 5,
      requiredSkills: {},
      patienceMs: random.around(day.patienceMs),
      talkMs: random.lognormal(day.talkMs, 0.6),
    };
  });
}

function pickUp(random: Random): Ringing {
  const luck = random.next();
  if (luck < 0.93) return { afterMs: random.between(1_000, 6_000), outcome: 'answered' };
  return luck < 0.96
    ? { afterMs: 3_000, outcome: 'rejected' }
    : { afterMs: 0, outcome: 'noAnswer' };
}

/** Writes what `runtime/call-history.ts` writes, in its words (held together by `day-records.test.ts`). */
class Book {
  readonly #sink: RecordSink;
  readonly #calls: ReadonlyMap<CallId, PlannedCall>;
  readonly #seqs = new Map<CallId, number>();
  #agentSeq = 0;

  constructor(sink: RecordSink, calls: ReadonlyMap<CallId, PlannedCall>) {
    this.#sink = sink;
    this.#calls = calls;
  }

  write(now: number, change: Change): void {
    if (change.type === 'agent.changed') return this.#agent(now, change);
    // What is no call's own is in nobody's history.
    if (!('callId' in change) || change.callId === undefined) return;
    const { type, callId: id, ...data } = change;
    const seq = (this.#seqs.get(id) ?? 0) + 1;
    this.#seqs.set(id, seq);
    const call = this.#calls.get(id);
    const demand = type === 'call.queued' && {
      priority: call?.priority,
      requiredSkills: call?.requiredSkills,
    };
    this.#sink.event({ callId: id, seq, at: now, type, data: { ...data, ...demand } });
    if (type !== 'call.left' && type !== 'call.ended') return;
    this.#sink.cdr({
      callId: id,
      sipCallId: id,
      dnis: '8005550100',
      status: 'unknown',
      queueId: change.queueId,
      arrivedAt: call?.at ?? now,
      ...(call ? { queuedAt: call.at } : {}),
      endedAt: now,
      waitMs: 'waitMs' in change ? change.waitMs : 0,
      talkMs: 'talkMs' in change ? change.talkMs : 0,
      outcome: type === 'call.ended' ? 'answered' : 'abandoned',
      endedBy: 'caller',
      variables: {},
    });
  }

  #agent(at: number, { agentId, to }: Extract<Change, { type: 'agent.changed' }>): void {
    this.#sink.agentState({
      agentId,
      at,
      seq: ++this.#agentSeq,
      kind: to.kind,
      ...('reason' in to ? { reason: to.reason } : {}),
      ...('callId' in to ? { callId: to.callId } : {}),
    });
  }
}
