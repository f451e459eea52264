import { type Clock, DAY_MS } from '../lib/clock.ts';
import { type Refusal, refusal } from '../lib/errors.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Seal } from '../lib/seal.ts';
import type { WebhookConfig } from '../model/webhook.ts';
import type {
  SendResult,
  StoredWebhook,
  WebhookDesk,
  WebhookOutbox,
  WebhookStore,
  WebhookView,
  WebhookWithSecret,
} from '../runtime/ports/webhooks.ts';
import type { Sender } from './sender.ts';
import { newSecret } from './signature.ts';

export interface DeskOptions {
  readonly store: WebhookStore;
  readonly outbox: WebhookOutbox;
  readonly sender: Pick<Sender, 'objectionTo'>;
  readonly seal: Seal;
  readonly clock: Clock;
  /** There is something to deliver. */
  readonly nudge: () => void;
  readonly test: (id: string) => Promise<Result<SendResult, Refusal>>;
}

/** How long the secret before still signs. */
const BOTH_SECRETS_MS = DAY_MS;

/** What operators do about webhooks. */
export class Desk implements WebhookDesk {
  readonly #options: DeskOptions;
  readonly deliveries: WebhookDesk['deliveries'];
  readonly test: WebhookDesk['test'];

  constructor(options: DeskOptions) {
    this.#options = options;
    this.deliveries = options.outbox;
    this.test = options.test;
  }

  async list(): Promise<readonly WebhookView[]> {
    const all = await this.#options.store.all();
    return Promise.all(all.map((webhook) => this.#view(webhook)));
  }

  async get(id: string): Promise<WebhookView | undefined> {
    const webhook = await this.#options.store.get(id);
    return webhook && this.#view(webhook);
  }

  objectionTo({ url }: Pick<WebhookConfig, 'url'>): Refusal | undefined {
    const objection = this.#options.sender.objectionTo(url);
    return objection === undefined ? undefined : refusal('WEBHOOK_URL_REFUSED', objection);
  }

  newSecret(): string {
    return newSecret();
  }

  async rotate(id: string): Promise<Result<WebhookWithSecret, Refusal>> {
    const { store, seal, clock } = this.#options;
    const secret = newSecret();
    const until = clock.now() + BOTH_SECRETS_MS;
    return this.#shown(await store.rotate(id, seal.close(secret), until), secret);
  }

  async replay(id: string, number?: string): Promise<Result<number, Refusal>> {
    const { store, outbox, clock, nudge } = this.#options;
    const count = await outbox.replay(id, number, clock.now());
    nudge();
    if (count > 0) return ok(count);
    if (!(await store.get(id))) return err(refusal('NOT_FOUND', `There is no webhook ${id}.`));
    if (number === undefined) return ok(0);
    return err(refusal('NOT_FOUND', `There is no dead letter ${number}.`));
  }

  async #shown(
    stored: Result<StoredWebhook, Refusal>,
    secret: string,
  ): Promise<Result<WebhookWithSecret, Refusal>> {
    if (!stored.ok) return stored;
    return ok({ ...(await this.#view(stored.value)), secret });
  }

  async #view({
    sealedSecret: _secret,
    sealedPrevious: _previous,
    previousUntil: _until,
    ...shown
  }: StoredWebhook): Promise<WebhookView> {
    return { ...shown, deliveries: await this.#options.store.counts(shown.id) };
  }
}
