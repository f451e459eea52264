import type { EpochMs } from '../lib/clock.ts';
import { overtakersExpected } from './arrivals.ts';
import { doubtOf } from './average.ts';
import { departure, type Line, type Moments, plus, quantileOf } from './departures.ts';
import { generalLaneOf } from './lanes.ts';
import { aheadOf, type Load, loadOf } from './load.ts';
import { nextFree } from './next-free.ts';
import { giveUpRateOf } from './patience.ts';
import { formalPoolOf, freeOf, poolOf, sharedOf } from './pools.ts';
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

/** How often it is asked who else comes meanwhile: each answer makes the wait longer, and changes less. */
const OVERTAKER_ROUNDS = 3;

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
  const { queue } = call;
  const lane = generalLaneOf(floor, call);
  const pool = poolOf(floor, queue, lane);
  const aheadIn = (other: Queue): number => aheadOf(floor, pool, other, call);
  const { effectiveStart } = call;
  return rangeOf(floor, queue, pool, freeOf(floor, queue, lane), { effectiveStart, aheadIn });
}

/**
 * How long a caller would wait who joined the queue now, behind all who wait. Undefined: nobody at work serves it.
 * Costs one step per queue that its agents serve.
 */
export function queueEstimate(floor: Floor, queue: Queue): Estimate | undefined {
  const pool = poolOf(floor, queue);
  const prospect = rangeOf(floor, queue, pool, freeOf(floor, queue), lastPlace(floor));
  return prospect && { lowMs: prospect.lowMs, highMs: prospect.highMs };
}

/** The same as if there were no casual agents. */
export function formalEstimate(floor: Floor, queue: Queue): Estimate | undefined {
  return rangeOf(floor, queue, formalPoolOf(floor, queue), queue.idle.size, lastPlace(floor));
}

const lastPlace = ({ now }: Floor): Place => ({
  effectiveStart: now,
  aheadIn: ({ line }) => line.size,
});

/** What a call has before it. */
interface Place {
  readonly effectiveStart: EpochMs;
  /** The calls of a queue that stand before it and that somebody at work can serve. */
  readonly aheadIn: (queue: Queue) => number;
}

function rangeOf(
  floor: Floor,
  queue: Queue,
  pool: Pool,
  free: number,
  place: Place,
): Prospect | undefined {
  if (pool.staff.length === 0) return undefined;
  const load = loadOf(pool, queue, place.aheadIn);
  const wait = plus(waitOf(floor, queue, pool, load, free, place), answerOf(queue.statistics));
  return {
    lowMs: Math.round(quantileOf(wait, LOW_Z)),
    highMs: Math.round(quantileOf(wait, HIGH_Z)),
    staff: pool.staff.length,
    handleMs: load.handle.mean,
    queues: [...sharedOf(pool).keys()],
  };
}

const AT_ONCE: Moments = { mean: 0, variance: 0 };

/** Until one of the pool is free for the call. */
function waitOf(
  floor: Floor,
  queue: Queue,
  pool: Pool,
  { ahead, handle }: Load,
  idle: number,
  place: Place,
): Moments {
  const { config, offered, talking } = queue;
  const places = config.activeMax - offered - talking;
  const free = Math.min(idle, Math.max(0, places));
  if (ahead <= free - 1) return AT_ONCE;
  const line = {
    // More than `activeMax` of them never work at once (rule R17).
    staff: Math.min(pool.staff.length, config.activeMax),
    ahead: Math.max(0, ahead - free),
    handle,
    first: nextFree(floor, pool.staff, handle),
    doubt: doubtOf(handleOf(config, queue.statistics)),
    giveUpRate: giveUpRateOf(queue),
  };
  return behindOvertakers(floor, pool, line, place);
}

/** Who comes later with a higher priority stands before the call, and the longer it waits the more do. */
function behindOvertakers(
  floor: Floor,
  pool: Pool,
  line: Line,
  { effectiveStart }: Place,
): Moments {
  let wait = departure(line);
  for (let round = 0; round < OVERTAKER_ROUNDS; round++) {
    let overtakers = 0;
    for (const [queue, { both }] of sharedOf(pool)) {
      const share = both / queue.staff.size;
      overtakers += share * overtakersExpected(floor, queue, effectiveStart, wait.mean);
    }
    if (overtakers === 0) return wait;
    wait = departure({ ...line, ahead: line.ahead + overtakers });
    // Nobody knows how many they will be: a Poisson number of turns.
    const turn = line.handle.mean / line.staff;
    wait = { mean: wait.mean, variance: wait.variance + overtakers * turn * turn };
  }
  return wait;
}
