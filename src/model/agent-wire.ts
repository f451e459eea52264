import { never } from '../lib/result.ts';
import type { AgentState } from './agent.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** An agent's state as it leaves the house, in the API and on the feed: flat, times as ISO 8601 in UTC. */
export function stateWire(state: AgentState) {
  const { kind, since } = state;
  const common = { state: kind, since: iso(since) };
  switch (state.kind) {
    case 'offline':
    case 'ready':
      return common;
    case 'notReady':
      return { ...common, reason: state.reason };
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
