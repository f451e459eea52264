import type { LegFailure } from '../runtime/ports/index.ts';

/**
 * What a phone's final response says about its agent (RFC 3261 section 21). Busy here and everywhere are busy;
 * a declined call and "temporarily unavailable" (do not disturb) are a decision of the agent; no response, no
 * such user and a phone that cannot take the call are a phone that cannot be reached.
 */
export function failureOfStatus(status: number): LegFailure {
  if (status === 486 || status === 600) return 'busy';
  if (status === 603 || status === 480 || status === 403) return 'rejected';
  return 'unreachable';
}

/** When several phones of one agent failed, the one that says most about the agent speaks for all. */
const TELLING: readonly LegFailure[] = ['rejected', 'busy', 'noAnswer', 'media', 'unreachable'];

export function tellingFailure(failures: readonly LegFailure[]): LegFailure {
  return TELLING.find((failure) => failures.includes(failure)) ?? 'unreachable';
}
