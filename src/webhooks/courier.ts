import type { Clock, EpochMs, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { Trouble } from '../lib/trouble.ts';
import type { WebhookDelivery } from '../model/webhook.ts';
import type {
  SendResult,
  StoredWebhook,
  WebhookOutbox,
  WebhookStore,
} from '../runtime/ports/webhooks.ts';
import { consequence, type Persistence, retryAt } from './breaker.ts';

export interface CourierOptions {
  readonly store: Pick<WebhookStore, 'get'>;
  readonly outbox: WebhookOutbox;
  readonly send: (webhook: StoredWebhook, delivery: WebhookDelivery) => Promise<SendResult>;
  readonly persistence: Persistence;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly dice: () => number;
  readonly onAttempt?: (webhookId: string, outcome: string, tookMs: number) => void;
  /** So many will not be tried again: a message, or all that wait for an endpoint that is given up. */
  readonly onDeadLetters?: (count: number) => void;
}

type Failure = Extract<SendResult, { ok: false }>;

/** Messages on their way to one endpoint at once: of different calls, for each call's go one after the other. */
const LANES_MAX = 5;
const CLAIM_MAX = 20;
/** Whoever dies with messages in hand makes them wait so long, if it is not noticed before. */
const LEASE_MS = 60_000;
/** After this no further message of a claim is begun: its end must lie within the lease. */
const BEGUN_MS_MAX = 40_000;
const POLL_MS = 1_000;
const DEAD_EVERY_MS = 5_000;
const NUDGED_MS = 60;

/**
 * Brings what lies in the outbox to its endpoints. Each has a run of its own with its own few lanes, so that one which
 * is slow, huge or dead delays nobody else. A message leaves its lane delivered, dead, or with its successors behind it.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #runs = new Map<string, Promise<void>>();
  /** Tell a run that waits for its lanes that there may be more for it. */
  readonly #wakes = new Map<string, () => void>();
  #timer: Timer | undefined;
  #isNear = false;
  #lookedForDeadAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> = Promise.resolve();
  #failures: Promise<void> = Promise.resolve();
  #stopped = false;
  readonly #trouble: Trouble;

  constructor(options: CourierOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#trouble = new Trouble({
      clock,
      begins: (error) =>
        log.warn({ error: String(error) }, 'Webhooks wait: the outbox cannot be read or written'),
      over: () => log.info({}, 'The outbox of webhooks can be read and written again'),
    });
    this.#lookIn(0);
  }

  /** Something may be there to deliver, soon. */
  nudge(): void {
    if (this.#isNear) return;
    this.#isNear = true;
    this.#lookIn(NUDGED_MS);
  }

  /** Lets attempts that are under way come to their end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#trouble.close();
    await this.#looking;
    await Promise.all(this.#runs.values());
  }

  #lookIn(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#isNear = false;
      this.#looking = this.#look().finally(() => {
        if (!this.#isNear) this.#lookIn(POLL_MS);
      });
    });
  }

  async #look(): Promise<void> {
    const { outbox, clock } = this.#options;
    try {
      await this.#freeOfTheDead();
      for (const id of await outbox.due(clock.now())) {
        if (this.#stopped) return;
        this.#wakes.get(id)?.();
        if (this.#runs.has(id)) continue;
        const run = this.#run(id)
          .catch((error: unknown) => this.#trouble.failed(error))
          .finally(() => {
            this.#runs.delete(id);
            this.#wakes.delete(id);
          });
        this.#runs.set(id, run);
      }
      this.#trouble.worked();
    } catch (error) {
      this.#trouble.failed(error);
    }
  }

  /** What another process had in hand when it was killed, a process before this one most often. */
  async #freeOfTheDead(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    const now = clock.now();
    if (now - this.#lookedForDeadAt < DEAD_EVERY_MS) return;
    this.#lookedForDeadAt = now;
    const freed = await outbox.freeOfTheDead(now);
    if (freed > 0) log.info({ freed }, 'Webhooks of a process that is dead are taken up');
  }

  /** Until nothing more can be taken for the endpoint. */
  async #run(id: string): Promise<void> {
    const { outbox, clock } = this.#options;
    const lanes = new Set<Promise<void>>();
    while (!this.#stopped) {
      const until = clock.now() + BEGUN_MS_MAX;
      const woken = new Promise<void>((resolve) => this.#wakes.set(id, resolve));
      const claimed = await outbox.claim(id, clock.now(), LEASE_MS, CLAIM_MAX);
      if (claimed.length === 0 && lanes.size === 0) break;
      for (const lane of lanesOf(claimed)) {
        while (lanes.size >= LANES_MAX) await Promise.race(lanes);
        const running = this.#deliverLane(id, lane, until).finally(() => lanes.delete(running));
        lanes.add(running);
      }
      await Promise.race([...lanes, woken]);
    }
    await Promise.all(lanes);
  }

  /** One after the other, as far as it goes well. Never rejects: what could not be written down comes again. */
  async #deliverLane(id: string, lane: readonly WebhookDelivery[], until: EpochMs): Promise<void> {
    const { outbox, store, clock } = this.#options;
    let done = 0;
    try {
      for (const delivery of lane) {
        const isLate = this.#stopped || clock.now() > until;
        const webhook = isLate ? undefined : await store.get(id);
        // Others of its lanes may have found out meanwhile that it is to be left alone.
        if (!webhook?.enabled || (webhook.restUntil ?? 0) > clock.now()) break;
        done += 1;
        if (!(await this.#attempt(webhook, delivery))) break;
      }
      await outbox.release(lane.slice(done).map(({ number }) => number));
    } catch (error) {
      this.#trouble.failed(error);
    }
  }

  async #attempt(webhook: StoredWebhook, delivery: WebhookDelivery): Promise<boolean> {
    const { outbox, clock, send, onAttempt } = this.#options;
    const result = await send(webhook, delivery);
    onAttempt?.(webhook.id, result.ok ? 'delivered' : result.error, result.tookMs);
    if (!result.ok) {
      await this.#failed(webhook, delivery, result);
      return false;
    }
    await outbox.delivered(delivery.number, webhook.id, clock.now(), result.status);
    return true;
  }

  /** One failure after the other, so that each knows how many there have been: several are on their way at once. */
  #failed(webhook: StoredWebhook, delivery: WebhookDelivery, failure: Failure): Promise<void> {
    const written = this.#failures.then(() => this.#writeFailure(webhook, delivery, failure));
    this.#failures = written.catch(() => {});
    return written;
  }

  async #writeFailure(
    { id }: StoredWebhook,
    { number, type, attempts }: WebhookDelivery,
    { error, status, retryAfterMs }: Failure,
  ): Promise<void> {
    const { store, outbox, clock, log, persistence, dice, onDeadLetters } = this.#options;
    const webhook = await store.get(id);
    if (!webhook) return;
    const now = clock.now();
    const againAt = retryAt(attempts + 1, persistence, now, dice(), retryAfterMs);
    const { restUntil, disable } = consequence(webhook, status, persistence, now);
    const facts = { webhook: webhook.id, number, type, error, status, attempt: attempts + 1 };
    log.info(facts, 'A webhook was not delivered');
    if (againAt === undefined) log.warn(facts, 'A webhook is a dead letter now');
    if (disable !== undefined) log.warn({ ...facts, disable }, 'A webhook is given up');
    const died = await outbox.failed({
      number,
      webhookId: webhook.id,
      at: now,
      error,
      againAt,
      ...(status === undefined ? {} : { status }),
      ...(restUntil === undefined ? {} : { restUntil }),
      ...(disable === undefined ? {} : { disable }),
    });
    if (died > 0) onDeadLetters?.(died);
  }
}

/** What belongs together, in the order in which it came. */
function lanesOf(claimed: readonly WebhookDelivery[]): Iterable<readonly WebhookDelivery[]> {
  const lanes = new Map<string, WebhookDelivery[]>();
  for (const delivery of claimed) {
    const lane = lanes.get(delivery.orderKey);
    if (lane) lane.push(delivery);
    else lanes.set(delivery.orderKey, [delivery]);
  }
  return lanes.values();
}
