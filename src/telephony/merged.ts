import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';

/** A copy that comes another way comes within the life of the transaction (RFC 3261 section 17.1.1.2, timer B). */
const COPIES_MS_MAX = 32_000;
/** More at once are calls, not copies: the oldest are forgotten first. */
const KNOWN_MAX = 5_000;

/**
 * Finds INVITEs that a proxy has forked and that all came here: the same Call-ID, From tag and CSeq in another
 * transaction (RFC 3261 section 8.2.2.2). One of them is a call, the others get 482; otherwise one caller would wait twice.
 */
export class MergedRequests {
  readonly #clock: Clock;
  readonly #known = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this one has come before. */
  isCopy(req: Srf.SrfRequest): boolean {
    const now = this.#clock.now();
    this.#forget(now);
    const tag = /;\s*tag\s*=\s*([^;\s]+)/i.exec(req.get('From'))?.[1] ?? '';
    const key = `${req.get('Call-ID')}|${tag}|${req.get('CSeq')}`;
    if (this.#known.has(key)) return true;
    this.#known.set(key, now);
    return false;
  }

  /** They are in the order in which they came. */
  #forget(now: number): void {
    for (const [key, at] of this.#known) {
      if (now - at < COPIES_MS_MAX && this.#known.size < KNOWN_MAX) return;
      this.#known.delete(key);
    }
  }
}
