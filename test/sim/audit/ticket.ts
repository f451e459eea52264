import type { Skills } from '../../../src/model/agent.ts';
import type { CallId, QueueId } from '../../../src/model/ids.ts';

/** A promise to ring a customer back, as an onlooker knows it. */
export interface AuditedTicket {
  readonly queueId: QueueId;
  /** Where its customer came first, before an overflow took them to the queue that promised. */
  readonly cameTo: QueueId;
  readonly callerKey: string;
  readonly skills: Skills;
  readonly effectiveStart: number;
  readonly expiresAt: number;
  /** Whoever is known by a number beyond this came when it was made already. */
  readonly madeAfter: number;
  /** Since when its demands soften; not set: since it stands in the line. */
  joinedAt: number | undefined;
  notBefore: number;
  /** Attempts at which its customer's phone rang, or may have; and the others. */
  attempts: number;
  unrung: number;
  dialUntil: number;
  /** When the last attempt came to nothing. */
  failedAt: number | undefined;
  isCancelled: boolean;
  /** Calls by which its customer has rung since, and has not gone again. */
  readonly live: Set<CallId>;
  /** The one of their calls for which it stands aside. */
  pausedFor: CallId | undefined;
  /** Calls by which its customer has rung while an agent had it in hand, and that have not left unanswered. */
  readonly rungInHand: Set<CallId>;
  /** Its queue was gone, whatever has come since. */
  isQueueGone: boolean;
}

/** Tries are numbered together. */
export const triesOf = ({ attempts, unrung }: AuditedTicket): number => attempts + unrung;
