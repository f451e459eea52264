import type { MakePart } from './part.ts';

const NUMBERS = 12;

/** A few numbers that ring again and again, so that callers who hung up come back; others withhold theirs. */
export const redials: MakePart = (_stage, random) => ({
  queueTraits: () => ({ regainMs: random.pick([0, 20_000, 60_000, 300_000]) }),
  callTraits: () =>
    random.chance(0.8) ? { callerKey: `+3460000000${random.between(1, NUMBERS)}` } : {},
});
