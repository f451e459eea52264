import type { EpochMs } from '../lib/clock.ts';
import { NEVER } from './deadlines.ts';
import { holds, SEVERAL } from './lanes.ts';
import { isFull } from './stages.ts';
import type { Agent, Call, Floor, Lane, Queue } from './state.ts';
import { isPassedOver } from './strategies.ts';

/** The first in order, across all of the queues that may offer the agent a call now. */
export function firstCallFor(floor: Floor, agent: Agent): Call | undefined {
  const search = new Search(floor, agent);
  for (const queue of agent.freeIn) {
    if (queue.line.size > 0 && !isFull(queue)) search.walk(queue, 0);
  }
  for (const lane of agent.ownLanes) {
    if (lane.waiting.size === 0 || !agent.freeIn.includes(lane.queue) || isFull(lane.queue))
      continue;
    search.look(lane, lane.waiting.firstKey);
  }
  return search.best;
}

/**
 * What an agent finds who looks through the lanes. It goes by the starts that lie beside them: calls lie all over the
 * memory, and are fetched for a tie alone.
 */
class Search {
  readonly #floor: Floor;
  readonly #agent: Agent;
  best: Call | undefined;
  #start: EpochMs = NEVER;

  constructor(floor: Floor, agent: Agent) {
    this.#floor = floor;
    this.#agent = agent;
  }

  /** Lanes below one that comes too late come later still: the heap is walked no further than it must be. */
  walk(queue: Queue, place: number): void {
    const { busyLanes } = queue;
    if (place >= busyLanes.size) return;
    const start = busyLanes.startAt(place);
    if (start > this.#start) return;
    if (this.#mayHave(queue, place) && this.look(busyLanes.lanes[place] as Lane, start)) return;
    this.walk(queue, 2 * place + 1);
    this.walk(queue, 2 * place + 2);
  }

  /** Of a lane in which somebody waits, the first since that start. True: the agent may have that one. */
  look(lane: Lane, start: EpochMs): boolean {
    if (this.#agent.passedOver.length > 0) return this.#lookBehind(lane);
    this.#take(lane.head, start);
    return true;
  }

  /** The agent is passed over for some calls, and may have one that stands behind them. */
  #lookBehind({ head, waiting }: Lane): boolean {
    const call = waiting.find((other) => !isPassedOver(this.#floor, this.#agent, other));
    if (call) this.#take(call, call.effectiveStart);
    return call === head;
  }

  #take(call: Call | undefined, start: EpochMs): void {
    if (start > this.#start) return;
    if (start === this.#start && (call?.seq ?? 0) > (this.best?.seq ?? 0)) return;
    this.best = call;
    this.#start = start;
  }

  /** Most lanes ask for one skill or none, and most agents stand in no group: then the lane is not looked at. */
  #mayHave({ busyLanes }: Queue, place: number): boolean {
    const demand = busyLanes.demandAt(place);
    if (demand !== SEVERAL && this.#agent.groups.size === 0) {
      return this.#floor.skills.meets(this.#agent, demand);
    }
    return holds(this.#floor, this.#agent, busyLanes.lanes[place] as Lane);
  }
}
