import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';

/** A copy that comes another way comes within the life of the transaction (RFC 3261 section 17.1.1.2, timer B). */
const COPIES_MS_MAX = 32_000;
/** More at once are calls, not copies: the oldest are forgotten first. */
const KNOWN_MAX = 5_000;

/**
 * Finds INVITEs that a proxy has forked and that all came here: the same Call-ID and From tag in another transaction
 * (RFC 3261 section 8.2.2.2). One of them is a call, the others get 482; otherwise one caller would wait twice. The same
 * CSeq is not asked for: two dialogs of one Call-ID and tag are one to drachtio. One that was refused is over, and
 * whoever tries again, as a proxy does after a 503, is heard.
 */
export class MergedRequests {
  readonly #clock: Clock;
  readonly #known = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one like it is being served, or has been answered. */
  isCopy(req: Srf.SrfRequest, res: Srf.SrfResponse): boolean {
    const now = this.#clock.now();
    this.#forget(now);
    const tag = /;\s*tag\s*=\s*([^;\s]+)/i.exec(req.get('From'))?.[1] ?? '';
    const key = `${req.get('Call-ID')}|${tag}`;
    if (this.#known.has(key)) return true;
    this.#known.set(key, now);
    onFinal(res, (status) => {
      if (status >= 300) this.#known.delete(key);
    });
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

/** srf tells each final response that it has sent; its types do not know. */
const onFinal = (res: Srf.SrfResponse, heard: (status: number) => void): unknown =>
  (res as unknown as NodeJS.EventEmitter).once('end', ({ status }: { status: number }) =>
    heard(status),
  );
