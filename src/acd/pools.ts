import { holds } from './lanes.ts';
import type { Agent, Floor, Lane, Pool, Queue } from './state.ts';

/** Kinds of calls remembered per queue; beyond that all are forgotten and worked out anew. */
const POOLS_MAX = 256;

/**
 * Who can serve a call of this lane, or an ordinary call of the queue. Worked out once after each change of staffing
 * and remembered, since calls come and go a thousand times as often.
 */
export function poolOf(floor: Floor, queue: Queue, lane?: Lane): Pool {
  if (queue.poolsAt !== floor.staffing || queue.pools.size >= POOLS_MAX) {
    queue.pools.clear();
    queue.poolsAt = floor.staffing;
  }
  const key = lane?.key ?? '';
  const known = queue.pools.get(key);
  if (known) return known;
  const pool = createPool([...queue.staff].filter((agent) => !lane || holds(agent, lane)));
  queue.pools.set(key, pool);
  return pool;
}

function createPool(staff: readonly Agent[]): Pool {
  const shared = new Map<Queue, number>();
  for (const agent of staff) {
    for (const queue of agent.staffs) shared.set(queue, (shared.get(queue) ?? 0) + 1);
  }
  return { staff, shared };
}

/** How many of them could have a call at this moment. */
export function freeOf(queue: Queue, lane?: Lane): number {
  if (!lane || queue.idle.size === 0) return queue.idle.size;
  let free = 0;
  for (const agent of queue.idle) if (holds(agent, lane)) free++;
  return free;
}
