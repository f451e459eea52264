import type { MakeRule } from './rule.ts';

/** States follow from each other, and after-call work is never cut short but by the agent. */
export const agents: MakeRule = () => ({
  onChange({ now, command, model, expect }, change) {
    if (change.type !== 'agent.changed') return;
    const { agentId, from } = change;
    const agent = model.agents.get(agentId);
    if (!agent) return expect(false, `A1 agent ${agentId} changed and is not there`);
    expect(
      JSON.stringify(agent.state) === JSON.stringify(from),
      `A1 agent ${agentId} was ${agent.state.kind} and came from ${from.kind}`,
    );
    if (from.kind !== 'wrapUp' || now >= from.until) return;
    const asked =
      'agentId' in command &&
      command.agentId === agentId &&
      ['agent.wrapUpDone', 'agent.ready', 'agent.signOut'].includes(command.type);
    expect(asked, `A6 the after-call work of ${agentId} was cut short`);
  },

  onStep({ model, expect }) {
    for (const { id, state } of model.agentsIn('offered')) {
      const reachable = model.agents.get(id)?.reachable;
      expect(reachable === true, `A5 agent ${id} is offered ${state.callId} without a phone`);
    }
  },
});
