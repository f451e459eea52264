import type { TodayOfQueue } from '../ports/feed.ts';
import type { LiveChange, Snapshot } from '../ports/index.ts';

/** What the replica is made of, and made anew from now and then. */
export interface WholeFloor {
  readonly snapshot: Snapshot;
  readonly today: readonly TodayOfQueue[];
}

/** What the thread of the calls tells a replica of its live state, in this order and without a gap. */
export type ReplicaNews =
  | { readonly kind: 'changes'; readonly changes: readonly LiveChange[] }
  | { readonly kind: 'today'; readonly today: readonly TodayOfQueue[] }
  /** What moves without an event: expected waits, service levels, positions far back. */
  | { readonly kind: 'whole'; readonly floor: WholeFloor }
  /** What was remembered of it holds no more: it has been changed. */
  | { readonly kind: 'forget'; readonly what: 'configuration' | 'access' };
