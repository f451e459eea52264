import type { EpochMs } from '../lib/clock.ts';
import { NEVER } from './deadlines.ts';
import type { LaneHeap } from './lane-heap.ts';
import { holds, SEVERAL } from './lanes.ts';
import { byOrder } from './orders.ts';
import { isFull } from './stages.ts';
import type { Agent, Call, Floor, Lane } from './state.ts';
import { isPassedOver } from './strategies.ts';

/**
 * The first in order, across all of the queues that may offer the agent a call now. The search goes by the starts
 * that lie beside the lanes: calls lie all over the memory, and are fetched for a tie alone. It is one function, so
 * that what it has found so far is nothing but two variables.
 */
export function firstCallFor(floor: Floor, agent: Agent): Call | undefined {
  let best: Call | undefined;
  let bestStart: EpochMs = NEVER;
  for (const queue of agent.freeIn) {
    if (queue.line.size === 0 || isFull(queue)) continue;
    const { busyLanes } = queue;
    for (let place = busyLanes.top; place >= 0; ) {
      let start = busyLanes.startAt(place);
      // Below a lane that comes too late all come later still.
      let goesBelow = start <= bestStart;
      if (goesBelow && mayHave(floor, agent, busyLanes, place)) {
        const lane = busyLanes.lanes[place] as Lane;
        const call = firstIn(floor, agent, lane);
        if (call !== lane.head) start = call?.effectiveStart ?? NEVER;
        else goesBelow = false;
        if (call && (start < bestStart || (start === bestStart && isEarlier(call, best)))) {
          best = call;
          bestStart = start;
        }
      }
      place = busyLanes.after(place, goesBelow);
    }
  }
  return agent.ownLanes.length === 0 ? best : orOwn(floor, agent, best);
}

/** At the same start. */
const isEarlier = (call: Call, best: Call | undefined): boolean => !best || call.seq < best.seq;

/** Most lanes ask for one skill or none, and most agents stand in no group: then the lane is not looked at. */
function mayHave(floor: Floor, agent: Agent, lanes: LaneHeap<Lane>, place: number): boolean {
  const demand = lanes.demandAt(place);
  if (demand !== SEVERAL && agent.groups.size === 0) return floor.skills.meets(agent, demand);
  return holds(floor, agent, lanes.lanes[place] as Lane);
}

/** An agent may be passed over for some calls, and have one that stands behind them. */
const firstIn = (floor: Floor, agent: Agent, { head, waiting }: Lane): Call | undefined =>
  agent.passedOver.length === 0 ? head : waiting.find((call) => !isPassedOver(floor, agent, call));

/** That call, or one that waits for this agent alone and comes before it. */
function orOwn(floor: Floor, agent: Agent, other: Call | undefined): Call | undefined {
  let best = other;
  for (const lane of agent.ownLanes) {
    if (lane.waiting.size === 0 || !agent.freeIn.includes(lane.queue) || isFull(lane.queue))
      continue;
    const call = firstIn(floor, agent, lane);
    if (call && (!best || byOrder(call, best) < 0)) best = call;
  }
  return best;
}
