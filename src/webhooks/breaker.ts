import type { EpochMs } from '../lib/clock.ts';
import type { StoredWebhook } from '../runtime/ports/webhooks.ts';

export interface Persistence {
  /** Attempts for one message; then it is a dead letter. */
  readonly attemptsMax: number;
  /** An endpoint that has only failed for so long is given up. */
  readonly giveUpMs: number;
  /** The first pause, doubled each time. */
  readonly retryMs: number;
}

const RETRY_MS_MAX = 3_600_000;
/** So many failures in a row, and the endpoint is left alone for a while; then one message tries. */
const FAILURES_MAX = 5;
const REST_MS_MIN = 10_000;
const REST_MS_MAX = 300_000;
/** "The resource is gone": whoever answers that wants no more of it (Standard Webhooks, RFC 9110 section 15.5.11). */
const GONE = 410;

/** When a message is tried again; undefined: not any more. `dice` from 0 to 1: half of each pause is chance. */
export function retryAt(
  attempts: number,
  persistence: Persistence,
  now: EpochMs,
  dice: number,
  askedForMs = 0,
): EpochMs | undefined {
  if (attempts >= persistence.attemptsMax) return undefined;
  const full = Math.min(RETRY_MS_MAX, persistence.retryMs * 2 ** (attempts - 1));
  return now + Math.max(askedForMs, Math.round(full / 2 + (full / 2) * dice));
}

/** What an endpoint's failure means for it: nothing yet, a rest, or the end. */
export function consequence(
  { failures, failingSince }: Pick<StoredWebhook, 'failures' | 'failingSince'>,
  status: number | undefined,
  { giveUpMs }: Persistence,
  now: EpochMs,
): { readonly restUntil?: EpochMs; readonly disable?: string } {
  if (status === GONE) return { disable: 'It answered 410 Gone.' };
  const inARow = failures + 1;
  if (inARow < FAILURES_MAX) return {};
  if (failingSince !== undefined && now - failingSince >= giveUpMs)
    return { disable: `It has failed for ${Math.round((now - failingSince) / 3_600_000)} hours.` };
  return { restUntil: now + Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** (inARow - FAILURES_MAX)) };
}
