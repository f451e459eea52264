import type { Command } from '../../../src/acd/commands.ts';
import type { AgentStateKind } from '../../../src/model/agent.ts';
import type { MakeRule, Step } from './rule.ts';

/** In which states an agent cannot be any more, once the command about them was accepted. */
const LEFT_BEHIND: Readonly<Partial<Record<Command['type'], readonly AgentStateKind[]>>> = {
  'agent.signIn': ['offline'],
  'agent.ready': ['notReady', 'offline', 'wrapUp'],
  'agent.notReady': ['ready', 'offered', 'offline'],
  'agent.signOut': ['ready', 'notReady', 'offered', 'wrapUp'],
  'agent.wrapUpDone': ['wrapUp'],
};

/** S1: what was accepted was done, and said. */
function isDone({ command, changes, model }: Step): boolean {
  switch (command.type) {
    case 'call.enqueue':
      return changes.some((change) => 'callId' in change && change.callId === command.callId);
    case 'call.prioritise':
      return model.calls.get(command.callId)?.priority === command.priority;
    case 'call.direct':
      return model.calls.has(command.callId);
    case 'call.abandon':
    case 'call.ended':
      return !model.calls.has(command.callId);
    case 'offer.answered':
    case 'offer.failed':
      return !model.offers.has(command.offerId);
    case 'configure':
      return command.agents.every(({ id }) => model.agents.has(id));
    default: {
      const state = 'agentId' in command ? model.agents.get(command.agentId)?.state : undefined;
      // Done, and then a rule has signed them out at once: whether it may is for A7 to A9 to say.
      if (!state || (state.kind === 'offline' && state.reason)) return true;
      return !LEFT_BEHIND[command.type]?.includes(state.kind);
    }
  }
}

export const effects: MakeRule = () => ({
  onStep(step) {
    const done = !step.reply.ok || isDone(step);
    step.expect(done, `S1 ${step.command.type} was accepted and not done`);
  },
});
