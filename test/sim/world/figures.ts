import type { MakePart } from './part.ts';

/** What queues announce, and by which figures they are judged. */
export const figures: MakePart = (_stage, random) => ({
  queueTraits: () => ({
    announceFirstMs: random.pick([0, 3_000, 10_000]),
    announceEveryMs: random.pick([5_000, 20_000, 45_000]),
    announcePositionMax: random.pick([0, 2, 10_000]),
    announceWaitMsMax: random.pick([0, 120_000, 3_600_000]),
    serviceLevelMs: random.pick([5_000, 20_000, 20_000]),
    shortAbandonMs: random.pick([0, 5_000, 10_000]),
    handleTimeMs: random.pick([30_000, 240_000]),
  }),
});
