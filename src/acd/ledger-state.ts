import type { EpochMs } from '../lib/clock.ts';
import { dayAfter, dayEnd, dayOf, monthAfter, monthEnd, monthOf } from '../lib/zone.ts';
import type { AgentId } from '../model/ids.ts';
import type { LedgerEntry, PastMonth } from '../model/ledger.ts';
import type { Timed } from './deadlines.ts';

/** A month or a day of the agent's zone, and how many calls they answered in it. */
export interface Period {
  /** `2026-11`, `2026-11-22`. It never goes back, whatever becomes of the zone. */
  readonly label: string;
  /** When the ledger turned to it. */
  readonly since: EpochMs;
  readonly endsAt: EpochMs;
  readonly spent: number;
}

/**
 * What an agent with limits has spent. A reservation is nothing of its own: it is the offer, of which an agent has
 * one at most, so that it can neither leak nor be given back twice (rule B1). A ledger outlives its agent to the
 * month's end: whoever is removed and configured again gets no second budget.
 */
export interface Ledger extends Timed {
  readonly kind: 'ledger';
  readonly agentId: AgentId;
  zone: string;
  /** From when on calls are counted: what a rate is worked out from. */
  readonly since: EpochMs;
  month: Period;
  day: Period;
  /** The calls of this month, oldest first; the last thousand. */
  calls: readonly LedgerEntry[];
  /** The months that are over, the last year's. */
  past: readonly PastMonth[];
  /** Whether the agent's own hours are open, and until when that holds; NEVER: it always will. */
  isOpen: boolean;
  hoursUntil: EpochMs;
}

/** How a kind of period is named and ends. */
interface Calendar {
  readonly labelAt: (zone: string, now: EpochMs) => string;
  readonly after: (label: string) => string;
  readonly endOf: (zone: string, label: string) => EpochMs;
}

export const MONTHS: Calendar = { labelAt: monthOf, after: monthAfter, endOf: monthEnd };
export const DAYS: Calendar = { labelAt: dayOf, after: dayAfter, endOf: dayEnd };

export function firstPeriod({ labelAt, endOf }: Calendar, zone: string, now: EpochMs): Period {
  const label = labelAt(zone, now);
  return { label, since: now, endsAt: endOf(zone, label), spent: 0 };
}

/**
 * The period that the clocks of the zone show, but never one before the last: nobody gets a month twice, neither by
 * a change of zone nor where the clocks go back over midnight.
 */
export function periodNow(calendar: Calendar, zone: string, now: EpochMs, last: Period): Period {
  const { labelAt, after, endOf } = calendar;
  const least = last.endsAt <= now ? after(last.label) : last.label;
  let label = labelAt(zone, now);
  if (label < least) label = least;
  const endsAt = endOf(zone, label);
  return label === last.label ? { ...last, endsAt } : { label, since: now, endsAt, spent: 0 };
}

/** The ledger's next boundary: looked at when it comes, and not at every command. */
export const boundaryOf = ({ month, day, hoursUntil }: Ledger): EpochMs =>
  Math.min(month.endsAt, day.endsAt, hoursUntil);
