import { NEVER } from './deadlines.ts';
import { refreshStaffing } from './staffing.ts';
import type { Floor, Queue } from './state.ts';

/** A queue that is no longer configured goes with its last call (rule G3). */
export function forgetQueueIfDone(floor: Floor, queue: Queue): void {
  if (!queue.closing || queue.line.size + queue.offered + queue.talking > 0) return;
  floor.queues.delete(queue.id);
  floor.deadlines.set(queue.watch, NEVER);
  floor.deadlines.set(queue.gate, NEVER);
  if (queue.gate.open) {
    queue.gate.open = false;
    floor.changes.push({ type: 'queue.casual', queueId: queue.id, open: false });
  }
  for (const agent of floor.agents.values()) {
    // Of an agent who has been removed as well: they may come back, and so may a queue of that id.
    if (agent.lingersIn.includes(queue.id))
      agent.lingersIn = agent.lingersIn.filter((id) => id !== queue.id);
    if (agent.handling?.queue === queue) agent.handling = undefined;
    // By a group, too, or as whoever stayed for its last calls.
    if (!agent.queues.includes(queue)) continue;
    const others = (queues: readonly Queue[]) => queues.filter((other) => other !== queue);
    agent.memberOf = others(agent.memberOf);
    agent.queues = others(agent.queues);
    agent.serves = others(agent.serves);
    agent.freeIn = others(agent.freeIn);
    agent.listedIn = others(agent.listedIn);
    agent.ownLanes = agent.ownLanes.filter((lane) => lane.queue !== queue);
    refreshStaffing(floor, agent);
  }
}
