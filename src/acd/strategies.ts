import { never } from '../lib/result.ts';
import { holds } from './lanes.ts';
import type { Agent, Call, Floor } from './state.ts';

/** The agent whom the queue's strategy names for the call, among those who are free for it now. */
export function chooseAgent(floor: Floor, call: Call): Agent | undefined {
  const { idle, config } = call.queue;
  if (idle.size === 0) return undefined;
  switch (config.strategy) {
    case 'longest-idle':
      return longestIdle(floor, call);
    default:
      return never(config.strategy);
  }
}

/** Rule O5: an agent who just failed a call is not free for it. */
export function isPassedOver(floor: Floor, agent: Agent, call: Call): boolean {
  for (const { callId, until } of agent.passedOver) {
    if (callId === call.id && until > floor.now) return true;
  }
  return false;
}

/** The idle list stands in this order. */
const longestIdle = (floor: Floor, call: Call): Agent | undefined =>
  call.queue.idle.find((agent) => holds(agent, call.lane) && !isPassedOver(floor, agent, call));
