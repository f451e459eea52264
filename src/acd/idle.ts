import { NOWHERE } from './create-floor.ts';
import { touchGate } from './gate.ts';
import { isCasual } from './ledger.ts';
import type { SortedList } from './sorted-list.ts';
import type { Agent, Floor, Queue } from './state.ts';

/**
 * The queues that may offer the agent a call from now on. Who is no longer free in a queue leaves its idle list at
 * once; who became free is routed first, and listed if nobody waits for them.
 */
export function setFree(floor: Floor, agent: Agent, queues: readonly Queue[]): void {
  const { freeIn: before } = agent;
  agent.freeIn = queues;
  const gained = without(queues, before);
  for (const queue of gained) touchGate(floor, queue);
  for (const queue of without(before, queues)) touchGate(floor, queue);
  if (gained.length > 0) toRoute(floor, agent);
  if (agent.listedIn.length > 0) unlist(agent);
}

/** Mostly all of them, or none: then nothing is compared. */
const without = (queues: readonly Queue[], others: readonly Queue[]): readonly Queue[] =>
  queues.length === 0 || others.length === 0
    ? queues
    : queues.filter((queue) => !others.includes(queue));

/** Whoever is free and got no call stands in the idle lists: the last step of a routing. */
export function listAgent(agent: Agent): void {
  for (const queue of without(agent.freeIn, agent.listedIn)) idleListOf(agent, queue).add(agent);
  agent.listedIn = agent.freeIn;
}

function unlist(agent: Agent): void {
  const { listedIn, freeIn } = agent;
  const left = without(listedIn, freeIn);
  for (const queue of left) idleListOf(agent, queue).remove(agent);
  agent.listedIn = left === listedIn ? NOWHERE : without(listedIn, left);
}

const idleListOf = (agent: Agent, queue: Queue): SortedList<Agent> =>
  isCasual(agent) ? queue.idleCasual : queue.idle;

/** Something that idle lists are ordered by changes: out of them before, and into them again after. */
export function reorder(agent: Agent, change: () => void): void {
  const { listedIn } = agent;
  for (const queue of listedIn) idleListOf(agent, queue).remove(agent);
  change();
  for (const queue of listedIn) idleListOf(agent, queue).add(agent);
}

/** The routing to come looks at the agent. */
export function toRoute(floor: Floor, agent: Agent): void {
  if (agent.fresh) return;
  agent.fresh = true;
  floor.freshAgents.push(agent);
}
