import type { Moments } from './departures.ts';
import { poolOf, sharedOf } from './pools.ts';
import type { Call, Floor, Pool, Queue, Sharing } from './state.ts';
import { handleOf } from './statistics.ts';

/** Lanes of a queue looked at one by one; with more, all calls count as ordinary ones of the queue. */
const LANES_MAX = 64;

/** The calls that a pool works off before one of its own. */
export interface Load {
  readonly ahead: number;
  /** Of the calls that the pool works off, by their number. */
  readonly handle: Moments;
}

/** An agent who serves other queues too works off their calls in the one order (rule R1), each for its share. */
export function loadOf(pool: Pool, own: Queue, aheadIn: (queue: Queue) => number): Load {
  const ownHandle = handleOf(own.config, own.statistics);
  const ownAhead = aheadIn(own);
  let ahead = ownAhead;
  let weight = 1 + ownAhead;
  let mean = weight * ownHandle.mean;
  let variance = weight * ownHandle.variance;
  for (const [queue, sharing] of sharedOf(pool)) {
    if (queue === own) continue;
    const calls = fallingToPool(pool.staff.length, ownAhead + 1, sharing, aheadIn(queue));
    if (calls === 0) continue;
    const handle = handleOf(queue.config, queue.statistics);
    ahead += calls;
    mean += calls * handle.mean;
    variance += calls * handle.variance;
    weight += calls;
  }
  return { ahead, handle: { mean: mean / weight, variance: variance / weight } };
}

/**
 * How many of another queue's `theirs` calls the agents of both take, if everybody is busy until the last of all these
 * calls is given away: what the others of that queue cannot take in that time, and never more than what keeps the
 * call from whoever serves its own queue alone.
 */
function fallingToPool(
  staff: number,
  own: number,
  { both, others }: Sharing,
  theirs: number,
): number {
  const left = theirs - (others * (own + theirs)) / (staff + others);
  const alone = staff - both;
  return Math.max(0, alone === 0 ? left : Math.min(left, (own * both) / alone));
}

/** Calls whom nobody at work can serve block nobody, and count for nothing. */
export function aheadOf(floor: Floor, pool: Pool, queue: Queue, call: Call): number {
  if (queue.busyLanes.size > LANES_MAX) return queue.line.rank(call);
  let ahead = 0;
  for (const lane of queue.busyLanes.lanes) {
    const before = lane.waiting.rank(call);
    if (before === 0) continue;
    const theirs = poolOf(floor, queue, lane);
    if (theirs.staff.length > 0) ahead += exact(before * shareOf(pool, queue, call, theirs));
  }
  return ahead;
}

/** The part of a lane's calls that falls to the call's own agents, when both are of the same queue. */
function shareOf(pool: Pool, queue: Queue, call: Call, theirs: Pool): number {
  if (queue !== call.queue || theirs.staff.length <= pool.staff.length) return 1;
  return pool.staff.length / theirs.staff.length;
}

/** A multiple of 1/1024: such numbers add up to the same in any order, and the lanes stand in none. */
const exact = (value: number): number => Math.round(value * 1_024) / 1_024;
