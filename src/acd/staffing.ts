import type { Agent, Floor, Queue } from './state.ts';

const NOWHERE: readonly Queue[] = [];

/**
 * Whether the agent will serve again of their own accord: ready (in a pause after a failed offer too), offered,
 * talking or in after-call work, with a phone, and not about to leave.
 */
export const isStaffed = ({ state, reachable, removed, intention }: Agent): boolean =>
  state.kind !== 'offline' && state.kind !== 'notReady' && reachable && !removed && !intention;

/** Puts the agent's place in the staff of their queues right. A call that begins or ends costs one comparison. */
export function refreshStaffing(floor: Floor, agent: Agent): void {
  setStaffing(floor, agent, isStaffed(agent) ? agent.serves : NOWHERE);
}

/** The agent is gone, or all is about to be worked out anew. */
export function dropStaffing(floor: Floor, agent: Agent): void {
  setStaffing(floor, agent, NOWHERE);
}

function setStaffing(floor: Floor, agent: Agent, queues: readonly Queue[]): void {
  if (agent.staffs === queues) return;
  for (const queue of agent.staffs) queue.staff.remove(agent);
  for (const queue of queues) queue.staff.add(agent);
  agent.staffs = queues;
  floor.staffing++;
}
