import { intend, moveAgent, readyNow } from './agents.ts';
import { beginSession, isAlwaysOn, isClosed } from './presence.ts';
import type { Agent, Floor } from './state.ts';

/** A phone without a screen needs nobody to sign in: it is ready while it is registered and within hours (rule A9). */
export function wakeAlwaysOn(floor: Floor, agent: Agent): void {
  if (!isAlwaysOn(agent) || agent.removed) return;
  // Signed out by hand in a conversation, they meant until their hours open again, and these have.
  if (agent.intention?.kind === 'offline' && !agent.signedOutByHand)
    intend(floor, agent, undefined);
  if (agent.state.kind !== 'offline') return;
  if (!agent.reachable || agent.signedOutByHand || isClosed(agent)) return;
  beginSession(floor, agent);
  moveAgent(floor, agent, readyNow(floor));
}
