import { describeCaller } from '../callers/callers.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Coming } from './ports/outside.ts';
import type { World } from './world.ts';

/** A call that comes to an agent, as their phone needs it. */
export interface Ringing extends Omit<Coming, 'agentId'> {
  readonly agent: AgentConfig;
  /** Nobody's leg is there yet: the agent is rung first. */
  readonly alone?: true;
  /** Besides those that say who is calling. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Rings an agent wherever they are, with who is calling and why: on the display, and in the ear if it is wanted. */
export function ringAgent(world: World, { agent, alone, headers: own, ...call }: Ringing): void {
  const { directory, telephony, desks, expect } = world;
  const { offerId, callId, queueId, context, waitMs, kind } = call;
  const queueName = (queueId && directory?.queues.get(queueId)?.name) ?? queueId ?? '';
  const shownAs = kind === 'callback' ? 'callback' : 'call';
  const { displayName, headers } = describeCaller(context, queueName, waitMs, shownAs);
  const more = expect({ ...call, agentId: agent.id });
  telephony.ring({
    offerId,
    callId,
    agentId: agent.id,
    extension: desks.phoneOf(agent),
    displayName,
    callerNumber: context.ani ?? 'anonymous',
    calledNumber: context.dnis,
    headers: { ...headers, 'X-Centralita-Call': callId, ...own, ...more },
    ...(alone ? { alone } : {}),
  });
}
