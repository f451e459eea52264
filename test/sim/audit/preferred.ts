import type { Change } from '../../../src/acd/changes.ts';
import type { AgentId, CallbackId, CallId, QueueId } from '../../../src/model/ids.ts';
import { type AuditedAgent, type AuditedCall, type Model, standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';
import { lacks } from './skills.ts';

interface Awaited {
  readonly agentId: AgentId;
  readonly until: number;
}

/** Whom the customer of a call back wants; `until` not set: as long as the queue says, from when it stands in the line. */
interface Wish {
  readonly agentId: AgentId | undefined;
  until: number | undefined;
}

const isAtWork = ({ state, reachable }: AuditedAgent): boolean =>
  state.kind !== 'offline' && reachable;

/** Whether the agent is at work, and might have the call at some time. */
function isToBeAwaited(now: number, model: Model, call: AuditedCall, { agentId, until }: Awaited) {
  const agent = model.agents.get(agentId);
  if (!agent || now >= until || !model.configured.has(agentId)) return false;
  if (!isAtWork(agent)) return false;
  // A queue that closes keeps the members that it had (rule G3), who are the engine's own affair.
  if (!model.queues.has(call.queueId)) return true;
  return (
    agent.config.queueIds.includes(call.queueId) &&
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
  /** Of call backs: they keep what their callers waited for (rule K1). */
  const wishes = new Map<CallbackId, Wish>();
  /** Of callers who left the line for a call back in this step. */
  let wish: Wish | undefined;
  /** Whoever joined a line in the step in hand, there, and wants somebody. */
  const joined = new Map<CallId, Awaited & { readonly queueId: QueueId }>();

  const joins = (now: number, callId: CallId, queueId: QueueId, own?: Partial<Wish>): void => {
    const { agentId, until = now + (model.queues.get(queueId)?.preferredWaitMs ?? 0) } = own ?? {};
    if (agentId === undefined) return;
    joined.set(callId, { agentId, until, queueId });
    // The command itself may bring the agent to work, after a deadline has brought the call.
    const agent = model.agents.get(agentId);
    const isThere = !agent || isAtWork(agent);
    if (!isThere || !mayHelp(now, agentId, queueId)) inVain.add(callId);
  };

  const wished = ({ now, command }: Step, change: Extract<Change, { type: 'callback.made' }>) => {
    const { callbackId: id, notBefore } = change;
    const own = command.type === 'callback.schedule' ? command.preferredAgentId : wish?.agentId;
    const isLater = command.type === 'callback.schedule' || notBefore > now;
    if (own !== undefined)
      wishes.set(id, { agentId: own, until: isLater ? undefined : wish?.until });
  };

  const ofCallbacks = (step: Step, change: Change): void => {
    const { now } = step;
    switch (change.type) {
      case 'call.left': {
        const agentId = model.calls.get(change.callId)?.asked.preferredAgentId;
        const until = waits.get(change.callId)?.until ?? 0;
        wish = agentId === undefined ? undefined : { agentId, until };
        return;
      }
      case 'callback.made':
        return wished(step, change);
      case 'callback.queued':
        return joins(
          now,
          standInOf(change.callbackId),
          change.queueId,
          wishes.get(change.callbackId),
        );
      case 'callback.dial':
        return void giveUp(standInOf(change.callbackId));
      case 'callback.paused': {
        const own = wishes.get(change.callbackId);
        const call = model.calls.get(standInOf(change.callbackId));
        if (own && call) own.until = waits.get(call.id)?.until ?? 0;
        return void giveUp(standInOf(change.callbackId));
      }
      case 'callback.attemptFailed': {
        const own = wishes.get(change.callbackId);
        if (own) own.until = own.agentId === change.agentId ? undefined : 0;
        return;
      }
      case 'callback.ended':
        wishes.delete(change.callbackId);
        return void giveUp(standInOf(change.callbackId));
      default:
    }
  };

  return {
    onChange(step, change) {
      const { now, command } = step;
      for (const [id, { agentId }] of waits) {
        const call = model.calls.get(id);
        if (call && !mayHelp(now, agentId, call.queueId)) giveUp(id);
      }
      ofCallbacks(step, change);
      if (change.type === 'call.queued' && command.type === 'call.enqueue') {
        joins(now, change.callId, change.queueId, { agentId: command.preferredAgentId });
      }
      if (change.type === 'call.overflowed') {
        const { callId: id, queueId } = change;
        const awaited = waits.get(id)?.agentId ?? joined.get(id)?.agentId;
        if (!mayHelp(now, awaited, queueId)) inVain.add(id);
      }
      if (change.type === 'offer.failed' || change.type === 'offer.withdrawn')
        giveUp(change.callId);
      if (change.type === 'call.connected' || change.type === 'call.left') giveUp(change.callId);
      if (change.type !== 'agent.changed' || change.to.kind !== 'offline') return;
      for (const [id, { agentId }] of waits) if (agentId === change.agentId) giveUp(id);
    },

    onStep({ now, changes, expect }) {
      for (const [id, { queueId, ...awaited }] of joined) {
        const call = model.calls.get(id);
        // It may have gone on to another queue at once: it has to be waited for in the first one too.
        const asked = call && { ...call, queueId };
        const isAwaited = asked && !inVain.has(id);
        if (isAwaited && isToBeAwaited(now, model, asked, awaited)) waits.set(id, awaited);
      }
      joined.clear();
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
