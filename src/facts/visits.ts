import type { EpochMs } from '../lib/clock.ts';
import { type Facts, WAIT_BOUNDS_S } from './names.ts';

/** How a visit to a queue ended. `elsewhere`: the flow, a transfer or another queue took the caller away. */
export type VisitEnd =
  | 'answered'
  | 'abandoned'
  | 'shortAbandoned'
  | 'timedOut'
  | 'overflowedOut'
  | 'leftForCallback'
  | 'elsewhere';

/** One stay of a caller in one queue. */
export interface Visit {
  readonly queueId: string;
  readonly since: EpochMs;
  readonly skills: readonly string[];
  /** The queue's service level when the caller came. */
  readonly targetMs: number;
  readonly by: 'flow' | 'overflow' | 'transfer';
  readonly regained: boolean;
  /** Absent: still waiting. */
  end?: { readonly at: EpochMs; readonly how: VisitEnd };
}

/** The product's default (product.md), for histories that do not say what their queue aimed at. */
export const TARGET_MS_DEFAULT = 20_000;

/** What one visit adds to the figures of the slot in which it began. */
export function visitFacts(visit: Visit): Facts {
  const { since, targetMs, by, regained, end } = visit;
  const facts: Facts = {
    offered: 1,
    ...(by === 'overflow' ? { overflowedIn: 1 } : {}),
    ...(by === 'transfer' ? { transferredIn: 1 } : {}),
    ...(regained ? { regained: 1 } : {}),
  };
  if (!end) return facts;
  const waitMs = Math.max(0, end.at - since);
  return { ...facts, longestWaitMs: waitMs, ...endFacts(end.how, waitMs, targetMs) };
}

function endFacts(how: VisitEnd, waitMs: number, targetMs: number): Facts {
  const inTarget = waitMs <= targetMs;
  switch (how) {
    case 'answered':
      return {
        answered: 1,
        waitAnsweredMs: waitMs,
        ...(inTarget ? { answeredInTarget: 1 } : {}),
        ...within('answeredIn', waitMs),
      };
    case 'abandoned':
    case 'shortAbandoned':
      return {
        [how]: 1,
        waitAbandonedMs: waitMs,
        ...(inTarget ? { abandonedInTarget: 1 } : {}),
        ...within('abandonedIn', waitMs),
      };
    case 'elsewhere':
      return { leftOtherwise: 1 };
    default:
      return { [how]: 1 };
  }
}

function within(name: 'answeredIn' | 'abandonedIn', waitMs: number): Facts {
  const bounds = WAIT_BOUNDS_S.filter((bound) => waitMs <= bound * 1_000);
  return Object.fromEntries(bounds.map((bound) => [`${name}${bound}`, 1]));
}
