import type { Static } from 'typebox';
import { type EpochMs, iso } from '../../../lib/clock.ts';
import type { WebhookDelivery } from '../../../model/webhook.ts';
import type { SendResult, WebhookView } from '../../../runtime/ports/webhooks.ts';
import type { DeliveryAnswer, TestAnswer, WebhookAnswer } from './schemas.ts';

export function webhookAnswer(view: WebhookView, now: EpochMs): Static<typeof WebhookAnswer> {
  const { failingSince, restUntil, disabledAt, updatedAt, ...rest } = view;
  return {
    ...rest,
    state: stateOf(view, now),
    ...(failingSince === undefined ? {} : { failingSince: iso(failingSince) }),
    ...(restUntil === undefined ? {} : { restUntil: iso(restUntil) }),
    ...(disabledAt === undefined ? {} : { disabledAt: iso(disabledAt) }),
    updatedAt: iso(updatedAt),
  };
}

function stateOf(view: WebhookView, now: EpochMs): Static<typeof WebhookAnswer>['state'] {
  const { enabled, disabledAt, restUntil, failures } = view;
  if (!enabled) return 'paused';
  if (disabledAt !== undefined) return 'disabled';
  if (restUntil !== undefined && restUntil > now) return 'resting';
  return failures > 0 ? 'failing' : 'active';
}

export function deliveryAnswer(delivery: WebhookDelivery): Static<typeof DeliveryAnswer> {
  const { number, id, type, at, state, attempts, dueAt, finishedAt, data } = delivery;
  const { lastStatus, lastError } = delivery;
  return {
    number,
    messageId: id,
    type,
    at: iso(at),
    state,
    attempts,
    ...(state === 'pending' ? { dueAt: iso(dueAt) } : {}),
    ...(finishedAt === undefined ? {} : { finishedAt: iso(finishedAt) }),
    ...(lastStatus === undefined ? {} : { lastStatus }),
    ...(lastError === undefined ? {} : { lastError }),
    data,
  };
}

export const testAnswer = (result: SendResult): Static<typeof TestAnswer> => ({
  delivered: result.ok,
  ...(result.status === undefined ? {} : { status: result.status }),
  ...(result.ok ? {} : { error: result.error }),
  tookMs: result.tookMs,
});
