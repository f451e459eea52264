import type { MakePart } from './part.ts';
import { START } from './stage.ts';

/** A Poisson stream, from a storm to a quiet day where agents wait for calls, with a burst now and then. */
export const arrivals: MakePart = (stage, random) => {
  const meanMs = random.between(1_500, 30_000);
  const planNext = (at: number): void =>
    stage.plan(at, () => {
      if (!stage.open) return undefined;
      const size = random.chance(0.03) ? random.between(5, 25) : 1;
      for (let n = 0; n < size; n++) stage.join(at, stage.newCall());
      planNext(at + random.around(meanMs));
      return undefined;
    });
  return { begin: () => planNext(START + random.between(1, 10_000)) };
};
