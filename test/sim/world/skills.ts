import type { MakePart } from './part.ts';

const SKILLS = ['catalan', 'facturas', 'técnica'] as const;

/** Skills that queues and calls ask for, and agents who have some of them. */
export const skills: MakePart = (_stage, random) => {
  const some = (levelMax: number): Record<string, number> => {
    const chosen = SKILLS.filter(() => random.chance(0.5));
    return Object.fromEntries(chosen.map((name) => [name, random.between(1, levelMax)]));
  };
  return {
    queueTraits: () => ({ requiredSkills: random.chance(0.4) ? some(3) : {} }),
    agentTraits: () => ({ skills: random.chance(0.7) ? some(10) : {} }),
    callTraits: () => (random.chance(0.2) ? { requiredSkills: some(4) } : {}),
  };
};
