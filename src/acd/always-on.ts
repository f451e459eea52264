import { moveAgent, readyNow } from './agents.ts';
import { beginSession, isAlwaysOn, isClosed } from './presence.ts';
import type { Agent, Floor } from './state.ts';

/** A phone without a screen needs nobody to sign in: it is ready while it is registered and within hours (rule A9). */
export function wakeAlwaysOn(floor: Floor, agent: Agent): void {
  if (!isAlwaysOn(agent) || agent.state.kind !== 'offline' || agent.removed) return;
  if (!agent.reachable || agent.signedOutByHand || isClosed(agent)) return;
  beginSession(floor, agent);
  moveAgent(floor, agent, readyNow(floor));
}
