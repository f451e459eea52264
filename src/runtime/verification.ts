import type { Logger } from '../lib/log.ts';
import type { Accounts, AttemptCounter, Verifier } from './ports/index.ts';

/**
 * Verifies callers by account and PIN. The attempt is counted before it is made, so that many calls at once have no
 * more of them than one.
 *
 *   take ──locked──▶ locked
 *     └─▶ owner? ──yes──▶ forget the attempts ─▶ verified
 *            └──no──▶ failed
 *   whoever does not answer ─▶ unavailable
 */
export function createVerifier(
  accounts: Accounts,
  attempts: AttemptCounter,
  log: Logger,
): Verifier {
  return {
    async verify(account, pin, callId) {
      try {
        if (!(await attempts.take(account))) return { result: 'locked' };
        const caller = await accounts.ownerOf(account, pin);
        if (!caller) return { result: 'failed' };
        await attempts.clear(account);
        return { result: 'verified', caller };
      } catch (error) {
        log.warn({ callId, error: String(error) }, 'A caller could not be verified');
        return { result: 'unavailable' };
      }
    },
  };
}
