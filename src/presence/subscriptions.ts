import type Srf from 'drachtio-srf';
import type { AgentConfig } from '../model/agent.ts';
import type { PresenceSource } from '../model/arrival.ts';
import type { AgentId } from '../model/ids.ts';
import type { PresenceWord } from '../model/presence.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';

export interface SubscriptionsOptions
  extends Pick<SubscriptionOptions, 'srf' | 'clock' | 'newId' | 'log' | 'auth'> {
  /** Whether requests may leave for that host. */
  allows(host: string): boolean;
  heard(agentId: AgentId, word: PresenceWord): void;
  lost(agentId: AgentId): void;
}

/** More people at other systems than this are not subscribed to. */
const SUBSCRIPTIONS_MAX = 2_000;
/** One after the other: nobody's phone system is flooded because ours starts. */
const PACE_MS = 20;

interface Kept {
  readonly source: PresenceSource;
  readonly subscription: Subscription;
}

/** Everybody whose own system says whether they can be reached. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #kept = new Map<AgentId, Kept>();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    const notified = (req: Srf.SrfRequest, res: Srf.SrfResponse) => this.#notified(req, res);
    options.srf.use('notify', notified);
  }

  /** Those of the configuration, and no others. */
  configure(agents: readonly AgentConfig[]): void {
    const wanted = new Map(
      agents.flatMap(({ id, presence }) => (presence ? [[id, presence] as const] : [])),
    );
    for (const [id, { source, subscription }] of this.#kept) {
      if (isSame(wanted.get(id), source) && this.#options.allows(hostOf(source))) continue;
      this.#kept.delete(id);
      void subscription.stop();
      this.#options.lost(id);
    }
    const begun: Subscription[] = [];
    for (const [id, source] of wanted) {
      if (this.#kept.has(id) || this.#kept.size >= SUBSCRIPTIONS_MAX) continue;
      if (!this.#mayAsk(id, source)) continue;
      const subscription = this.#subscriptionFor(id, source);
      this.#kept.set(id, { source, subscription });
      begun.push(subscription);
    }
    this.#startAll(begun);
  }

  /** drachtio is connected again: whatever there was is gone. */
  renew(): void {
    this.#startAll([...this.#kept.values()].map(({ subscription }) => subscription));
  }

  #startAll(subscriptions: readonly Subscription[]): void {
    for (const [nth, subscription] of subscriptions.entries())
      this.#options.clock.after(nth * PACE_MS, () => subscription.start());
  }

  /** Takes them back, as far as the others can still be reached. */
  async close(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map(({ subscription }) => subscription.stop()));
  }

  #subscriptionFor(id: AgentId, source: PresenceSource): Subscription {
    const { clock, heard, lost } = this.#options;
    return new Subscription({
      ...this.#options,
      source,
      heard: (status, forMs) => {
        const at = clock.now();
        heard(id, { status, by: 'subscription', at, until: at + forMs });
      },
      lost: () => lost(id),
    });
  }

  #mayAsk(agentId: AgentId, source: PresenceSource): boolean {
    const host = hostOf(source);
    if (this.#options.allows(host)) return true;
    this.#options.log.warn({ agentId, host }, 'Not subscribed: the host is no allowed destination');
    return false;
  }

  /** One that came before the answer to its SUBSCRIBE, or of a subscription that nobody here has. */
  #notified(req: Srf.SrfRequest, res: Srf.SrfResponse): void {
    const sipCallId = req.get('Call-ID');
    const kept = [...this.#kept.values()].find(
      ({ subscription }) => subscription.sipCallId === sipCallId,
    );
    if (kept) kept.subscription.notified(req, res);
    else res.send(481);
  }
}

const hostOf = ({ uri }: PresenceSource): string => /@([^:;]+)/.exec(uri)?.[1]?.toLowerCase() ?? '';

const isSame = (one: PresenceSource | undefined, other: PresenceSource): boolean =>
  one?.uri === other.uri && one.event === other.event;
