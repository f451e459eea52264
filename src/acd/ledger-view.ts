import type { EpochMs } from '../lib/clock.ts';
import { openBetween } from '../lib/hours.ts';
import { dayOf, monthStart } from '../lib/zone.ts';
import type { CasualTerms } from '../model/agent.ts';
import type { Exhaustion, LedgerSummary, LedgerView } from '../model/ledger.ts';
import { NEVER } from './deadlines.ts';
import type { Ledger } from './ledger-state.ts';
import type { Agent } from './state.ts';

/** Below this nothing is forecast: two calls in a morning are no rate. */
const FORECAST_CALLS_MIN = 3;

export function summaryOf({ config, state }: Agent, ledger: Ledger): LedgerSummary {
  const { casual, dailyCallsMax } = config;
  return {
    month: ledger.month.label,
    ...(casual ? { cap: casual.monthlyCap } : {}),
    spent: ledger.month.spent,
    reserved: state.kind === 'offered' ? 1 : 0,
    day: ledger.day.label,
    ...(dailyCallsMax === undefined ? {} : { dayMax: dailyCallsMax }),
    daySpent: ledger.day.spent,
    isOpen: ledger.isOpen,
  };
}

export function viewLedger(agent: Agent, ledger: Ledger, now: EpochMs): LedgerView {
  const { casual } = agent.config;
  const { hoursUntil } = ledger;
  return {
    agentId: agent.id,
    zone: ledger.zone,
    ...summaryOf(agent, ledger),
    monthEndsAt: ledger.month.endsAt,
    dayEndsAt: ledger.day.endsAt,
    ...(hoursUntil === NEVER ? {} : { hoursChangeAt: hoursUntil }),
    ...(casual ? { exhaustion: exhaustionOf(casual, ledger, now) } : {}),
    calls: ledger.calls,
    past: ledger.past,
  };
}

/**
 * At the rate of this month, measured over the agent's own open hours: a shop that opens on Saturdays alone does not
 * use its budget up on a Wednesday (rule B7).
 */
export function exhaustionOf(
  { monthlyCap, hours }: CasualTerms,
  { zone, month, since }: Ledger,
  now: EpochMs,
): Exhaustion {
  const left = monthlyCap - month.spent;
  if (left <= 0) return { kind: 'exhausted' };
  if (month.spent < FORECAST_CALLS_MIN) return { kind: 'unknown' };
  const start = Math.max(since, monthStart(zone, month.label));
  let openMs = 0;
  for (const { from, to } of openBetween(hours, zone, start, now)) openMs += to - from;
  let neededMs = (left * openMs) / month.spent;
  for (const { from, to } of openBetween(hours, zone, now, month.endsAt)) {
    if (neededMs <= to - from) {
      const at = Math.round(from + neededMs);
      return { kind: 'runsOut', at, day: dayOf(zone, at) };
    }
    neededMs -= to - from;
  }
  return { kind: 'lasts' };
}
