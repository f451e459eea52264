import type { Command } from '../../../src/acd/commands.ts';
import type { AgentState } from '../../../src/model/agent.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

/** Agents come, take breaks, finish early, change their minds and come back. */
export const habits: MakePart = (stage, random) => {
  const beginShift = (id: AgentId, at: number): void => {
    stage.send(at, { type: 'agent.signIn', agentId: id });
    stage.send(at + 1, { type: 'agent.reachable', agentId: id, reachable: true });
  };

  const whim = (id: AgentId): Command =>
    random.pick<Command>([
      { type: 'agent.notReady', agentId: id, reason: 'pausa' },
      { type: 'agent.notReady', agentId: id, reason: 'comida' },
      { type: 'agent.signOut', agentId: id },
      { type: 'agent.signIn', agentId: id },
      { type: 'agent.ready', agentId: id },
      { type: 'agent.wrapUpDone', agentId: id },
      { type: 'agent.reachable', agentId: id, reachable: true },
    ]);

  const changed = (now: number, id: AgentId, { kind }: AgentState): void => {
    const later = now + random.around(20_000);
    if (kind === 'notReady') stage.send(later, { type: 'agent.ready', agentId: id });
    if (kind === 'offline') beginShift(id, later);
    if (kind === 'wrapUp' && random.chance(0.2)) {
      stage.plan(now + 1_500, () => ({ type: 'agent.wrapUpDone', agentId: id }));
    }
    if ((kind === 'talking' || kind === 'wrapUp') && random.chance(0.15)) {
      stage.plan(now + random.around(3_000), () => whim(id));
    }
    if (kind === 'ready' && random.chance(0.1)) {
      stage.plan(now + random.around(30_000), () => whim(id));
    }
  };

  const known = new Set<AgentId>();
  /** Who is new begins to work; who was removed begins again when they come back. */
  const beginShifts = (at: number): void => {
    for (const { id } of stage.agents) {
      if (!known.has(id)) beginShift(id, at + random.between(1, 5_000));
      known.add(id);
    }
    for (const id of known) if (!stage.agents.some((agent) => agent.id === id)) known.delete(id);
    const next = at + random.around(20_000);
    stage.plan(next, () => {
      if (stage.open) beginShifts(next);
      return undefined;
    });
  };

  return {
    begin: () => beginShifts(stage.start),
    react(now, change) {
      if (change.type === 'agent.changed') changed(now, change.agentId, change.to);
    },
  };
};
