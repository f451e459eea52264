import { countAgent, refreshAgent } from './agents.ts';
import { NEVER } from './deadlines.ts';
import { holds } from './queues.ts';
import { dropStaffing } from './staffing.ts';
import { type Agent, createIdleList, type Floor } from './state.ts';

/** Works out anew who belongs to which queue and who is idle, after a configuration or a restart. */
export function linkMembers(floor: Floor): void {
  for (const queue of floor.queues.values()) {
    queue.idle = createIdleList();
    queue.members = 0;
    queue.agentsReady = 0;
    queue.agentsSignedIn = 0;
  }
  for (const agent of floor.agents.values()) linkAgent(floor, agent);
}

function linkAgent(floor: Floor, agent: Agent): void {
  const ids = agent.removed ? [] : new Set([...agent.config.queueIds, ...agent.lingersIn]);
  agent.skills = new Map(Object.entries(agent.config.skills));
  agent.memberOf = [...ids].flatMap((id) => floor.queues.get(id) ?? []);
  agent.serves = agent.memberOf.filter((queue) =>
    holds(agent, Object.entries(queue.config.requiredSkills)),
  );
  for (const queue of agent.memberOf) queue.members++;
  agent.listed = false;
  dropStaffing(floor, agent);
  floor.deadlines.set(agent, NEVER);
  countAgent(agent, 1);
  refreshAgent(floor, agent);
}
