import type { AgentState } from '../../../src/model/agent.ts';
import type { CallId, QueueId } from '../../../src/model/ids.ts';
import { standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

/** States follow from each other, and after-call work is never cut short but by the agent. */
export const agents: MakeRule = (model) => {
  /** Of calls that were talked to: the conversation may be over before the agent moves on. */
  const queueOf = new Map<CallId, QueueId>();

  /** What follows a conversation lasts as long as its queue says, to the millisecond. */
  const checkWrapUp = ({ now, expect }: Step, callId: CallId, to: AgentState): void => {
    const queueId = queueOf.get(callId);
    const wrapUpMs = (queueId && model.queuesEver.get(queueId)?.wrapUpMs) ?? 0;
    const given = to.kind === 'wrapUp' ? to.until - now : 0;
    expect(given === wrapUpMs, `A6 after call ${callId} came ${given} ms, not ${wrapUpMs}`);
    queueOf.delete(callId);
  };

  return {
    onChange(step, change) {
      const { now, command, expect } = step;
      if (change.type === 'call.connected') queueOf.set(change.callId, change.queueId);
      if (change.type === 'callback.ended' && change.outcome === 'reached') {
        queueOf.set(standInOf(change.callbackId), change.queueId);
      }
      if (change.type === 'call.returned') queueOf.delete(change.callId);
      if (change.type !== 'agent.changed') return;
      const { agentId, from } = change;
      const agent = model.agents.get(agentId);
      if (!agent) return expect(false, `A1 agent ${agentId} changed and is not there`);
      expect(
        JSON.stringify(agent.state) === JSON.stringify(from),
        `A1 agent ${agentId} was ${agent.state.kind} and came from ${from.kind}`,
      );
      if (from.kind === 'talking') checkWrapUp(step, from.callId, change.to);
      if (from.kind !== 'wrapUp' || now >= from.until) return;
      const asked =
        'agentId' in command &&
        command.agentId === agentId &&
        ['agent.wrapUpDone', 'agent.ready', 'agent.signOut'].includes(command.type);
      expect(asked, `A6 the after-call work of ${agentId} was cut short`);
    },

    onStep({ expect }) {
      for (const { id, state } of model.agentsIn('offered')) {
        const reachable = model.agents.get(id)?.reachable;
        expect(reachable === true, `A5 agent ${id} is offered ${state.callId} without a phone`);
      }
    },
  };
};
