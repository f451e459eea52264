import type { Clock, Timer } from '../lib/clock.ts';
import { type Refusal, refusal } from '../lib/errors.ts';
import type { NewId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Seal } from '../lib/seal.ts';
import { TEST_EVENT, type WebhookMessage, wantsEvent } from '../model/webhook.ts';
import type { RecordSink } from '../runtime/ports/index.ts';
import type {
  MessageSink,
  SendResult,
  StoredWebhook,
  WebhookDesk,
  WebhookOutbox,
  WebhookStore,
} from '../runtime/ports/webhooks.ts';
import type { Persistence } from './breaker.ts';
import { Courier } from './courier.ts';
import { Desk } from './desk.ts';
import { Messages } from './messages.ts';
import { payloadOf } from './payload.ts';
import type { Sender } from './sender.ts';
import { signedHeaders } from './signature.ts';
import { sweepOutbox } from './sweeper.ts';

export interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly outbox: WebhookOutbox;
  readonly sink: MessageSink;
  readonly sender: Sender;
  readonly seal: Seal;
  readonly persistence: Persistence;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: NewId;
  /** From 0 to 1. */
  readonly dice: () => number;
  readonly onAttempt?: (webhookId: string, outcome: string, tookMs: number) => void;
  readonly onDeadLetters?: (count: number) => void;
}

export interface Webhooks {
  readonly desk: WebhookDesk;
  /** What is subscribed to may have changed. */
  changed(): Promise<void>;
  /** The same sink; what it is given becomes messages, too. */
  tap(records: RecordSink): RecordSink;
  /** Idempotent. Lets attempts that are under way come to their end. */
  close(): Promise<void>;
}

/** Another node, or a hand in the database, may have changed what is subscribed to. */
const SUBSCRIPTIONS_MS = 10_000;
const TESTS_MAX = 5;

/** Opens the room. Rejects when the database is away. */
export async function openWebhooks(options: WebhooksOptions): Promise<Webhooks> {
  const { store, sink, sender, clock, log, newId } = options;
  let patterns: readonly string[] = [];
  const refresh = async (): Promise<void> => {
    const all = await store.all();
    patterns = all.filter(({ enabled }) => enabled).flatMap(({ events }) => events);
  };
  await refresh();
  const refreshing = again(clock, SUBSCRIPTIONS_MS, () =>
    refresh().catch((error: unknown) =>
      log.debug({ error: String(error) }, 'Subscriptions cannot be read; the old ones hold'),
    ),
  );
  const messages = new Messages(newId, (type) => wantsEvent(patterns, type));
  const send = (webhook: StoredWebhook, message: WebhookMessage): Promise<SendResult> =>
    sendSigned(options, webhook, message);
  const courier = new Courier({ ...options, send });
  const sweeping = sweepOutbox(options);
  const desk = new Desk({
    ...options,
    nudge: () => courier.nudge(),
    test: testOf(store, clock, newId, send),
  });
  const publish = (message: WebhookMessage | undefined): void => {
    if (!message) return;
    sink.webhook(message);
    courier.nudge();
  };
  return {
    desk,
    async changed() {
      await refresh();
      courier.nudge();
    },
    tap: (records) => ({
      event(event) {
        records.event(event);
        publish(messages.ofEvent(event));
      },
      cdr(cdr) {
        records.cdr(cdr);
        publish(messages.ofCdr(cdr));
      },
      agentState(record) {
        records.agentState(record);
        publish(messages.ofAgentState(record));
      },
      voicemail(voicemail) {
        records.voicemail(voicemail);
        publish(messages.ofVoicemail(voicemail));
      },
      recording: (recording) => records.recording(recording),
      flush: () => records.flush(),
    }),
    async close() {
      refreshing.stop();
      sweeping.stop();
      await courier.stop();
      sender.close();
    },
  };
}

async function sendSigned(
  { seal, sender, clock }: WebhooksOptions,
  webhook: StoredWebhook,
  message: WebhookMessage,
): Promise<SendResult> {
  const now = clock.now();
  const { sealedSecret, sealedPrevious, previousUntil = 0 } = webhook;
  const sealed = [sealedSecret, ...(sealedPrevious && now < previousUntil ? [sealedPrevious] : [])];
  const secrets = sealed.flatMap((one) => seal.open(one) ?? []);
  // What cannot be signed as agreed is not sent.
  if (secrets.length < sealed.length) return { ok: false, error: 'secret', tookMs: 0 };
  const body = payloadOf(message, webhook.personalData);
  return sender.post(webhook.url, signedHeaders(message.id, body, now, secrets), body);
}

/** Sends one message that says that it is a test; several at once, but not many. */
function testOf(
  store: WebhookStore,
  clock: Clock,
  newId: NewId,
  send: (webhook: StoredWebhook, message: WebhookMessage) => Promise<SendResult>,
) {
  let running = 0;
  return async (id: string): Promise<Result<SendResult, Refusal>> => {
    const webhook = await store.get(id);
    if (!webhook) return err(refusal('NOT_FOUND', `There is no webhook ${id}.`));
    if (running >= TESTS_MAX) return err(refusal('OVERLOADED', 'Other tests are under way.'));
    running += 1;
    try {
      const about = { webhookId: id, message: 'This is a test.' };
      const at = clock.now();
      return ok(
        await send(webhook, { id: newId(), type: TEST_EVENT, at, orderKey: id, data: about }),
      );
    } finally {
      running -= 1;
    }
  };
}

/** Does the work again and again, with that pause in between. It never rejects. */
function again(clock: Clock, pauseMs: number, work: () => Promise<void>): { stop(): void } {
  let timer: Timer | undefined;
  let stopped = false;
  const next = (): void => {
    timer = clock.after(pauseMs, () => {
      void work().finally(() => {
        if (!stopped) next();
      });
    });
  };
  next();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
