import { BRIDGES_FAILED_MAX } from '../../../src/acd/returns.ts';
import type { AgentId, CallId } from '../../../src/model/ids.ts';
import type { MakeRule } from './rule.ts';

/** C7: only a conversation comes back, a limited number of times, and its agent has no after-call work. */
export const returns: MakeRule = () => {
  const bridgesFailed = new Map<CallId, number>();
  const returning = new Set<AgentId>();
  return {
    onChange({ model, expect }, change) {
      switch (change.type) {
        case 'call.returned': {
          const { callId, agentId } = change;
          const talksTo = model.calls.get(callId)?.talkingTo;
          expect(talksTo === agentId, `C7 call ${callId} came back and talked to ${talksTo}`);
          bridgesFailed.set(callId, (bridgesFailed.get(callId) ?? 0) + 1);
          returning.add(agentId);
          return;
        }
        case 'agent.changed': {
          const working = returning.delete(change.agentId) && change.to.kind === 'wrapUp';
          return expect(!working, `C7 ${change.agentId} has after-call work for a failed bridge`);
        }
        case 'call.left': {
          const failed = bridgesFailed.get(change.callId) ?? 0;
          bridgesFailed.delete(change.callId);
          // Nobody waits for what a colleague was rung for (rule H1).
          if (model.calls.get(change.callId)?.isDirected) return;
          expect(
            (change.outcome === 'failed') === failed >= BRIDGES_FAILED_MAX,
            `C7 call ${change.callId} left as ${change.outcome} after ${failed} failed bridges`,
          );
          return;
        }
        case 'call.ended':
          bridgesFailed.delete(change.callId);
          return;
        default:
      }
    },
  };
};
