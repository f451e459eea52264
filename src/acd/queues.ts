import type { Agent, Floor, Queue } from './state.ts';

/** Whether the agent holds every skill at the level asked for. */
export function holds(agent: Agent, skills: readonly (readonly [string, number])[]): boolean {
  for (const [name, level] of skills) if ((agent.skills.get(name) ?? 0) < level) return false;
  return true;
}

/** A queue that is no longer configured goes with its last call (rule G3). */
export function forgetQueueIfDone(floor: Floor, queue: Queue): void {
  if (!queue.closing || queue.inLine.size + queue.talking > 0) return;
  floor.queues.delete(queue.id);
  for (const agent of floor.agents.values()) {
    if (!agent.lingersIn.includes(queue.id)) continue;
    agent.lingersIn = agent.lingersIn.filter((id) => id !== queue.id);
    agent.memberOf = agent.memberOf.filter((other) => other !== queue);
    agent.serves = agent.serves.filter((other) => other !== queue);
  }
}
