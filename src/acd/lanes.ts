import type { Skills } from '../model/agent.ts';
import { demandsAfter, groupsAfter, stepsTaken } from './relaxation.ts';
import { copySkills } from './skills.ts';
import { SortedList } from './sorted-list.ts';
import {
  type Agent,
  byOrder,
  type Call,
  type Floor,
  type Lane,
  type Membership,
  type Queue,
} from './state.ts';

/** Lanes without calls are kept for the next call with their demands, up to so many in a queue. */
const LANES_MAX = 1_024;

/** The number of a skill that no agent holds: everybody has level 0 of it. */
const HELD_BY_NOBODY = 0;

/** The lane for these demands, which the call has beyond what its queue requires. */
export function laneFor(floor: Floor, queue: Queue, requiredSkills: Skills, steps = 0): Lane {
  const key = laneKeyOf(requiredSkills, steps);
  const known = queue.lanes.get(key);
  if (known) return known;
  const lane = createLane(floor, queue, key, requiredSkills, steps);
  queue.lanes.set(key, lane);
  return lane;
}

/** The lane of all calls that ask for what this one asks for by now. */
export const generalLaneOf = (floor: Floor, call: Call): Lane =>
  laneFor(floor, call.queue, call.requiredSkills, stepsTaken(floor, call));

/** The call waits in its lane. */
export function joinLane(call: Call): void {
  const { lane } = call;
  lane.waiting.add(call);
  if (lane.head !== undefined && byOrder(lane.head, call) < 0) return;
  if (lane.only) {
    lane.head = call;
    return;
  }
  const { busyLanes } = lane.queue;
  if (lane.head === undefined) busyLanes.push(lane);
  const place = lane.head === undefined ? busyLanes.length - 1 : lane.place;
  lane.head = call;
  rise(busyLanes, lane, call, place);
}

/** The call waits no longer. */
export function quitLane(call: Call): void {
  const { lane } = call;
  lane.waiting.remove(call);
  if (lane.head !== call) return;
  const { queue, place } = lane;
  lane.head = lane.waiting.first;
  if (lane.only) return;
  if (lane.head !== undefined) sink(queue.busyLanes, lane, lane.head, place);
  else dropLane(queue, lane);
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

/** The same demands give the same key, whatever order they are written in. */
function laneKeyOf(skills: Skills, steps: number): string {
  return steps === 0 ? keyOf(skills) : `${steps}: ${keyOf(skills)}`;
}

function keyOf(skills: Skills): string {
  const names = Object.keys(skills);
  const [name] = names;
  if (name === undefined) return '';
  return names.length === 1
    ? `${skills[name]} ${name}`
    : JSON.stringify(Object.entries(skills).sort());
}

/** For those who wait for one agent, who holds whatever each of them asks for. */
export const createOwnLane = (only: Membership): Lane => ({
  queue: only.queue,
  key: '',
  requiredSkills: {},
  skillNumbers: [],
  skillLevels: [],
  groups: [],
  only,
  waiting: new SortedList(byOrder),
  head: undefined,
  place: 0,
});

function createLane(
  floor: Floor,
  queue: Queue,
  key: string,
  requiredSkills: Skills,
  steps: number,
): Lane {
  const demands = [...demandsAfter(queue.config, requiredSkills, steps)];
  return {
    queue,
    key,
    requiredSkills: copySkills(requiredSkills),
    skillNumbers: demands.map(([name]) => floor.skillNumbers.get(name) ?? HELD_BY_NOBODY),
    skillLevels: demands.map(([, level]) => level),
    groups: groupsAfter(queue.config, steps),
    only: undefined,
    waiting: new SortedList(byOrder),
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

// ---- The lanes in which somebody waits, as a heap by whoever is first in each ----------------------------

function dropLane(queue: Queue, lane: Lane): void {
  const { busyLanes } = queue;
  const last = busyLanes.pop();
  if (last?.head !== undefined && last !== lane) {
    sink(busyLanes, last, last.head, lane.place);
    rise(busyLanes, last, last.head, last.place);
  }
  if (queue.lanes.size > LANES_MAX) queue.lanes.delete(lane.key);
}

function rise(lanes: Lane[], lane: Lane, head: Call, from: number): void {
  let place = from;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = lanes[above];
    if (parent?.head === undefined || byOrder(parent.head, head) < 0) break;
    put(lanes, parent, place);
    place = above;
  }
  put(lanes, lane, place);
}

function sink(lanes: Lane[], lane: Lane, head: Call, from: number): void {
  let place = from;
  for (;;) {
    const left = lanes[2 * place + 1];
    const right = lanes[2 * place + 2];
    const child = left?.head && right?.head && byOrder(right.head, left.head) < 0 ? right : left;
    if (child?.head === undefined || byOrder(head, child.head) < 0) break;
    const { place: below } = child;
    put(lanes, child, place);
    place = below;
  }
  put(lanes, lane, place);
}

function put(lanes: Lane[], lane: Lane, place: number): void {
  lanes[place] = lane;
  lane.place = place;
}
