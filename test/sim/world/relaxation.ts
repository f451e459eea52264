import type { AgentId } from '../../../src/model/ids.ts';
import type { RelaxationStep } from '../../../src/model/queue.ts';
import type { MakePart } from './part.ts';

const GROUPS = ['refuerzo', 'noche'] as const;
const SKILLS = ['catalan', 'facturas', 'técnica'] as const;

/** Demands that soften, groups that help out, callers who want somebody they know, and queues with little room. */
export const relaxation: MakePart = (stage, random) => {
  const step = (afterMs: number): RelaxationStep => ({
    afterMs,
    ...(random.chance(0.6) ? { lowerLevels: random.between(1, 4) } : { lowerLevels: 1 }),
    ...(random.chance(0.4) ? { dropSkills: [random.pick([...SKILLS])] } : {}),
    ...(random.chance(0.6) ? { addGroups: [random.pick([...GROUPS])] } : {}),
  });
  const steps = (): readonly RelaxationStep[] => {
    const times = [
      random.between(0, 4_000),
      random.between(4_001, 10_000),
      random.between(10_001, 19_000),
    ];
    return times.slice(0, random.between(0, 3)).map(step);
  };
  const known: AgentId[] = [];
  return {
    queueTraits: () => ({
      relaxation: random.chance(0.5) ? steps() : [],
      preferredWaitMs: random.pick([0, 5_000, 60_000]),
      activeMax: random.pick([1, 3, 100_000, 100_000]),
    }),
    agentTraits: () => (random.chance(0.5) ? { groupIds: [random.pick([...GROUPS])] } : {}),
    callTraits: () =>
      known.length > 0 && random.chance(0.4) ? { preferredAgentId: random.pick(known) } : {},
    react(_now, change) {
      if (change.type === 'call.connected') known.push(change.agentId);
    },
    nonsense: () => {
      const [queue] = stage.queues;
      if (!queue) return [];
      const wrong = [
        { afterMs: 5, lowerLevels: 1 },
        { afterMs: 5, lowerLevels: 1 },
      ];
      return [{ type: 'configure', queues: [{ ...queue, relaxation: wrong }], agents: [] }];
    },
  };
};
