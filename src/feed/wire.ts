import { iso } from '../lib/clock.ts';
import { liveWire } from '../model/agent-wire.ts';
import type { CallContext } from '../model/call.ts';
import type { StoredVoicemail } from '../model/voicemail.ts';
import type { QueueStatistics } from '../runtime/ports/feed.ts';
import type {
  AgentView,
  CallbackView,
  CallView,
  LiveChange,
  QueueView,
} from '../runtime/ports/index.ts';

// The views as they leave the house: times as ISO 8601 in UTC, as in the API.

export function agentWire({ id, name, extension, team, queueIds, ...live }: AgentView) {
  return {
    id,
    name,
    extension,
    ...(team === undefined ? {} : { team }),
    ...(queueIds === undefined ? {} : { queueIds }),
    ...liveWire(live),
  };
}

export function queueWire({ oldestSince, ...queue }: QueueView) {
  return { ...queue, ...(oldestSince === undefined ? {} : { oldestSince: iso(oldestSince) }) };
}

/** The country of the number that was called is for the grammar alone. */
export function contextWire({ recentCalls, country: _country, ...context }: CallContext) {
  if (!recentCalls) return context;
  return {
    ...context,
    recentCalls: recentCalls.map(({ at, ...call }) => ({ at: iso(at), ...call })),
  };
}

export function callWire({ arrivedAt, queuedAt, context, supervisions, ...call }: CallView) {
  const listening = supervisions?.map((one) => ({ ...one, since: iso(one.since) }));
  return {
    ...call,
    ...(listening ? { supervisions: listening } : {}),
    arrivedAt: iso(arrivedAt),
    ...(queuedAt === undefined ? {} : { queuedAt: iso(queuedAt) }),
    context: contextWire(context),
  };
}

export function callbackWire({ madeAt, notBefore, expiresAt, ...callback }: CallbackView) {
  return {
    ...callback,
    madeAt: iso(madeAt),
    notBefore: iso(notBefore),
    expiresAt: iso(expiresAt),
  };
}

export function messageWire({ at, handledAt, ...message }: StoredVoicemail) {
  return {
    ...message,
    at: iso(at),
    ...(handledAt === undefined ? {} : { handledAt: iso(handledAt) }),
  };
}

export function statisticsWire({ today, ...queue }: QueueStatistics) {
  const { waitedMs, ...figures } = today;
  const { answered, answeredWithin, abandoned, leftOtherwise } = figures;
  const counted = answered + abandoned + leftOtherwise;
  return {
    ...queue,
    today: {
      ...figures,
      ...(counted > 0 ? { serviceLevel: answeredWithin / counted } : {}),
      ...(answered > 0 ? { averageWaitMs: Math.round(waitedMs / answered) } : {}),
    },
  };
}

/** One numbered step: the new view of what changed, or the id of what is gone. */
export function changeWire(change: LiveChange) {
  const { seq, topic } = change;
  const head = { seq, at: iso(change.at), topic };
  if ('agent' in change) return { ...head, agent: agentWire(change.agent) };
  if ('queue' in change) return { ...head, queue: queueWire(change.queue) };
  if ('call' in change) return { ...head, call: callWire(change.call) };
  if ('line' in change) return { ...head, queueId: change.queueId, line: change.line };
  if ('callback' in change) return { ...head, callback: callbackWire(change.callback) };
  if ('message' in change) return { ...head, message: messageWire(change.message) };
  return { ...head, goneId: change.goneId };
}
