import { NOWHERE } from './create-floor.ts';
import { isCasual, mayAfford } from './ledger.ts';
import type { Agent, Floor, Queue } from './state.ts';

/**
 * Whether the agent will serve again of their own accord: ready (in a pause after a failed offer too), offered,
 * talking or in after-call work, with a phone, and not about to leave.
 */
export const isStaffed = ({ state, reachable, removed, intention }: Agent): boolean =>
  state.kind !== 'offline' && state.kind !== 'notReady' && reachable && !removed && !intention;

/** The queues that the agent works for: those of a casual agent are open to them, and there is budget left. */
export function staffedIn(agent: Agent): readonly Queue[] {
  if (!isStaffed(agent)) return NOWHERE;
  if (!isCasual(agent)) return agent.serves;
  return mayAfford(agent) ? agent.serves.filter(({ gate }) => gate.open) : NOWHERE;
}

/**
 * Whether they would take calls of the queue, if what these ask for is relaxed enough. Casual agents help where they
 * are staff: what is remembered of a pool changes with staffing alone.
 */
export const worksFor = (agent: Agent, queue: Queue): boolean =>
  isCasual(agent) ? agent.staffs.includes(queue) : isStaffed(agent);

/** Puts the agent's place in the staff of their queues right. A call that begins or ends costs one comparison. */
export function refreshStaffing(floor: Floor, agent: Agent): void {
  setStaffing(floor, agent, staffedIn(agent));
  const inReserve = isInReserve(agent);
  if (inReserve === agent.inReserve) return;
  agent.inReserve = inReserve;
  floor.staffing++;
}

/** A casual agent who would help if they were needed: a queue that has them has somebody (rule V2). */
export const isInReserve = (agent: Agent): boolean =>
  isCasual(agent) && isStaffed(agent) && mayAfford(agent);

/** The agent is gone, or all is about to be worked out anew. */
export function dropStaffing(floor: Floor, agent: Agent): void {
  setStaffing(floor, agent, NOWHERE);
}

function setStaffing(floor: Floor, agent: Agent, queues: readonly Queue[]): void {
  if (agent.staffs === queues || (isCasual(agent) && same(agent.staffs, queues))) return;
  for (const queue of agent.staffs) queue.staff.remove(agent);
  for (const queue of queues) queue.staff.add(agent);
  agent.staffs = queues;
  floor.staffing++;
}

const same = (a: readonly Queue[], b: readonly Queue[]): boolean =>
  a.length === b.length && a.every((queue, index) => queue === b[index]);
