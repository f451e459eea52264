import { PASS_OVER_MS } from '../../../src/acd/consequences.ts';
import type { AgentId, CallId } from '../../../src/model/ids.ts';
import { standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

interface Record {
  pausedUntil: number;
  misses: number;
  /** The offer that just ended must make the agent not ready. */
  rnaDue: boolean;
  /** A colleague rings them on a break. */
  isOnBreak: boolean;
  readonly passedOver: Map<CallId, number>;
}

/** F5: a sign-in, and "ready" after "not ready", also while a colleague's call rings. */
function beginAnew(record: Record): void {
  record.pausedUntil = 0;
  record.misses = 0;
  record.isOnBreak = false;
}

/** What a failed offer does to the agent: four causes, four consequences. */
export const failures: MakeRule = () => {
  const records = new Map<AgentId, Record>();
  const recordOf = (id: AgentId): Record => {
    const known = records.get(id);
    if (known) return known;
    const record: Record = {
      pausedUntil: 0,
      misses: 0,
      rnaDue: false,
      isOnBreak: false,
      passedOver: new Map(),
    };
    records.set(id, record);
    return record;
  };

  const failed = ({ now, model }: Step, id: AgentId, callId: CallId, cause: string): void => {
    const call = model.calls.get(callId);
    const queue = call && model.queueOf(call);
    // Nothing is held against whoever a colleague has rung (rule H2).
    if (!queue || call.isDirected) return;
    const agent = recordOf(id);
    const delays: Readonly<{ [cause: string]: number }> = {
      rejected: queue.rejectDelayMs,
      busy: queue.busyDelayMs,
      unreachable: queue.unreachableDelayMs,
    };
    const delayMs = delays[cause];
    if (cause === 'noAnswer') agent.misses++;
    if (cause === 'rejected') agent.misses = 0;
    agent.rnaDue = cause === 'noAnswer' && agent.misses >= queue.missesMax;
    agent.passedOver.set(callId, now + Math.max(PASS_OVER_MS, delayMs ?? 0));
    if (delayMs !== undefined) agent.pausedUntil = now + delayMs;
  };

  return {
    onChange(step, change) {
      const { now, expect } = step;
      if (change.type === 'offer.failed') failed(step, change.agentId, change.callId, change.cause);
      if (change.type === 'offer.withdrawn') {
        if (change.why === 'noAnswer') failed(step, change.agentId, change.callId, 'noAnswer');
        if (change.why === 'agentLeft' && step.command.type === 'agent.reachable') {
          failed(step, change.agentId, change.callId, 'unreachable');
        }
      }
      if (change.type === 'call.returned' && change.cause === 'agentLost') {
        failed(step, change.agentId, change.callId, 'unreachable');
      }
      if (change.type === 'callback.attemptFailed' && change.cause === 'agentLost') {
        failed(step, change.agentId, standInOf(change.callbackId), 'unreachable');
      }
      if (change.type === 'offer.made') {
        const { pausedUntil } = recordOf(change.agentId);
        const isRouted = !step.model.calls.get(change.callId)?.isDirected;
        expect(
          pausedUntil <= now || !isRouted,
          `F2 agent ${change.agentId} was offered a call in a pause`,
        );
      }
      if (change.type !== 'agent.changed') return;
      const { from, to } = change;
      const agent = recordOf(change.agentId);
      if (from.kind === 'offline' || (from.kind === 'notReady' && to.kind === 'ready')) {
        beginAnew(agent);
      }
      agent.isOnBreak = from.kind === 'notReady' && to.kind === 'offered';
      if (to.kind === 'talking') agent.misses = 0;
      const isRouted = from.kind === 'offered' && !step.model.calls.get(from.callId)?.isDirected;
      const rna = isRouted && to.kind === 'notReady' && to.reason === 'rna';
      const sentence = `F1 agent ${change.agentId} is ${to.kind} after ${agent.misses} misses`;
      expect(rna === agent.rnaDue, sentence);
      agent.rnaDue = false;
    },

    onStep({ command, reply, model }) {
      if (reply.ok && command.type === 'agent.ready' && recordOf(command.agentId).isOnBreak) {
        beginAnew(recordOf(command.agentId));
      }
      for (const id of records.keys()) if (!model.agents.has(id)) records.delete(id);
    },

    allows: (now, agent, call) =>
      (records.get(agent.config.id)?.passedOver.get(call.id) ?? 0) <= now,

    frees: (now, agent) => (records.get(agent.config.id)?.pausedUntil ?? 0) <= now,
  };
};
