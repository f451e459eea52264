import type { RecordedArrival } from '../history.ts';
import type { MakePart } from './part.ts';
import type { Stage } from './stage.ts';

const HALF_HOUR_MS = 1_800_000;

/** A day's calls by half hour, as shares of the mean: a morning and an afternoon hump, lunch, a quiet night. */
const DAY_PROFILE = [
  0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.5, 2, 2.4, 2.6,
  2.6, 2.4, 2.2, 2, 1.7, 1.4, 1.2, 1.2, 1.4, 1.7, 2, 2.1, 2.1, 2, 1.9, 1.7, 1.5, 1.3, 1.1, 0.9, 0.8,
  0.6, 0.5, 0.4, 0.3, 0.2, 0.2, 0.1,
] as const;

/**
 * The mean time between calls, ms. Agents who wait for calls are what strategies are for: on a quiet day several of them
 * are free for each, on one that is nearly empty all of them.
 */
const LOADS = [
  { fromMs: 1_500, toMs: 30_000 },
  { fromMs: 1_500, toMs: 30_000 },
  { fromMs: 20_000, toMs: 90_000 },
  { fromMs: 120_000, toMs: 600_000 },
] as const;

/** How many times the mean calls come at that moment. */
export const profileAt = (at: number): number =>
  DAY_PROFILE[Math.floor(at / HALF_HOUR_MS) % DAY_PROFILE.length] ?? 1;

/** Who called, when, as it was recorded: moved to the simulated day, the gaps as they were. */
function replay(stage: Stage, recorded: readonly RecordedArrival[]): void {
  const first = recorded[0]?.at ?? 0;
  for (const { at, queue } of recorded) {
    const when = stage.start + at - first;
    stage.plan(when, () => {
      const wanted = stage.queues.find(({ id }) => id === queue)?.id;
      if (stage.open) stage.join(when, stage.newCall(), wanted);
      return undefined;
    });
  }
}

/**
 * Calls come as a record says, or as a seed decides: a Poisson stream from a storm to a nearly empty day, along a day's
 * profile or at one rate, with a burst now and then.
 */
export const arrivals: MakePart = (stage, random) => {
  const { fromMs, toMs } = random.pick([...LOADS]);
  const meanMs = random.between(fromMs, toMs);
  const profiled = random.chance(0.3);
  const burstMax = random.pick([1, 25, 25, 100]);
  const hour = random.between(0, 47) * HALF_HOUR_MS;
  const rateAt = (at: number): number => (profiled ? profileAt(at - stage.start + hour) : 1);
  const planNext = (at: number): void =>
    stage.plan(at, () => {
      if (!stage.open) return undefined;
      const size = random.chance(0.03) ? random.between(1, burstMax) : 1;
      for (let n = 0; n < size; n++) stage.join(at, stage.newCall());
      planNext(at + random.around(meanMs / rateAt(at)));
      return undefined;
    });
  return {
    begin() {
      if (stage.history.length > 0) replay(stage, stage.history);
      else planNext(stage.start + random.between(1, 10_000));
    },
  };
};
