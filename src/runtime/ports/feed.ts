import type { EpochMs } from '../../lib/clock.ts';
import type { AgentStateKind } from '../../model/agent.ts';
import type { QueueId } from '../../model/ids.ts';
import type { StoredVoicemail } from '../../model/voicemail.ts';

/** What a queue has done since the local midnight. */
export interface QueueToday {
  /** Callers who joined it, also from another queue. */
  readonly offered: number;
  readonly answered: number;
  /** Of them, within the queue's `serviceLevelMs`. */
  readonly answeredWithin: number;
  /** Hung up while they waited, later than `shortAbandonMs`, and sooner. */
  readonly abandoned: number;
  readonly shortAbandons: number;
  /** Left in another way: overflow, time-out, for a call back. */
  readonly leftOtherwise: number;
  /** Of the answered, all together. */
  readonly waitedMs: number;
}

export type TodayOfQueue = readonly [QueueId, QueueToday];

/** A queue's figures of this moment. */
export interface QueueStatistics {
  readonly id: QueueId;
  readonly name: string;
  readonly waiting: number;
  readonly ringing: number;
  readonly talking: number;
  /** Of who has waited longest; absent: nobody waits. */
  readonly longestWaitMs?: number;
  /** 0 to 1, of the last half hour; absent: nobody came. */
  readonly serviceLevel?: number;
  readonly ewt?: { readonly lowMs: number; readonly highMs: number };
  readonly agents: Readonly<Record<AgentStateKind, number>>;
  readonly today: QueueToday;
}

export interface LiveStatistics {
  /** Costs a step per agent and queue: asked once a tick, however many look on. */
  statistics(): readonly QueueStatistics[];
}

/** What a day has been until now, from the records: read once, at the start. */
export interface TodaySource {
  since(from: EpochMs): Promise<ReadonlyMap<QueueId, QueueToday>>;
}

/** Hears what becomes of callers' messages after they were left. */
export interface MessageNews {
  messageChanged(message: StoredVoicemail): void;
  messageGone(id: StoredVoicemail['id']): void;
}
