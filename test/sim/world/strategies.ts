import { STRATEGIES } from '../../../src/model/queue.ts';
import type { MakePart } from './part.ts';

/**
 * Queues that choose their agents in every way there is, in some houses all of them in one way, and agents with a rank in
 * some of them.
 */
export const strategies: MakePart = (stage, random) => {
  const house = random.chance(0.4) ? random.pick([...STRATEGIES]) : undefined;
  return {
    queueTraits: () => ({
      strategy: house ?? random.pick([...STRATEGIES]),
      ringAgentsMax: random.between(1, 5),
      ringNextMs: random.pick([1_000, 5_000]),
    }),
    agentTraits: () => ({
      queueRanks: Object.fromEntries(
        stage.queues.filter(() => random.chance(0.4)).map(({ id }) => [id, random.between(1, 4)]),
      ),
    }),
  };
};
