import type { EpochMs } from '../lib/clock.ts';
import type { AgentStateRecord, Skills } from './agent.ts';
import type { AgentId, CallId, QueueId } from './ids.ts';

/** How one offer of a call ended. `withdrawn`: not by the agent's phone. */
export interface RecordedOffer {
  readonly agentId: AgentId;
  readonly afterMs: number;
  readonly outcome: 'answered' | 'noAnswer' | 'rejected' | 'busy' | 'unreachable' | 'withdrawn';
}

/** One caller's visit to a queue, as the database has it. */
export interface RecordedCall {
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly queuedAt: EpochMs;
  readonly priority: number;
  readonly requiredSkills: Skills;
  /** In queue, until answered or gone. */
  readonly waitMs: number;
  readonly outcome: 'answered' | 'abandoned' | 'other';
  /** Of the answered. */
  readonly talkMs?: number;
  readonly offers: readonly RecordedOffer[];
}

/** What the database knows of a stretch of time: enough to play it again. */
export interface RecordedDay {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** In the order of their arrival in the queue. */
  readonly calls: readonly RecordedCall[];
  /** In the order of time; first, for each agent, the last state before the day. */
  readonly agentStates: readonly AgentStateRecord[];
}
