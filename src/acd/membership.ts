import { countAgent, refreshAgent } from './agents.ts';
import { refreshCall, toRoute } from './calls.ts';
import { NO_GROUPS, NO_LANES, NOWHERE } from './create-floor.ts';
import { touchGate } from './gate.ts';
import { setFree } from './idle.ts';
import { forgetLanes, joinLane } from './lanes.ts';
import { isCasual } from './ledger.ts';
import { laneOf } from './preferred.ts';
import { widensTo } from './relaxation.ts';
import { holdsAll } from './skills.ts';
import { dropStaffing } from './staffing.ts';
import { isRingingMany } from './stages.ts';
import type { Agent, Call, Floor, Queue } from './state.ts';

/** These agents belong nowhere any more, until they are linked again: before they or their queues' places change. */
export function unlinkMembers(floor: Floor, agents: readonly Agent[]): void {
  for (const agent of agents) {
    for (const queue of agent.memberOf) {
      queue.members--;
      queue.agentsSignedIn -= agent.countedSignedIn;
      queue.agentsReady -= agent.countedReady;
    }
    agent.countedSignedIn = 0;
    agent.countedReady = 0;
    dropStaffing(floor, agent);
    setFree(floor, agent, NOWHERE);
  }
  leaveGates(floor, agents);
  for (const agent of agents) {
    agent.memberOf = NOWHERE;
    agent.serves = NOWHERE;
    agent.queues = NOWHERE;
  }
}

function leaveGates(floor: Floor, agents: readonly Agent[]): void {
  const leaving = new Set(agents.filter(isCasual));
  const queues = new Set([...leaving].flatMap((agent) => agent.queues));
  for (const queue of queues) {
    touchGate(floor, queue);
    queue.gate.helpers = queue.gate.helpers.filter((agent) => !leaving.has(agent));
  }
}

/**
 * Works out who of these agents belongs to which queue and is idle there, and anew where everybody waits: after a restart,
 * with all of them, and after a configuration.
 */
export function linkMembers(floor: Floor, agents: readonly Agent[]): void {
  floor.skills.fill([...floor.agents.values()]);
  for (const queue of floor.queues.values()) forgetLanes(queue);
  for (const agent of floor.agents.values()) agent.ownLanes = NO_LANES;
  const lists: Lists = new Map();
  const widening = queuesByGroup(floor);
  for (const agent of agents) linkAgent(floor, agent, lists, widening);
  joinGates(floor, agents);
  for (const agent of agents) refreshAgent(floor, agent);
  for (const call of floor.calls.values()) findLane(floor, call);
}

/** In the order in which they were configured, whenever they have come. */
function joinGates(floor: Floor, agents: readonly Agent[]): void {
  const joining = new Map<Queue, Agent[]>();
  for (const agent of agents) {
    for (const queue of isCasual(agent) ? agent.queues : []) {
      const others = joining.get(queue);
      if (others) others.push(agent);
      else joining.set(queue, [agent]);
    }
  }
  for (const [queue, more] of joining) {
    queue.gate.helpers = [...queue.gate.helpers, ...more].sort((a, b) => a.seq - b.seq);
    touchGate(floor, queue);
  }
}

/** What a lane asks for follows from its queue and from the skills that there are. */
function findLane(floor: Floor, call: Call): void {
  const { preferredUntil } = call;
  call.lane = laneOf(floor, call);
  floor.ringing.remove(call);
  if (isRingingMany(call)) floor.ringing.add(call);
  if (call.stage.kind === 'waiting') joinLane(call);
  // Whoever is waited for no longer leaves them to those who are idle.
  if (call.preferredUntil !== preferredUntil) toRoute(floor, call);
  refreshCall(floor, call);
}

/** The queues that may ever be widened to a group, in the order in which they were configured. */
function queuesByGroup(floor: Floor): ReadonlyMap<string, ReadonlySet<Queue>> {
  const found = new Map<string, Set<Queue>>();
  for (const queue of floor.queues.values()) {
    for (const group of widensTo(queue)) {
      const queues = found.get(group);
      if (queues) queues.add(queue);
      else found.set(group, new Set([queue]));
    }
  }
  return found;
}

/** Lists of queues, by their ids: agents of the same queues have one in common, which is read with every call. */
type Lists = Map<string, readonly Queue[]>;

function common(lists: Lists, queues: readonly Queue[]): readonly Queue[] {
  const key = JSON.stringify(queues.map(({ id }) => id));
  const known = lists.get(key);
  if (!known) lists.set(key, queues);
  return known ?? queues;
}

function linkAgent(
  floor: Floor,
  agent: Agent,
  lists: Lists,
  widening: ReadonlyMap<string, Iterable<Queue>>,
): void {
  const { groupIds = [] } = agent.config;
  agent.groups = groupIds.length === 0 ? NO_GROUPS : new Set(groupIds);
  const ids = agent.removed ? [] : new Set([...agent.config.queueIds, ...agent.lingersIn]);
  const memberOf = [...ids].flatMap((id) => floor.queues.get(id) ?? []);
  agent.memberOf = common(lists, memberOf);
  const wider = agent.removed
    ? []
    : [...agent.groups].flatMap((id) => [...(widening.get(id) ?? [])]);
  wider.sort((a, b) => a.gate.seq - b.gate.seq);
  agent.queues = wider.length === 0 ? agent.memberOf : [...new Set([...agent.memberOf, ...wider])];
  for (const queue of agent.memberOf) queue.members++;
  const served = agent.memberOf.filter(({ config }) =>
    holdsAll(agent.config.skills, Object.entries(config.requiredSkills)),
  );
  // Mostly all of these are one list: it is read with every call.
  agent.serves = served.length === agent.memberOf.length ? agent.memberOf : served;
  countAgent(agent);
}
