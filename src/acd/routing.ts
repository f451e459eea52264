import { firstCallFor } from './first-call.ts';
import { listAgent, toRoute } from './idle.ts';
import { makeOffer } from './offers.ts';
import { byOrder } from './orders.ts';
import { ringMore } from './ringing.ts';
import { ListSortedBy, type SortedList } from './sorted-list.ts';
import { isFull } from './stages.ts';
import type { Agent, Call, Floor } from './state.ts';
import { chooseAgent } from './strategies.ts';

/** A call that may be served now, and the free agent who proposed it, if one did. */
interface Candidate {
  readonly call: Call;
  readonly agent: Agent | undefined;
}

const byCall = (a: Candidate, b: Candidate): number =>
  byOrder(a.call, b.call) || (a.agent?.seq ?? 0) - (b.agent?.seq ?? 0);

const startOf = ({ call }: Candidate): number => call.effectiveStart;

/**
 * Brings together who can be brought together. Before a command no waiting call has an agent free for it
 * (rule R5), so only pairs with a call that began to wait or an agent who became free can be new. They are
 * served in the one order of calls, each by the agent whom the queue's strategy names (rules R1 to R4).
 */
export function route(floor: Floor): void {
  pairUp(floor);
  ringMore(floor);
}

function pairUp(floor: Floor): void {
  if (floor.freshQueues.length > 0) lookAtQueues(floor);
  const { freshAgents, freshCalls } = floor;
  if (freshAgents.length === 0) {
    if (freshCalls.length === 0) return;
    if (freshCalls.length === 1) return routeCall(floor, freshCalls.pop() as Call);
  } else if (freshAgents.length === 1 && freshCalls.length === 0) {
    return routeAgent(floor, freshAgents.pop() as Agent);
  }
  routeMany(floor, freshAgents, freshCalls);
}

/** There is room again: whoever is idle there is looked at as if they had just become free. */
function lookAtQueues(floor: Floor): void {
  for (const queue of floor.freshQueues.splice(0)) {
    if (queue.line.size === 0 || isFull(queue)) continue;
    for (const agent of queue.idle) toRoute(floor, agent);
    for (const agent of queue.idleCasual) toRoute(floor, agent);
  }
}

/** One call began to wait and nobody became free: the ordinary arrival. */
function routeCall(floor: Floor, call: Call): void {
  call.fresh = false;
  if (call.stage.kind !== 'waiting') return;
  const chosen = chooseAgent(floor, call);
  if (chosen) makeOffer(floor, call, chosen);
}

/** One agent became free, and nobody else is free for what waits: the ordinary end of after-call work. */
function routeAgent(floor: Floor, agent: Agent): void {
  agent.fresh = false;
  const call = firstCallFor(floor, agent);
  if (call) makeOffer(floor, call, agent);
  else listAgent(agent);
}

function routeMany(floor: Floor, agents: readonly Agent[], calls: readonly Call[]): void {
  floor.freshAgents = [];
  floor.freshCalls = [];
  const candidates = new ListSortedBy<Candidate>(startOf, byCall);
  for (const call of calls) {
    call.fresh = false;
    if (call.stage.kind === 'waiting') candidates.add({ call, agent: undefined });
  }
  for (const agent of agents) {
    agent.fresh = false;
    listAgent(agent);
  }
  for (const agent of agents) propose(floor, candidates, agent);
  for (let next = candidates.shift(); next; next = candidates.shift()) {
    serve(floor, candidates, next);
  }
}

function serve(floor: Floor, candidates: SortedList<Candidate>, { call, agent }: Candidate): void {
  if (agent && agent.state.kind !== 'ready') return;
  if (call.stage.kind === 'waiting') {
    const chosen = chooseAgent(floor, call);
    if (chosen) makeOffer(floor, call, chosen);
    else if (agent && !isFull(call.queue))
      throw new Error(`Agent ${agent.id} may have ${call.id}, but was not found.`);
  }
  if (agent) propose(floor, candidates, agent);
}

function propose(floor: Floor, candidates: SortedList<Candidate>, agent: Agent): void {
  const call = firstCallFor(floor, agent);
  if (call) candidates.add({ call, agent });
}
