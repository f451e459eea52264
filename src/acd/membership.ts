import { countAgent, refreshAgent } from './agents.ts';
import { refreshCall } from './calls.ts';
import { NO_GROUPS, NO_LANES, NOWHERE } from './create-floor.ts';
import { NEVER } from './deadlines.ts';
import { touchGate } from './gate.ts';
import { forgetLanes, joinLane } from './lanes.ts';
import { isCasual } from './ledger.ts';
import { createCasualList, createIdleList } from './orders.ts';
import { laneOf } from './preferred.ts';
import { widensTo } from './relaxation.ts';
import { holdsAll } from './skills.ts';
import { dropStaffing } from './staffing.ts';
import { isRingingMany } from './stages.ts';
import type { Agent, Call, Floor, Queue } from './state.ts';

/** Works out anew who belongs to which queue, who is idle, and who waits where, after a configuration. */
export function linkMembers(floor: Floor): void {
  floor.skills.fill([...floor.agents.values()]);
  for (const queue of floor.queues.values()) {
    queue.idle = createIdleList();
    queue.idleCasual = createCasualList();
    queue.gate.helpers = [];
    queue.members = 0;
    queue.agentsReady = 0;
    queue.agentsSignedIn = 0;
    forgetLanes(queue);
  }
  const lists: Lists = new Map();
  for (const agent of floor.agents.values()) linkAgent(floor, agent, lists);
  for (const call of floor.calls.values()) findLane(floor, call);
  for (const queue of floor.queues.values()) touchGate(floor, queue);
}

/** What a lane asks for follows from its queue and from the skills that there are. */
function findLane(floor: Floor, call: Call): void {
  call.lane = laneOf(floor, call);
  floor.ringing.remove(call);
  if (isRingingMany(call)) floor.ringing.add(call);
  if (call.stage.kind === 'waiting') joinLane(call);
  refreshCall(floor, call);
}

const widensToGroupOf =
  ({ groups }: Agent) =>
  (queue: Queue): boolean =>
    groups.size > 0 && widensTo(queue).some((group) => groups.has(group));

/** Lists of queues, by their ids: agents of the same queues have one in common, which is read with every call. */
type Lists = Map<string, readonly Queue[]>;

function common(lists: Lists, queues: readonly Queue[]): readonly Queue[] {
  const key = JSON.stringify(queues.map(({ id }) => id));
  const known = lists.get(key);
  if (!known) lists.set(key, queues);
  return known ?? queues;
}

function linkAgent(floor: Floor, agent: Agent, lists: Lists): void {
  const { groupIds = [] } = agent.config;
  agent.groups = groupIds.length === 0 ? NO_GROUPS : new Set(groupIds);
  const ids = agent.removed ? [] : new Set([...agent.config.queueIds, ...agent.lingersIn]);
  const memberOf = [...ids].flatMap((id) => floor.queues.get(id) ?? []);
  agent.memberOf = common(lists, memberOf);
  const wider = agent.removed ? [] : [...floor.queues.values()].filter(widensToGroupOf(agent));
  agent.queues = wider.length === 0 ? agent.memberOf : [...new Set([...agent.memberOf, ...wider])];
  for (const queue of agent.memberOf) queue.members++;
  for (const queue of isCasual(agent) ? agent.queues : []) {
    queue.gate.helpers = [...queue.gate.helpers, agent];
  }
  const served = agent.memberOf.filter(({ config }) =>
    holdsAll(agent.config.skills, Object.entries(config.requiredSkills)),
  );
  // Mostly all of these are one list: it is read with every call.
  agent.serves = served.length === agent.memberOf.length ? agent.memberOf : served;
  dropStaffing(floor, agent);
  floor.deadlines.set(agent, NEVER);
  agent.freeIn = NOWHERE;
  agent.listedIn = NOWHERE;
  agent.ownLanes = NO_LANES;
  agent.countedSignedIn = 0;
  agent.countedReady = 0;
  countAgent(agent);
  refreshAgent(floor, agent);
}
