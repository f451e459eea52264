import { makeOffer } from './offers.ts';
import { holds } from './queues.ts';
import { SortedList } from './sorted-list.ts';
import { type Agent, byOrder, type Call, type Floor } from './state.ts';
import { chooseAgent, isPassedOver } from './strategies.ts';

/** A call that may be served now, and the free agent who proposed it, if one did. */
interface Candidate {
  readonly call: Call;
  readonly agent: Agent | undefined;
}

const byCall = (a: Candidate, b: Candidate): number =>
  byOrder(a.call, b.call) || (a.agent?.seq ?? 0) - (b.agent?.seq ?? 0);

/**
 * Brings together who can be brought together. Before a command no waiting call has an agent free for it
 * (rule R5), so only pairs with a call that began to wait or an agent who became free can be new. They are
 * served in the one order of calls, each by the agent whom the queue's strategy names (rules R1 to R4).
 */
export function route(floor: Floor): void {
  if (floor.freshAgents.size === 0 && floor.freshCalls.size === 0) return;
  const candidates = new SortedList<Candidate>(byCall);
  for (const call of floor.freshCalls) candidates.add({ call, agent: undefined });
  for (const agent of floor.freshAgents) propose(floor, candidates, agent);
  floor.freshCalls.clear();
  floor.freshAgents.clear();
  for (let next = candidates.shift(); next; next = candidates.shift()) {
    serve(floor, candidates, next);
  }
}

function serve(floor: Floor, candidates: SortedList<Candidate>, { call, agent }: Candidate): void {
  if (agent && !agent.listed) return;
  if (call.stage.kind === 'waiting') {
    const chosen = chooseAgent(floor, call);
    if (chosen) makeOffer(floor, call, chosen);
    else if (agent) throw new Error(`Agent ${agent.id} may have ${call.id}, but was not found.`);
  }
  if (agent?.listed) propose(floor, candidates, agent);
}

function propose(floor: Floor, candidates: SortedList<Candidate>, agent: Agent): void {
  const call = firstCallFor(floor, agent);
  if (call) candidates.add({ call, agent });
}

/** The first in order, across all of the agent's queues, that the agent may have. */
export function firstCallFor(floor: Floor, agent: Agent): Call | undefined {
  let best: Call | undefined;
  for (const queue of agent.serves) {
    for (const lane of queue.lanes.values()) {
      if (!holds(agent, lane.skills)) continue;
      const head =
        agent.passedOver.length === 0
          ? lane.waiting.first
          : lane.waiting.find((call) => !isPassedOver(floor, agent, call));
      if (head && (!best || byOrder(head, best) < 0)) best = head;
    }
  }
  return best;
}
