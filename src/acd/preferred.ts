import type { AgentId } from '../model/ids.ts';
import { createOwnLane, generalLaneOf, holds } from './lanes.ts';
import { mayHelpYet } from './ledger.ts';
import type { Agent, Call, Floor, Lane, Queue } from './state.ts';

/**
 * Where the call stands: with the agent it prefers while they are waited for, else with all who ask for the same.
 * Whoever is not waited for at one moment is not waited for again (rule R16).
 */
export function laneOf(floor: Floor, call: Call): Lane {
  const general = generalLaneOf(floor, call);
  if (call.preferredUntil === 0) return general;
  const agent = awaited(floor, call, general);
  if (agent) return ownLaneOf(agent, call.queue);
  call.preferredUntil = 0;
  return general;
}

/** Until when a call that comes now waits for the agent; 0: it does not. */
export function preferredUntil(floor: Floor, queue: Queue, agentId: AgentId | undefined): number {
  const { preferredWaitMs } = queue.config;
  return agentId === undefined || preferredWaitMs === 0 ? 0 : floor.now + preferredWaitMs;
}

function ownLaneOf(agent: Agent, queue: Queue): Lane {
  const known = agent.ownLanes.find((lane) => lane.queue === queue);
  if (known) return known;
  const lane = createOwnLane(agent, queue);
  agent.ownLanes = [...agent.ownLanes, lane];
  return lane;
}

function awaited(floor: Floor, call: Call, general: Lane): Agent | undefined {
  const { preferredAgentId, preferredUntil: until, queue } = call;
  const agent = preferredAgentId && floor.agents.get(preferredAgentId);
  if (!agent || until <= floor.now || !isAtWork(agent) || !agent.memberOf.includes(queue)) {
    return undefined;
  }
  // Whoever has no calls left, or is not needed, would be waited for in vain.
  return mayHelpYet(agent, queue) && holds(floor, agent, general) ? agent : undefined;
}

/** In a conversation or on a break, they are waited for; without a phone, or gone home, they are not. */
export const isAtWork = ({ state, reachable, removed }: Agent): boolean =>
  state.kind !== 'offline' && reachable && !removed;
