import { iso } from '../lib/clock.ts';
import { PERSONAL_FIELDS, type WebhookMessage } from '../model/webhook.ts';

/** What is sent of a message: `{ type, timestamp, data }`, as Standard Webhooks has it. */
export function payloadOf({ type, at, data }: WebhookMessage, personalData: boolean): string {
  const shown = personalData
    ? data
    : Object.fromEntries(Object.entries(data).filter(([key]) => !PERSONAL_FIELDS.has(key)));
  return JSON.stringify({ type, timestamp: iso(at), data: shown });
}
