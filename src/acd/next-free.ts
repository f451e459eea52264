import type { Average } from './average.ts';
import type { Moments } from './departures.ts';
import type { Agent, Floor } from './state.ts';
import { handleOf } from './statistics.ts';

/** With more agents than this, what each is doing averages out and is not looked at. */
const LOOKED_AT_MAX = 24;

/** Until the first of the staff is free. `handle` is what the agents' calls take on the whole. */
export function nextFree(floor: Floor, staff: readonly Agent[], handle: Moments): Moments {
  if (staff.length > LOOKED_AT_MAX) return memoryless(handle.mean / staff.length);
  let known = Number.POSITIVE_INFINITY;
  const talking: Average[] = [];
  for (const agent of staff) {
    const until = knownEnd(agent);
    if (until === undefined) talking.push(remaining(floor, agent, handle));
    else known = Math.min(known, Math.max(1, until - floor.now));
  }
  const shortest = shortestOf(talking);
  if (!shortest) return { mean: known, variance: known * known * KNOWN_END_SPREAD };
  return known === Number.POSITIVE_INFINITY ? shortest : earlierOf(known, shortest);
}

/** After-call work may be ended early: the squared coefficient of variation of what is left of it. */
const KNOWN_END_SPREAD = 0.05;

const memoryless = (mean: number): Moments => ({ mean, variance: mean * mean });

/** After-call work and pauses have an end that is known; conversations have not. */
function knownEnd(agent: Agent): number | undefined {
  if (agent.state.kind === 'wrapUp') return agent.state.until;
  return agent.state.kind === 'ready' ? agent.pausedUntil : undefined;
}

/**
 * What is left of a conversation, given how long it has lasted. For a memoryless handle time it is always the mean;
 * the more regular handle times are, the more of one is over (exact at age 0, and in the limit for gamma handle
 * times, whose mean remaining life tends to variance / mean).
 */
function remaining(floor: Floor, agent: Agent, otherwise: Moments): Average {
  const { handling } = agent;
  const { mean, variance } = handling
    ? handleOf(handling.queue.config, handling.queue.statistics)
    : otherwise;
  const regular = Math.min(2, variance / (mean * mean));
  const age = handling ? floor.now - handling.since : 0;
  const left = mean * (regular + (1 - regular) * Math.exp(-age / mean));
  return { count: 0, mean: left, variance: left * left * Math.max(0.1, regular) };
}

/**
 * The first of several to end, as the minimum of Weibull distributed times of one shape: (Σ time^-shape)^(-1/shape).
 * Shape 1 is exact for memoryless times. For more regular ones the exponent is a fit: conversations that began at
 * any time end one by one about as often as memoryless ones, since what is left of them is less regular than they.
 */
function shortestOf(times: readonly Moments[]): Moments | undefined {
  if (times.length === 0) return undefined;
  let spread = 0;
  for (const { mean, variance } of times) spread += variance / (mean * mean) / times.length;
  const shape = Math.max(1, spread ** -SHAPE_EXPONENT);
  let sum = 0;
  for (const time of times) sum += time.mean ** -shape;
  const mean = sum ** (-1 / shape);
  return { mean, variance: mean * mean * spread };
}

const SHAPE_EXPONENT = 0.15;

/** The earlier of a known end and a memoryless one of the same mean. */
function earlierOf(known: number, { mean }: Moments): Moments {
  const survives = Math.exp(-known / mean);
  const first = mean * (1 - survives);
  const square = 2 * mean * mean * (1 - survives * (1 + known / mean));
  return { mean: first, variance: Math.max(0, square - first * first) };
}
