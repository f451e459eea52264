import type { Timed } from './deadlines.ts';
import { ListSortedBy, SortedList } from './sorted-list.ts';
import type { Agent, Call } from './state.ts';

/** Rule R1: by effective start, and at the same instant by arrival. */
export const byOrder = (a: Call, b: Call): number =>
  a.effectiveStart - b.effectiveStart || a.seq - b.seq;

/** Rule R2: longest idle first; at the same instant, whoever was configured first. */
export const byIdleness = (a: Agent, b: Agent): number =>
  a.idleSince - b.idleSince || a.seq - b.seq;

/** Rule B5: the least used share of the month's budget first, then as above. */
export const byShare = (a: Agent, b: Agent): number => shareOf(a) - shareOf(b) || byIdleness(a, b);

/** What is used of the month's budget, 0 to 1; asked of those who are free, who have nothing reserved. */
export function shareOf({ config, ledger }: Agent): number {
  const cap = config.casual?.monthlyCap ?? 0;
  return ledger && cap > 0 ? ledger.month.spent / cap : 1;
}

/** Calls in the one order (rule R1). */
class Line extends SortedList<Call> {
  protected override keyOf({ effectiveStart }: Call): number {
    return effectiveStart;
  }

  protected override compare(a: Call, b: Call): number {
    return byOrder(a, b);
  }
}

/** Calls by arrival, agents in the order in which they were configured. */
class Numbered<T extends Timed> extends SortedList<T> {
  protected override keyOf({ seq }: T): number {
    return seq;
  }

  protected override compare(a: T, b: T): number {
    return a.seq - b.seq;
  }
}

export const createLine = (): SortedList<Call> => new Line();

export const createNumbered = <T extends Timed>(): SortedList<T> => new Numbered<T>();

export const createIdleList = (): SortedList<Agent> =>
  new ListSortedBy(({ idleSince }) => idleSince, byIdleness);

export const createCasualList = (): SortedList<Agent> => new ListSortedBy(shareOf, byShare);
