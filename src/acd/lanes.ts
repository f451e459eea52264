import type { Skills } from '../model/agent.ts';
import { createLine } from './orders.ts';
import { demandsAfter, groupsAfter, stepsTaken } from './relaxation.ts';
import { NOTHING } from './skill-table.ts';
import { copySkills } from './skills.ts';
import type { Agent, Call, Floor, Lane, Queue } from './state.ts';

/** Lanes without calls are kept for the next call with their demands, up to so many in a queue. */
const LANES_MAX = 1_024;

/** A lane asks for more than one skill. */
export const SEVERAL = -1;

/** The lane for these demands, which the call has beyond what its queue requires. */
export function laneFor(floor: Floor, queue: Queue, requiredSkills: Skills, steps = 0): Lane {
  const key = laneKeyOf(floor, requiredSkills, steps);
  const known = queue.lanes.get(key);
  if (known) return known;
  const lane = createLane(floor, queue, key, requiredSkills, steps);
  queue.lanes.set(key, lane);
  return lane;
}

/** The lane of all calls that ask for what this one asks for by now: mostly the one that it stands in. */
export function generalLaneOf(floor: Floor, call: Call): Lane {
  const { queue, lane } = call;
  const steps = stepsTaken(floor, call);
  if (lane.steps === steps && lane.isKept && lane.queue === queue) return lane;
  return laneFor(floor, queue, call.requiredSkills, steps);
}

/** The call waits in its lane. */
export function joinLane(call: Call): void {
  const { lane } = call;
  const { head } = lane;
  if (!lane.waiting.add(call)) return;
  lane.head = call;
  if (lane.only) return;
  if (head === undefined) lane.queue.busyLanes.add(lane, call.effectiveStart);
  else lane.queue.busyLanes.rise(lane, call.effectiveStart);
}

/** The call waits no longer. */
export function quitLane(call: Call): void {
  const { lane } = call;
  lane.waiting.remove(call);
  if (lane.head !== call) return;
  lane.head = lane.waiting.first;
  if (lane.only) return;
  if (lane.head === undefined) dropLane(lane.queue, lane);
  else lane.queue.busyLanes.sink(lane, lane.waiting.firstKey);
}

function dropLane({ busyLanes, lanes }: Queue, lane: Lane): void {
  busyLanes.drop(lane);
  if (lanes.size <= LANES_MAX) return;
  lanes.delete(lane.key);
  lane.isKept = false;
}

/** All are made anew: what is asked for, or who holds it, has changed. */
export function forgetLanes({ busyLanes, lanes }: Queue): void {
  for (const lane of lanes.values()) lane.isKept = false;
  lanes.clear();
  busyLanes.clear();
}

/** Whether the agent holds all that the lane asks for, and is a member of the queue or of a group it is open to. */
export function holds({ skills }: Floor, agent: Agent, { queue, demands, groups }: Lane): boolean {
  for (const demand of demands) if (!skills.meets(agent, demand)) return false;
  // Agents with a group are few: the others are listed in queues of their own only.
  if (agent.groups.size === 0 || agent.memberOf.includes(queue)) return true;
  return groups.some((group) => agent.groups.has(group));
}

/** The same demands give the same key, whatever order they are written in; most have a number, quickly found. */
function laneKeyOf(floor: Floor, skills: Skills, steps: number): string | number {
  if (steps > 0) return `${steps}: ${keyOf(skills)}`;
  let key: string | number = '';
  for (const name in skills) {
    if (key !== '') return keyOf(skills);
    key = floor.skills.demandFor(name, skills[name] as number) ?? keyOf(skills);
  }
  return key;
}

const keyOf = (skills: Skills): string => JSON.stringify(Object.entries(skills).sort());

/** For those who wait for one agent, who holds whatever each of them asks for. */
export const createOwnLane = (only: Agent, queue: Queue): Lane => ({
  queue,
  key: '',
  requiredSkills: {},
  steps: -1,
  isKept: false,
  demands: [],
  demand: NOTHING,
  groups: [],
  only,
  waiting: createLine(),
  head: undefined,
  place: 0,
});

function createLane(
  floor: Floor,
  queue: Queue,
  key: string | number,
  requiredSkills: Skills,
  steps: number,
): Lane {
  const asked = [...demandsAfter(queue.config, requiredSkills, steps)];
  const demands = asked.map(
    ([name, level]) => floor.skills.demandFor(name, level) ?? floor.skills.unmet(level),
  );
  return {
    queue,
    key,
    requiredSkills: copySkills(requiredSkills),
    steps,
    isKept: true,
    demands,
    demand: demands.length > 1 ? SEVERAL : (demands[0] ?? NOTHING),
    groups: groupsAfter(queue.config, steps),
    only: undefined,
    waiting: createLine(),
    head: undefined,
    place: 0,
  };
}
