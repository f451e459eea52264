import { identify } from '../../callers/callers.ts';
import type { FlowEffect, FlowEvent } from '../../ivr/vocabulary.ts';
import { Hidden } from '../../lib/hidden.ts';
import type { CallSession } from '../call-session.ts';
import type { Verifier } from '../ports/index.ts';

type Verified = Extract<FlowEvent, { type: 'verified' }>;

/** Has a caller verified, no more often in one call than the flow allows. The last wrong PIN of a call locks it. */
export async function verifyCaller(
  verifier: Verifier,
  session: CallSession,
  { id, account, pin, attemptsMax }: Extract<FlowEffect, { type: 'verify' }>,
): Promise<Verified> {
  const answered = (result: Verified['result']): Verified => ({ type: 'verified', id, result });
  if (session.verifications >= attemptsMax) return answered('locked');
  session.verifications += 1;
  const said = [Hidden.reveal(account, ''), Hidden.reveal(pin, '')] as const;
  const answer = await verifier.verify(...said, session.id);
  if (answer.result === 'verified') {
    const { context } = session;
    return {
      ...answered('verified'),
      context: identify(context, answer.caller, context.recentCalls),
    };
  }
  const isLast = answer.result === 'failed' && session.verifications >= attemptsMax;
  return answered(isLast ? 'locked' : answer.result);
}
