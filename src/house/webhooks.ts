import { Histogram, type Registry } from 'prom-client';
import { newUuid as newId } from '../lib/ids.ts';
import { Seal } from '../lib/seal.ts';
import { countDeadLetters } from '../reporting/dead-letters.ts';
import type { Store } from '../store/store.ts';
import { Sender } from '../webhooks/sender.ts';
import { openWebhooks, type Webhooks } from '../webhooks/webhooks.ts';
import type { Foundation } from './foundation.ts';

export async function openWebhookRoom(
  { config, clock, log, metrics, closing }: Foundation,
  store: Store,
  sealKey: string,
): Promise<Webhooks> {
  const { privateNetworks } = config.webhooks;
  const { settings } = store.admin;
  const webhooks = await openWebhooks({
    store: store.webhooks,
    outbox: store.webhookOutbox,
    sink: store.records,
    sender: new Sender({ privateNetworks, clock }),
    seal: new Seal(sealKey),
    persistence: {
      get attemptsMax() {
        return settings.current.webhookAttemptsMax;
      },
      get retryMs() {
        return settings.current.webhookRetrySeconds * 1_000;
      },
      get giveUpMs() {
        return settings.current.webhookGiveUpHours * 3_600_000;
      },
    },
    clock,
    log,
    newId,
    dice: Math.random,
    onAttempt: measureAttempts(metrics),
    onDeadLetters: countDeadLetters(metrics),
  });
  store.afterChange(() => webhooks.changed());
  closing.add('webhooks', () => webhooks.close());
  return webhooks;
}

function measureAttempts(registry: Registry) {
  const histogram = new Histogram({
    name: 'centralita_webhook_seconds',
    help: 'Attempts to deliver webhooks, by what came of them',
    labelNames: ['webhook', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (webhook: string, outcome: string, tookMs: number) =>
    histogram.observe({ webhook, outcome }, tookMs / 1_000);
}
