import type { EpochMs } from '../lib/clock.ts';
import { NEVER } from './deadlines.ts';
import { softensAt } from './relaxation.ts';
import { isRingingMany } from './stages.ts';
import type { Call, CallStage, Floor } from './state.ts';

type Offered = Extract<CallStage, { kind: 'offered' }>;

/** How many phones may ring for the call by now (rules M1 and M2). */
export function phonesWanted(floor: Floor, { queue }: Call, { since }: Offered): number {
  const { strategy, ringAgentsMax, ringNextMs } = queue.config;
  if (strategy === 'ring-all') return ringAgentsMax;
  if (strategy !== 'ring-progressively') return 1;
  return Math.min(ringAgentsMax, 1 + Math.floor((floor.now - since) / ringNextMs));
}

/** When the first of its phones has rung long enough, or when another may ring: of one more agent, or of others too. */
export function ringDueAt(floor: Floor, call: Call, stage: Offered): EpochMs {
  let due = NEVER;
  for (const { expiresAt } of stage.rings) due = Math.min(due, expiresAt);
  return isRingingMany(call)
    ? Math.min(due, nextRingAt(floor, call, stage), softensAt(floor, call))
    : due;
}

function nextRingAt(floor: Floor, call: Call, stage: Offered): EpochMs {
  const { strategy, ringAgentsMax, ringNextMs } = call.queue.config;
  if (strategy !== 'ring-progressively') return NEVER;
  const wanted = phonesWanted(floor, call, stage);
  return wanted >= ringAgentsMax ? NEVER : stage.since + wanted * ringNextMs;
}
