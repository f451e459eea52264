import type { Command } from '../acd/commands.ts';
import type { EpochMs } from '../lib/clock.ts';

/** Why somebody is not ready who has a call in hand that is not played: their time is spent on it all the same. */
export const OTHER_WORK = 'otherWork';

/** What somebody does by themselves. */
export interface Deed {
  readonly at: EpochMs;
  readonly command: Command;
  /** Of a break: so long after it has begun, which may be after a conversation, they are ready again. */
  readonly lastsMs?: number;
}
