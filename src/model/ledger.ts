import type { EpochMs } from '../lib/clock.ts';
import type { AgentId, CallId, QueueId } from './ids.ts';

/** A call that an agent with limits answered, and that counts. */
export interface LedgerEntry {
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly at: EpochMs;
}

export interface PastMonth {
  readonly month: string;
  readonly spent: number;
  /** As it was at the month's end; null: the agent was not casual then. */
  readonly cap: number | null;
}

/** When the month's budget will be gone if the calls go on coming as they did this month. */
export type Exhaustion =
  /** Fewer calls than anything could be said from. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'lasts' }
  | { readonly kind: 'runsOut'; readonly at: EpochMs; readonly day: string }
  | { readonly kind: 'exhausted' };

/** The heads of an agent's account: in every view of them. Reserved: their phone is ringing. */
export interface LedgerSummary {
  /** In the agent's zone: `2026-11`. */
  readonly month: string;
  /** Absent: no casual agent. */
  readonly cap?: number;
  readonly spent: number;
  readonly reserved: number;
  readonly day: string;
  /** Absent: no limit. */
  readonly dayMax?: number;
  readonly daySpent: number;
  /** Whether the agent's own hours are open. */
  readonly isOpen: boolean;
}

/** The account in full. */
export interface LedgerView extends LedgerSummary {
  readonly agentId: AgentId;
  readonly zone: string;
  readonly monthEndsAt: EpochMs;
  readonly dayEndsAt: EpochMs;
  /** When their hours next open or close; absent: never. */
  readonly hoursChangeAt?: EpochMs;
  /** Of the month's budget; absent: no casual agent. */
  readonly exhaustion?: Exhaustion;
  /** Of this month, oldest first; the last thousand. */
  readonly calls: readonly LedgerEntry[];
  /** Up to twelve, oldest first. */
  readonly past: readonly PastMonth[];
}
