import type { Clock, Timer } from '../lib/clock.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { WebhookOutbox } from '../runtime/ports/webhooks.ts';

const EVERY_MS = 60_000;
/** What was delivered can be looked up for a day; what was not, for a month: callers' data is not kept for ever. */
const DELIVERED_MS = DAY_MS;
const DEAD_MS = 30 * DAY_MS;
/** For each endpoint. */
const PENDING_MAX = 100_000;
const DEAD_MAX = 100_000;

interface Swept {
  readonly outbox: Pick<WebhookOutbox, 'sweep'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDeadLetters?: (count: number) => void;
}

/** Keeps the outbox within its limits, once a minute. */
export function sweepOutbox({ outbox, clock, log, onDeadLetters }: Swept): { stop(): void } {
  let timer: Timer | undefined;
  let stopped = false;
  const sweep = async (): Promise<void> => {
    const now = clock.now();
    try {
      const died = await outbox.sweep({
        now,
        deliveredBefore: now - DELIVERED_MS,
        deadBefore: now - DEAD_MS,
        pendingMax: PENDING_MAX,
        deadMax: DEAD_MAX,
      });
      if (died > 0) onDeadLetters?.(died);
    } catch (error) {
      log.warn({ error: String(error) }, 'Old webhooks could not be deleted; later again');
    }
    if (!stopped) next();
  };
  const next = (): void => {
    timer = clock.after(EVERY_MS, () => void sweep());
  };
  next();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
