import { unknownQueue } from './admission.ts';
import type { Command, Reply } from './commands.ts';
import { createCall } from './create-call.ts';
import { isKnown } from './find-call.ts';
import { mayAfford } from './ledger.ts';
import { ringDirectly } from './offers.ts';
import { DONE, refuse } from './refusal.ts';
import type { Agent, Floor } from './state.ts';

type Direct = Extract<Command, { type: 'call.direct' }>;

/** A phone may ring so long for one who is named, and not shorter. */
const RING_MS_MIN = 1_000;
const RING_MS_MAX = 300_000;

/**
 * Rings one agent for a conversation that others have already (rules H1 to H3). Their part in it is a call of its own,
 * which stands in no line: it ends with the offer, or with their conversation.
 */
export function direct(floor: Floor, command: Direct): Reply {
  const { callId, queueId, agentId, ringMs } = command;
  const queue = floor.queues.get(queueId);
  if (!queue) return unknownQueue(queueId);
  if (isKnown(floor, callId)) return refuse('CALL_STATE', `Call ${callId} is known already.`);
  const agent = floor.agents.get(agentId);
  if (!agent) return refuse('AGENT_UNKNOWN', `There is no agent ${agentId}.`);
  const objection = objectionOf(agent);
  if (objection) return refuse('AGENT_STATE', `Agent ${agentId} ${objection}.`);
  const call = createCall(floor, queue, {
    id: callId,
    priority: 5,
    requiredSkills: {},
    preferredAgentId: undefined,
    callerKey: undefined,
    regained: false,
    effectiveStart: floor.now,
    directed: true,
  });
  const ms = Math.min(RING_MS_MAX, Math.max(RING_MS_MIN, Math.round(ringMs) || RING_MS_MIN));
  ringDirectly(floor, call, agent, ms);
  return DONE;
}

/** Whoever is on a break may be rung by a colleague; whoever has a call or its after-call work in hand may not. */
function objectionOf(agent: Agent): string | undefined {
  if (agent.removed) return 'is no longer configured';
  if (!agent.reachable) return 'has no phone';
  const { kind } = agent.state;
  if (kind !== 'ready' && kind !== 'notReady') return `is ${kind}`;
  return mayAfford(agent) ? undefined : 'has no calls left, or no hours now';
}
