import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type {
  DeliveryState,
  WebhookConfig,
  WebhookDelivery,
  WebhookHealth,
  WebhookMessage,
} from '../../model/webhook.ts';
import type { Page, PageRequest, Stored } from './lists.ts';

// ---- Served by store --------------------------------------------------------------------------------

/** A subscription as it is kept. Secrets are sealed: only who has the key can sign. */
export interface StoredWebhook extends Stored<WebhookConfig>, WebhookHealth {
  readonly sealedSecret: string;
  /** Deliveries are signed with it, too, until then. */
  readonly sealedPrevious?: string;
  readonly previousUntil?: EpochMs;
}

/** How many deliveries there are of each state. */
export type DeliveryCounts = Readonly<Record<DeliveryState, number>>;

/** Subscriptions, as those who deliver see them; what is configured of them is a repository of the configuration. */
export interface WebhookStore {
  all(): Promise<readonly StoredWebhook[]>;
  get(id: string): Promise<StoredWebhook | undefined>;
  counts(id: string): Promise<DeliveryCounts>;
  /** The secret before holds until `previousUntil`. NOT_FOUND. */
  rotate(
    id: string,
    sealedSecret: string,
    previousUntil: EpochMs,
  ): Promise<Result<StoredWebhook, Refusal>>;
}

/** What became of an attempt. */
export interface FailedAttempt {
  readonly number: string;
  readonly webhookId: string;
  readonly at: EpochMs;
  readonly status?: number;
  readonly error: string;
  /** Undefined: it was the last attempt. */
  readonly againAt: EpochMs | undefined;
  /** What the breaker does: the endpoint rests, or is given up for that reason. */
  readonly restUntil?: EpochMs;
  readonly disable?: string;
}

/** The outbox. Rejects when the database is away. */
export interface WebhookOutbox {
  /** Endpoints that something is due for. */
  due(now: EpochMs): Promise<readonly string[]>;
  /**
   * Takes up to `limit` deliveries of an endpoint, in order, for `leaseMs`: none whose predecessor of the same key waits
   * for another attempt or is in somebody's hands, and one only while the endpoint is failing.
   */
  claim(
    webhookId: string,
    now: EpochMs,
    leaseMs: number,
    limit: number,
  ): Promise<readonly WebhookDelivery[]>;
  delivered(number: string, webhookId: string, now: EpochMs, status: number): Promise<void>;
  /** How many became dead letters: this one, or all that wait for an endpoint that is given up. */
  failed(attempt: FailedAttempt): Promise<number>;
  /** Gives back what is in the hands of processes that are dead. How many. */
  freeOfTheDead(now: EpochMs): Promise<number>;
  /** Gives back what was taken and not tried. */
  release(numbers: readonly string[]): Promise<void>;
  /** Newest first. */
  list(
    webhookId: string,
    state: DeliveryState | undefined,
    request: PageRequest,
  ): Promise<Result<Page<WebhookDelivery>, Refusal>>;
  get(webhookId: string, number: string): Promise<WebhookDelivery | undefined>;
  /** From the beginning, in the old order: one, or all dead ones. How many. */
  replay(webhookId: string, number: string | undefined, now: EpochMs): Promise<number>;
  /** Deletes dead ones: one, or all. How many. */
  discard(webhookId: string, number: string | undefined): Promise<number>;
  /** Deletes what was finished before, at most some thousands; makes dead what is beyond `pendingMax`: how many. */
  sweep(limits: {
    readonly deliveredBefore: EpochMs;
    readonly deadBefore: EpochMs;
    readonly pendingMax: number;
    readonly deadMax: number;
    readonly now: EpochMs;
  }): Promise<number>;
}

/** Takes messages without making anybody wait, as `RecordSink` does. */
export interface MessageSink {
  webhook(message: WebhookMessage): void;
}

// ---- Served by webhooks -----------------------------------------------------------------------------

/** A subscription as it is shown. */
export type WebhookView = Omit<
  StoredWebhook,
  'sealedSecret' | 'sealedPrevious' | 'previousUntil'
> & { readonly deliveries: DeliveryCounts };

/** With the secret, which is shown this once. */
export type WebhookWithSecret = WebhookView & { readonly secret: string };

/** What an attempt came to. */
export type SendResult =
  | { readonly ok: true; readonly status: number; readonly tookMs: number }
  | {
      readonly ok: false;
      /** `status`, `timeout`, `unreachable`, `addressRefused`, `tls`, `secret`. */
      readonly error: string;
      readonly status?: number;
      readonly tookMs: number;
      /** As the endpoint asked for by Retry-After. */
      readonly retryAfterMs?: number;
    };

/** What the API works with. */
export interface WebhookDesk {
  list(): Promise<readonly WebhookView[]>;
  get(id: string): Promise<WebhookView | undefined>;
  /** Why nothing could be sent there; undefined: nothing is known against it. WEBHOOK_URL_REFUSED. */
  objectionTo(config: Pick<WebhookConfig, 'url'>): Refusal | undefined;
  newSecret(): string;
  rotate(id: string): Promise<Result<WebhookWithSecret, Refusal>>;
  /** Sends a test at once, whatever is waiting. NOT_FOUND, OVERLOADED. */
  test(id: string): Promise<Result<SendResult, Refusal>>;
  readonly deliveries: Pick<WebhookOutbox, 'list' | 'get' | 'discard'>;
  /** NOT_FOUND: no such dead letter. */
  replay(id: string, number?: string): Promise<Result<number, Refusal>>;
}
