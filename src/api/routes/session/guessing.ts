import type { Clock } from '../../../lib/clock.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { createGuard, GUARD_LIMITS } from '../../../lib/guard.ts';

/** Slower than for phones: it is people who type, and nobody mistypes thirty names in ten minutes. */
const BY_ADDRESS = { ...GUARD_LIMITS, waitMsMax: 900_000, sourceFailuresMax: 30 };
/** A user whom guesses come for from everywhere is let in only from where they have been let in before. */
const BY_USER = { ...BY_ADDRESS, sourceFailuresMax: 100, sourceWindowMs: 3_600_000 };

export interface Guessing {
  /**
   * Whether a check of a password that somebody sends is right, if it may be made now; TOO_MANY_REQUESTS if not.
   * One at a time for a user from an address, so that many at once are no more guesses than one after the other.
   */
  try<T>(
    address: string,
    userId: string,
    check: () => Promise<T | undefined>,
  ): Promise<T | undefined>;
}

/** Makes guessers wait, each time longer, without helping them to lock anybody out (see lib/guard.ts). */
export function createGuessing(clock: Clock): Guessing {
  const byAddress = createGuard(clock, BY_ADDRESS);
  const byUser = createGuard(clock, BY_USER);
  const underWay = new Set<string>();
  return {
    async try(address, userId, check) {
      const pair = `${address} ${userId}`;
      const mayTry = byAddress.mayTry(address, userId) && byUser.mayTry(userId, address);
      if (!mayTry || underWay.has(pair))
        throw new CodedError(
          refusal('TOO_MANY_REQUESTS', 'Too many passwords were tried. Wait a while.'),
        );
      underWay.add(pair);
      try {
        const outcome = await check();
        const told = outcome === undefined ? 'failed' : 'succeeded';
        byAddress[told](address, userId);
        byUser[told](userId, address);
        return outcome;
      } finally {
        underWay.delete(pair);
      }
    },
  };
}
