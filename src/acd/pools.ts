import { holds } from './lanes.ts';
import { isCasual } from './ledger.ts';
import { worksFor } from './staffing.ts';
import type { Agent, Floor, Lane, Pool, Queue, Sharing } from './state.ts';

/** Keys of no lane: theirs are empty, or made of levels and names. */
const ORDINARY = 'ordinary';
const FORMAL = 'formal';

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
  const key = lane?.key ?? ORDINARY;
  const known = queue.pools.get(key);
  if (known) return known;
  const pool: Pool = { staff: staffOf(floor, queue, lane), shared: undefined };
  queue.pools.set(key, pool);
  return pool;
}

/** Who relaxed demands bring in need not serve the queue's ordinary calls, nor belong to it (rules R13 and R14). */
function staffOf(floor: Floor, queue: Queue, lane?: Lane): readonly Agent[] {
  if (!lane) return [...queue.staff];
  if (queue.config.relaxation.length === 0)
    return [...queue.staff].filter((agent) => holds(floor, agent, lane));
  const helpers = [...floor.agents.values()].filter(
    (agent) => agent.queues.includes(queue) && worksFor(agent, queue) && holds(floor, agent, lane),
  );
  return helpers.sort((a, b) => a.seq - b.seq);
}

/** The same without casual agents: whether they are needed is asked of the others. */
export function formalPoolOf(floor: Floor, queue: Queue): Pool {
  const pool = poolOf(floor, queue);
  if (!pool.staff.some(isCasual)) return pool;
  const known = queue.pools.get(FORMAL);
  if (known) return known;
  const formal: Pool = {
    staff: pool.staff.filter((agent) => !isCasual(agent)),
    shared: undefined,
  };
  queue.pools.set(FORMAL, formal);
  return formal;
}

/** How the pool stands to every queue that its agents serve; worked out when it is first asked for. */
export function sharedOf(pool: Pool): ReadonlyMap<Queue, Sharing> {
  pool.shared ??= sharingOf(pool.staff);
  return pool.shared;
}

/**
 * In the order of the queues, not of the sets that they come from: figures are added up in this order, and a restored
 * state must come to the same ones, to the last digit (rule T4).
 */
function sharingOf(staff: readonly Agent[]): ReadonlyMap<Queue, Sharing> {
  const members = new Set(staff);
  const both = new Map<Queue, number>();
  for (const agent of staff) {
    for (const queue of agent.staffs) both.set(queue, (both.get(queue) ?? 0) + 1);
  }
  const shared = new Map<Queue, Sharing>();
  for (const [queue, count] of [...both].sort(([a], [b]) => (a.id < b.id ? -1 : 1))) {
    shared.set(queue, { both: count, others: othersIn(queue, members, both) });
  }
  return shared;
}

function othersIn(
  queue: Queue,
  members: ReadonlySet<Agent>,
  both: ReadonlyMap<Queue, number>,
): number {
  /** Agents by how many of the pool's queues they serve: whole numbers add up alike in any order. */
  const counts: number[] = [];
  for (const agent of queue.staff) {
    if (members.has(agent)) continue;
    let serves = 0;
    for (const other of agent.staffs) if (both.has(other)) serves++;
    counts[serves] = (counts[serves] ?? 0) + 1;
  }
  return counts.reduce((others, count, serves) => others + count / serves, 0);
}

/** How many of them could have a call at this moment. */
export function freeOf(floor: Floor, queue: Queue, lane?: Lane): number {
  const idle = queue.idle.size + queue.idleCasual.size;
  if (!lane || idle === 0) return idle;
  let free = 0;
  for (const agent of queue.idle) if (holds(floor, agent, lane)) free++;
  for (const agent of queue.idleCasual) if (holds(floor, agent, lane)) free++;
  return free;
}
