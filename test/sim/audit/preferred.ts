import type { AgentId, CallId, QueueId } from '../../../src/model/ids.ts';
import type { AuditedCall, Model } from './model.ts';
import type { MakeRule } from './rule.ts';
import { lacks } from './skills.ts';

interface Awaited {
  readonly agentId: AgentId;
  readonly until: number;
}

/** Whether the agent is at work, and might have the call at some time. */
function isToBeAwaited(now: number, model: Model, call: AuditedCall, { agentId, until }: Awaited) {
  const agent = model.agents.get(agentId);
  if (!agent || now >= until || !model.configured.has(agentId)) return false;
  // A queue that closes keeps the members that it had (rule G3), who are the engine's own affair.
  if (!model.queues.has(call.queueId)) return true;
  const isMember = agent.config.queueIds.includes(call.queueId);
  return (
    isMember &&
    agent.state.kind !== 'offline' &&
    agent.reachable &&
    !lacks(now, model, agent, call) &&
    model.mayHelp(now, agent, call.queueId)
  );
}

/** R16: who waits for an agent is offered to nobody else, until the agent has gone, or refused, or time is up. */
export const preferred: MakeRule = (model) => {
  const waits = new Map<CallId, Awaited>();
  const giveUp = (id: CallId): boolean => waits.delete(id);
  /** Calls of the step in hand whose agent could not help for a moment of it, in the queue that they were in then. */
  const inVain = new Set<CallId>();
  const mayHelp = (now: number, id: AgentId | undefined, queueId: QueueId): boolean => {
    const agent = id && model.agents.get(id);
    return !agent || model.mayHelp(now, agent, queueId);
  };
  return {
    onChange({ now, command }, change) {
      for (const [id, { agentId }] of waits) {
        const call = model.calls.get(id);
        if (call && !mayHelp(now, agentId, call.queueId)) giveUp(id);
      }
      if (change.type === 'call.queued' || change.type === 'call.overflowed') {
        const { callId: id, queueId } = change;
        const asked =
          command.type === 'call.enqueue' && command.callId === id ? command : undefined;
        const awaited = waits.get(id)?.agentId ?? asked?.preferredAgentId;
        if (!mayHelp(now, awaited, queueId)) inVain.add(id);
      }
      if (change.type === 'offer.failed' || change.type === 'offer.withdrawn')
        giveUp(change.callId);
      if (change.type === 'call.connected' || change.type === 'call.left') giveUp(change.callId);
      if (change.type !== 'agent.changed' || change.to.kind !== 'offline') return;
      for (const [id, { agentId }] of waits) if (agentId === change.agentId) giveUp(id);
    },

    onStep({ now, command, changes, expect }) {
      const queued = changes.find(({ type }) => type === 'call.queued');
      if (command.type === 'call.enqueue' && queued && command.preferredAgentId !== undefined) {
        const waitMs = model.queues.get(command.queueId)?.preferredWaitMs ?? 0;
        const awaited = { agentId: command.preferredAgentId, until: now + waitMs };
        const call = model.calls.get(command.callId);
        // It may have gone on to another queue at once: it has to be waited for in the first one too.
        const asked = call && { ...call, queueId: command.queueId };
        const isAwaited = asked && !inVain.has(asked.id);
        if (isAwaited && isToBeAwaited(now, model, asked, awaited)) waits.set(asked.id, awaited);
      }
      for (const id of inVain) giveUp(id);
      inVain.clear();
      // Through how many queues it went at once: whoever was not waited for in one of them is not again.
      for (const change of changes) {
        if (change.type !== 'call.overflowed') continue;
        const { callId: id, queueId } = change;
        const [call, awaited] = [model.calls.get(id), waits.get(id)];
        if (call && awaited && !isToBeAwaited(now, model, { ...call, queueId }, awaited))
          giveUp(id);
      }
      // Whoever rings was waited for until then, whatever has changed since.
      const rung = new Map(
        changes.flatMap((change) =>
          change.type === 'offer.made' ? [[change.callId, change.agentId]] : [],
        ),
      );
      for (const [id, awaited] of waits) {
        const call = model.calls.get(id);
        if (rung.get(id) === awaited.agentId) continue;
        if (!call || !isToBeAwaited(now, model, call, awaited)) giveUp(id);
      }
      for (const change of changes) {
        if (change.type !== 'offer.made') continue;
        const { callId, agentId } = change;
        const awaited = waits.get(callId)?.agentId ?? agentId;
        expect(
          awaited === agentId,
          `R16 call ${callId} waits for ${awaited}, and ${agentId} is rung`,
        );
      }
    },

    allows(_now, agent, call) {
      const awaited = waits.get(call.id);
      return !awaited || awaited.agentId === agent.config.id;
    },
  };
};
