import { countAgent, refreshAgent } from './agents.ts';
import { NEVER } from './deadlines.ts';
import { touchGate } from './gate.ts';
import { holdsSkills, joinLane, laneFor, numberSkills } from './lanes.ts';
import { isCasual } from './ledger.ts';
import { dropStaffing } from './staffing.ts';
import { type Agent, type Call, createCasualList, createIdleList, type Floor } from './state.ts';

/** Works out anew who belongs to which queue, who is idle, and who waits where, after a configuration. */
export function linkMembers(floor: Floor): void {
  numberSkills(floor);
  for (const queue of floor.queues.values()) {
    queue.idle = createIdleList();
    queue.idleCasual = createCasualList();
    queue.gate.helpers = [];
    queue.members = 0;
    queue.agentsReady = 0;
    queue.agentsSignedIn = 0;
    queue.lanes.clear();
    queue.busyLanes.length = 0;
  }
  for (const call of floor.calls.values()) relane(floor, call);
  for (const agent of floor.agents.values()) linkAgent(floor, agent);
  for (const queue of floor.queues.values()) touchGate(floor, queue);
}

/** What a lane asks for follows from its queue and from the skills that there are. */
function relane(floor: Floor, call: Call): void {
  call.lane = laneFor(floor, call.queue, call.requiredSkills);
  if (call.stage.kind === 'waiting') joinLane(call);
}

function linkAgent(floor: Floor, agent: Agent): void {
  const ids = agent.removed ? [] : new Set([...agent.config.queueIds, ...agent.lingersIn]);
  agent.memberOf = [...ids].flatMap((id) => floor.queues.get(id) ?? []);
  agent.memberships = agent.memberOf.map((queue) => ({ agent, queue, free: false, listed: false }));
  for (const queue of agent.memberOf) {
    queue.members++;
    if (isCasual(agent)) queue.gate.helpers = [...queue.gate.helpers, agent];
  }
  agent.serves = agent.memberOf.filter(({ config }) => holdsSkills(agent, config.requiredSkills));
  dropStaffing(floor, agent);
  floor.deadlines.set(agent, NEVER);
  countAgent(agent, 1);
  refreshAgent(floor, agent);
}
