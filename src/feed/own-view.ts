import { iso } from '../lib/clock.ts';
import type { AgentId } from '../model/ids.ts';
import type { CallView } from '../runtime/ports/index.ts';
import type { Mirror } from './mirror.ts';
import { agentWire, callbackWire, contextWire } from './wire.ts';

/**
 * What an agent's desk shows: their state and budget, who is on their phone or rings it and why (the screen pop), and
 * how long their queues are. Undefined: there is no such agent.
 */
export function ownView(mirror: Mirror, id: AgentId) {
  const agent = mirror.agents.get(id);
  if (!agent) return undefined;
  const callId = 'callId' in agent.state ? agent.state.callId : undefined;
  const last = mirror.lastCalls.get(id);
  const call = callId && (mirror.calls.get(callId) ?? (last?.id === callId ? last : undefined));
  const callback = callId && mirror.callbacks.get(callId);
  return {
    agent: agentWire(agent),
    ...(call ? { call: inHand(mirror, call) } : {}),
    ...(callback ? { callback: callbackWire(callback) } : {}),
    queues: (agent.queueIds ?? []).flatMap((queueId) => {
      const queue = mirror.queues.get(queueId);
      if (!queue) return [];
      const { name, waiting, oldestSince } = queue;
      const oldest = oldestSince === undefined ? {} : { oldestSince: iso(oldestSince) };
      return [{ id: queueId, name, waiting, ...oldest }];
    }),
  };
}

function inHand(mirror: Mirror, { id, stage, arrivedAt, queuedAt, queueId, context }: CallView) {
  const { calendarId: _hours, languageChosen: _chosen, ...caller } = contextWire(context);
  const queueName = queueId && mirror.queues.get(queueId)?.name;
  return {
    id,
    stage,
    arrivedAt: iso(arrivedAt),
    ...(queueId === undefined ? {} : { queueId }),
    ...(queueName === undefined ? {} : { queueName }),
    ...(queuedAt === undefined ? {} : { queuedAt: iso(queuedAt) }),
    caller,
  };
}
