import { BoundedMap } from './bounded-map.ts';
import type { Clock, EpochMs } from './clock.ts';

export interface Guard {
  /** Takes one from the source's allowance of requests. False: it has none left, and gets no answer. */
  admit(source: string): boolean;
  /** Whether this source may have a password for this extension checked now; `phone` tells one there from another. */
  mayTry(source: string, extension: string, phone?: string): boolean;
  failed(source: string, extension: string, phone?: string): void;
  succeeded(source: string, extension: string, phone?: string): void;
}

export interface GuardLimits {
  /** Requests that a source may send at once, and per second for ever: an office behind one address is a source. */
  readonly burst: number;
  readonly perSecond: number;
  /** Wrong passwords in a row from one source for one extension before it has to wait. */
  readonly failuresFree: number;
  /** The first wait; each further failure doubles it, up to the longest. */
  readonly waitMsFirst: number;
  readonly waitMsMax: number;
  /** Wrong passwords from one source, for whatever extensions, in the window: then only known phones pass. */
  readonly sourceFailuresMax: number;
  readonly sourceWindowMs: number;
  readonly entriesMax: number;
}

export const GUARD_LIMITS: GuardLimits = {
  burst: 2_000,
  perSecond: 200,
  failuresFree: 5,
  waitMsFirst: 2_000,
  waitMsMax: 60_000,
  sourceFailuresMax: 50,
  sourceWindowMs: 600_000,
  entriesMax: 10_000,
};

/**
 * Slows guessers down without helping them to shut anybody out. A wait belongs to one extension *from one source*:
 * the owner elsewhere never feels it, nor does an owner behind the same router whose phone has proved itself: it is
 * heard until it is wrong itself. A source that tries many extensions is refused as a whole, but for the extensions
 * that have already proved themselves from there: an office with one wrong phone stays in service.
 */
export function createGuard(clock: Clock, limits: GuardLimits = GUARD_LIMITS): Guard {
  const allowances = new BoundedMap<{ tokens: number; at: EpochMs }>(limits.entriesMax);
  const pairs = new BoundedMap<{ failures: number; waitUntil: EpochMs }>(limits.entriesMax);
  const sources = new BoundedMap<{ failures: number; windowEndsAt: EpochMs }>(limits.entriesMax);
  const known = new BoundedMap<true>(limits.entriesMax);
  const proved = new BoundedMap<true>(limits.entriesMax);
  const pairOf = (source: string, extension: string) => `${source} ${extension}`;
  const hasProved = (phone: string | undefined, extension: string): boolean =>
    phone !== undefined && proved.get(pairOf(phone, extension)) === true;

  function admit(source: string): boolean {
    const now = clock.now();
    const { tokens, at } = allowances.get(source) ?? { tokens: limits.burst, at: now };
    const filled = Math.min(limits.burst, tokens + ((now - at) / 1000) * limits.perSecond);
    const isAdmitted = filled >= 1;
    allowances.set(source, { tokens: isAdmitted ? filled - 1 : filled, at: now });
    return isAdmitted;
  }

  function mayTry(source: string, extension: string, phone?: string): boolean {
    if (hasProved(phone, extension)) return true;
    const pair = pairOf(source, extension);
    const now = clock.now();
    if ((pairs.get(pair)?.waitUntil ?? 0) > now) return false;
    const whole = sources.get(source);
    const isSourceShut =
      whole !== undefined && whole.windowEndsAt > now && whole.failures >= limits.sourceFailuresMax;
    return !isSourceShut || known.get(pair) === true;
  }

  function failed(source: string, extension: string, phone?: string): void {
    const now = clock.now();
    if (phone !== undefined) proved.delete(pairOf(phone, extension));
    const pair = pairOf(source, extension);
    const failures = (pairs.get(pair)?.failures ?? 0) + 1;
    const doublings = Math.min(failures - limits.failuresFree, 30);
    const waitMs =
      doublings < 0 ? 0 : Math.min(limits.waitMsFirst * 2 ** doublings, limits.waitMsMax);
    pairs.set(pair, { failures, waitUntil: now + waitMs });
    const whole = sources.get(source);
    const isSameWindow = whole !== undefined && whole.windowEndsAt > now;
    sources.set(source, {
      failures: (isSameWindow ? whole.failures : 0) + 1,
      windowEndsAt: isSameWindow ? whole.windowEndsAt : now + limits.sourceWindowMs,
    });
  }

  function succeeded(source: string, extension: string, phone?: string): void {
    const pair = pairOf(source, extension);
    // A phone that was never in doubt says nothing of who guesses beside it.
    if (!hasProved(phone, extension)) pairs.delete(pair);
    known.set(pair, true);
    if (phone !== undefined) proved.set(pairOf(phone, extension), true);
  }

  return { admit, mayTry, failed, succeeded };
}
