import type { EpochMs } from '../lib/clock.ts';
import type { Facts } from './names.ts';

/** One conversation of one agent with the customer. Its time is charged to that agent, whoever had the call before. */
export interface Talk {
  readonly agentId: string;
  readonly queueId: string | undefined;
  readonly skills: readonly string[];
  readonly since: EpochMs;
  readonly isCallback: boolean;
  /** By a colleague, and the customer has not heard them: nothing of it counts unless they do. */
  isAsked: boolean;
  /** Absent: it goes on. */
  until?: EpochMs;
  heldSince: EpochMs | undefined;
  holdMs: number;
  holds: number;
  acwMs: number;
  transferredOut: number;
  conferenced: number;
  consulted: number;
}

export const beginTalk = (
  who: Pick<Talk, 'agentId' | 'queueId' | 'skills' | 'since' | 'isCallback' | 'isAsked'>,
): Talk => ({
  ...who,
  heldSince: undefined,
  holdMs: 0,
  holds: 0,
  acwMs: 0,
  transferredOut: 0,
  conferenced: 0,
  consulted: 0,
});

export function hold(talk: Talk, at: EpochMs): void {
  if (talk.heldSince !== undefined || talk.until !== undefined) return;
  talk.heldSince = at;
  talk.holds += 1;
}

export function retrieve(talk: Talk, at: EpochMs): void {
  if (talk.heldSince === undefined) return;
  talk.holdMs += at - talk.heldSince;
  talk.heldSince = undefined;
}

/** Whoever was on hold until the end was on hold until then. */
export function endTalk(talk: Talk, at: EpochMs): void {
  if (talk.until !== undefined) return;
  retrieve(talk, at);
  talk.until = Math.max(at, talk.since);
}

/** What one conversation that is over adds to the figures of the slot in which it began; one that goes on, nothing yet. */
export function talkFacts(talk: Talk): Facts {
  const { since, until, holdMs, holds, acwMs, isCallback, isAsked } = talk;
  if (until === undefined || isAsked) return {};
  const lengthMs = until - since;
  const { transferredOut, conferenced, consulted } = talk;
  return present({
    handled: 1,
    talkMs: lengthMs - holdMs,
    holdMs,
    holds,
    acwMs,
    longestTalkMs: lengthMs,
    transferredOut,
    conferenced,
    consulted,
    callbacksHandled: isCallback ? 1 : 0,
  });
}

const present = (facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== 0));
