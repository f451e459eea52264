import { never } from '../lib/result.ts';
import { holds } from './queues.ts';
import type { Agent, Call, Floor } from './state.ts';

/** The agent whom the queue's strategy names for the call, among those who are free for it now. */
export function chooseAgent(floor: Floor, call: Call): Agent | undefined {
  const { strategy } = call.queue.config;
  switch (strategy) {
    case 'longest-idle':
      return longestIdle(floor, call);
    default:
      return never(strategy);
  }
}

/** Rule O5: an agent who just failed a call is not free for it. */
export const isPassedOver = (floor: Floor, agent: Agent, call: Call): boolean =>
  agent.passedOver.some(({ callId, until }) => callId === call.id && until > floor.now);

/** The idle list stands in this order; only what the call asks for beyond its queue is left to check. */
function longestIdle(floor: Floor, call: Call): Agent | undefined {
  const { queue, laneKey } = call;
  if (queue.idle.size === 0) return undefined;
  const skills = queue.lanes.get(laneKey)?.skills ?? [];
  return queue.idle.find((agent) => holds(agent, skills) && !isPassedOver(floor, agent, call));
}
