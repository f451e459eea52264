import { departure, type Moments, plus, quantileOf } from './departures.ts';
import { nextFree } from './next-free.ts';
import { formalPoolOf, freeOf, poolOf } from './pools.ts';
import type { Call, Floor, Pool, Queue } from './state.ts';
import { answerOf, handleOf } from './statistics.ts';

/** How long it will take until an agent answers: three of five calls lie within. */
export interface Estimate {
  readonly lowMs: number;
  readonly highMs: number;
}

export interface Prospect extends Estimate {
  readonly staff: number;
  readonly handleMs: number;
  /** The queues that the agents work off together with the call's own. */
  readonly queues: readonly Queue[];
}

/** The standard normal deviates of the 20th and the 80th percentile: a fifth of the calls lies on either side. */
const LOW_Z = -0.8416;
const HIGH_Z = 0.8416;

/** Lanes of a queue looked at one by one; with more, all calls count as ordinary ones of the queue. */
const LANES_MAX = 64;

/**
 * How long this call will still wait, from now until it is answered (rule EW1). Undefined: it does not wait, or
 * nobody at work can serve it. Cheap: nothing is scanned but the lanes of the queues that its agents serve.
 */
export function estimateOf(floor: Floor, call: Call): Estimate | undefined {
  const prospect = prospectOf(floor, call);
  return prospect && { lowMs: prospect.lowMs, highMs: prospect.highMs };
}

/** The estimate with what it is founded on. */
export function prospectOf(floor: Floor, call: Call): Prospect | undefined {
  if (call.stage.kind !== 'waiting') return undefined;
  const { queue, lane } = call;
  const pool = poolOf(floor, queue, lane);
  const aheadIn = (other: Queue): number => aheadOf(floor, pool, other, call);
  return rangeOf(floor, queue, pool, freeOf(queue, lane), aheadIn);
}

/**
 * How long a caller would wait who joined the queue now, behind all who wait. Undefined: nobody at work serves it.
 * Costs one step per queue that its agents serve.
 */
export function queueEstimate(floor: Floor, queue: Queue): Estimate | undefined {
  const pool = poolOf(floor, queue);
  const prospect = rangeOf(floor, queue, pool, freeOf(queue), ({ waiting }) => waiting);
  return prospect && { lowMs: prospect.lowMs, highMs: prospect.highMs };
}

/** The same as if there were no casual agents. */
export function formalEstimate(floor: Floor, queue: Queue): Estimate | undefined {
  const pool = formalPoolOf(floor, queue);
  return rangeOf(floor, queue, pool, queue.idle.size, ({ waiting }) => waiting);
}

/** `aheadIn`: the calls of a queue before this one that some agent of the pool could take. */
function rangeOf(
  floor: Floor,
  queue: Queue,
  pool: Pool,
  free: number,
  aheadIn: (queue: Queue) => number,
): Prospect | undefined {
  if (pool.staff.length === 0) return undefined;
  const load = loadOf(pool, queue, aheadIn);
  const answer = answerOf(queue.statistics);
  const ahead = load.ahead - free;
  const staff = pool.staff.length;
  const wait = ahead <= -1 ? answer : plus(waitOf(floor, pool, load.handle, ahead), answer);
  return {
    lowMs: Math.round(quantileOf(wait, LOW_Z)),
    highMs: Math.round(quantileOf(wait, HIGH_Z)),
    staff,
    handleMs: load.handle.mean,
    queues: [...pool.shared.keys()],
  };
}

function waitOf(floor: Floor, { staff: agents }: Pool, handle: Moments, ahead: number): Moments {
  const first = nextFree(floor, agents, handle);
  const staff = agents.length;
  return departure({ staff, ahead: Math.max(0, ahead), handle, first, giveUpRate: 0 });
}

interface Load {
  readonly ahead: number;
  /** Of the calls that the pool works off, by their number. */
  readonly handle: Moments;
}

/** An agent who serves other queues too works off their calls in the one order (rule R1), each for its share. */
function loadOf(pool: Pool, own: Queue, aheadIn: (queue: Queue) => number): Load {
  const ownHandle = handleOf(own.config, own.statistics);
  let [ahead, weight, mean, variance] = [0, 1, ownHandle.mean, ownHandle.variance];
  for (const [queue, shared] of pool.shared) {
    const share = queue === own ? 1 : shared / queue.staff.size;
    const calls = aheadIn(queue) * share;
    if (calls === 0) continue;
    const handle = handleOf(queue.config, queue.statistics);
    ahead += calls;
    mean += calls * handle.mean;
    variance += calls * handle.variance;
    weight += calls;
  }
  return { ahead, handle: { mean: mean / weight, variance: variance / weight } };
}

/** Calls whom nobody at work can serve block nobody, and count for nothing. */
function aheadOf(floor: Floor, pool: Pool, queue: Queue, call: Call): number {
  if (queue.busyLanes.length > LANES_MAX) return queue.line.rank(call);
  let ahead = 0;
  for (const lane of queue.busyLanes) {
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
