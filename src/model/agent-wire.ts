import { iso } from '../lib/clock.ts';
import { never } from '../lib/result.ts';
import type { AgentState, Intention, OfferFailures } from './agent.ts';
import type { LedgerSummary } from './ledger.ts';

/** An agent's state as it leaves the house, in the API and on the feed: flat, times as ISO 8601 in UTC. */
export function stateWire(state: AgentState) {
  const { kind, since } = state;
  const common = { state: kind, since: iso(since) };
  switch (state.kind) {
    case 'offline':
      return { ...common, ...(state.reason === undefined ? {} : { reason: state.reason }) };
    case 'ready':
      return common;
    case 'notReady':
      return {
        ...common,
        reason: state.reason,
        ...(state.until === undefined ? {} : { until: iso(state.until) }),
      };
    case 'offered':
      return { ...common, offerId: state.offerId, callId: state.callId };
    case 'talking':
      return { ...common, callId: state.callId };
    case 'wrapUp':
      return { ...common, callId: state.callId, until: iso(state.until) };
    default:
      return never(state);
  }
}

/** What is known of an agent beside their state: the shape of `runtime/ports` AgentView. */
interface LiveAgent {
  readonly state: AgentState;
  readonly reachable: boolean;
  readonly intention?: Intention;
  readonly pausedUntil?: number;
  readonly failures: OfferFailures;
  readonly misses: number;
  readonly ledger?: LedgerSummary;
  readonly phone?: string;
}

/** What an agent is doing, as it leaves the house. */
export function liveWire(agent: LiveAgent) {
  const { state, reachable, intention, pausedUntil, failures, misses, ledger, phone } = agent;
  return {
    ...stateWire(state),
    reachable,
    ...(phone === undefined ? {} : { phone }),
    ...(intention ? { next: nextWire(intention) } : {}),
    ...(pausedUntil === undefined ? {} : { pausedUntil: iso(pausedUntil) }),
    failures,
    misses,
    ...(ledger ? { ledger } : {}),
  };
}

const nextWire = (intention: Intention) =>
  intention.kind === 'offline'
    ? { state: intention.kind }
    : { state: intention.kind, reason: intention.reason };
