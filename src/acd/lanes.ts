import type { Skills } from '../model/agent.ts';
import { createLine } from './orders.ts';
import { demandsAfter, groupsAfter, stepsTaken } from './relaxation.ts';
import { copySkills } from './skills.ts';
import type { Agent, Call, Floor, Lane, Queue } from './state.ts';

/** Lanes without calls are kept for the next call with their demands, up to so many in a queue. */
const LANES_MAX = 1_024;

/** More than a level can be. */
const LEVELS = 16;

/** The number of a skill that no agent holds: everybody has level 0 of it. */
const HELD_BY_NOBODY = 0;

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
  const { head, waiting } = lane;
  waiting.add(call);
  if (waiting.first !== call) return;
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
export function holds(agent: Agent, { queue, skillNumbers, skillLevels, groups }: Lane): boolean {
  const { levels } = agent;
  for (let n = 0; n < skillNumbers.length; n++) {
    if ((levels[skillNumbers[n] ?? HELD_BY_NOBODY] ?? 0) < (skillLevels[n] ?? 0)) return false;
  }
  // Agents with a group are few: the others are listed in queues of their own only.
  if (agent.groups.size === 0 || agent.memberOf.includes(queue)) return true;
  return groups.some((group) => agent.groups.has(group));
}

/** The same demands give the same key, whatever order they are written in; most have a number, quickly found. */
function laneKeyOf(floor: Floor, skills: Skills, steps: number): string | number {
  const names = Object.keys(skills);
  const [name] = names;
  if (steps > 0) return `${steps}: ${keyOf(skills)}`;
  if (name === undefined) return '';
  const number = names.length === 1 ? floor.skillNumbers.get(name) : undefined;
  return number === undefined ? keyOf(skills) : number * LEVELS + (skills[name] ?? 0);
}

const keyOf = (skills: Skills): string => JSON.stringify(Object.entries(skills).sort());

/** For those who wait for one agent, who holds whatever each of them asks for. */
export const createOwnLane = (only: Agent, queue: Queue): Lane => ({
  queue,
  key: '',
  requiredSkills: {},
  steps: -1,
  isKept: false,
  skillNumbers: [],
  skillLevels: [],
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
  const demands = [...demandsAfter(queue.config, requiredSkills, steps)];
  return {
    queue,
    key,
    requiredSkills: copySkills(requiredSkills),
    steps,
    isKept: true,
    skillNumbers: demands.map(([name]) => floor.skillNumbers.get(name) ?? HELD_BY_NOBODY),
    skillLevels: demands.map(([, level]) => level),
    groups: groupsAfter(queue.config, steps),
    only: undefined,
    waiting: createLine(),
    head: undefined,
    place: 0,
  };
}

/** Every skill that somebody holds has a number, and every agent their level at that number. */
export function numberSkills(floor: Floor): void {
  floor.skillNumbers.clear();
  for (const { config } of floor.agents.values()) {
    for (const name of Object.keys(config.skills)) {
      if (!floor.skillNumbers.has(name)) {
        floor.skillNumbers.set(name, floor.skillNumbers.size + HELD_BY_NOBODY + 1);
      }
    }
  }
  for (const agent of floor.agents.values()) {
    agent.groups = new Set(agent.config.groupIds);
    agent.levels = new Uint8Array(floor.skillNumbers.size + HELD_BY_NOBODY + 1);
    for (const [name, level] of Object.entries(agent.config.skills)) {
      agent.levels[floor.skillNumbers.get(name) ?? HELD_BY_NOBODY] = level;
    }
  }
}
