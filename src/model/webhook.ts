import type { EpochMs } from '../lib/clock.ts';

/** Where the house sends what happens, and which of it. */
export interface WebhookConfig {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Types, `call.*` for all that begin so, `*` for all. */
  readonly events: readonly string[];
  /** Whether numbers, names and what callers told the flow are in what is sent. */
  readonly personalData: boolean;
  /** False: nothing is sent, and nothing is kept to be sent. */
  readonly enabled: boolean;
}

/** How an endpoint does. */
export interface WebhookHealth {
  /** Attempts that failed in a row. */
  readonly failures: number;
  readonly failingSince?: EpochMs;
  /** Nothing is tried before. */
  readonly restUntil?: EpochMs;
  readonly lastError?: string;
  /** The breaker has given it up: until somebody enables it again, what happens becomes dead letters. */
  readonly disabledAt?: EpochMs;
  readonly disabledReason?: string;
}

/** One thing that happened, on its way to whoever wants it. */
export interface WebhookMessage {
  /** The same at every attempt and for every endpoint: `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly at: EpochMs;
  /** Messages with the same key are delivered in order, one after the other. */
  readonly orderKey: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A message to one endpoint. */
export interface WebhookDelivery extends WebhookMessage {
  /** Counts up in the order in which things happened. */
  readonly number: string;
  readonly webhookId: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Of those that are pending: not before. */
  readonly dueAt: EpochMs;
  /** What the endpoint answered last, and why it was not delivered. */
  readonly lastStatus?: number;
  readonly lastError?: string;
  readonly finishedAt?: EpochMs;
}

interface EventEntry {
  readonly description: string;
  readonly example: Readonly<Record<string, unknown>>;
}

const event = (description: string, example: EventEntry['example']): EventEntry => ({
  description,
  example,
});
const CALL = { callId: '6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55', seq: 3 };

/** What can be subscribed to. Steps of calls carry the call's id and their number in its history. */
export const WEBHOOK_EVENTS: Readonly<Record<string, EventEntry>> = {
  'call.arrived': event('A call has come in', {
    ...CALL,
    dnis: '8005550100',
    ani: '+525555550001',
  }),
  'caller.identified': event('The flow knows who calls', {
    ...CALL,
    status: 'vip',
    language: 'es-MX',
    contactId: 'ana-garcia',
  }),
  'call.queued': event('It waits in a queue', {
    ...CALL,
    queueId: 'ventas',
    position: 2,
    priority: 8,
  }),
  'call.overflowed': event('It waits in another queue now', {
    ...CALL,
    fromQueueId: 'ventas',
    queueId: 'general',
    when: 'maxWait',
    position: 1,
  }),
  'offer.made': event("An agent's phone rings for it", {
    ...CALL,
    offerId: 'offer-7',
    agentId: '1001',
    queueId: 'ventas',
    expiresAt: '2026-03-02T09:30:20.000Z',
  }),
  'offer.withdrawn': event('The phone rings no more', {
    ...CALL,
    offerId: 'offer-7',
    agentId: '1001',
    why: 'noAnswer',
  }),
  'offer.failed': event('The phone could not be reached, was busy, or refused', {
    ...CALL,
    offerId: 'offer-7',
    agentId: '1001',
    cause: 'busy',
  }),
  'call.connected': event('Caller and agent speak', {
    ...CALL,
    offerId: 'offer-7',
    agentId: '1001',
    waitMs: 12_300,
  }),
  'call.returned': event('The agent was lost; the caller waits again', {
    ...CALL,
    agentId: '1001',
    cause: 'agentLost',
  }),
  'call.prioritised': event('A call that waits has another priority, and its place', {
    ...CALL,
    queueId: 'ventas',
    priority: 9,
    position: 1,
  }),
  'call.left': event('It has left the queue without an agent', {
    ...CALL,
    queueId: 'ventas',
    outcome: 'abandoned',
    waitMs: 31_000,
  }),
  'call.held': event('The agent has put the other side on hold', { ...CALL, agentId: '1001' }),
  'call.retrieved': event('They speak again', { ...CALL, agentId: '1001' }),
  'call.consulted': event('The agent asks somebody first', { ...CALL, agentId: '1001' }),
  'call.conferenced': event('Three speak', { ...CALL, agentId: '1001' }),
  'call.transferred': event('It has gone to somebody else', {
    ...CALL,
    agentId: '1001',
    target: '1002',
    to: 'agent',
    how: 'attended',
  }),
  'call.cameBack': event('Nobody else came for it: whoever let it go has it again', {
    ...CALL,
    agentId: '1001',
  }),
  'call.disposed': event('The agent has said what became of it', {
    ...CALL,
    agentId: '1001',
    disposition: 'vendido',
  }),
  'call.parked': event('It waits to be picked up', { ...CALL, agentId: '1001' }),
  'transfer.connected': event('The flow has connected the caller with somebody', {
    ...CALL,
    target: '+525555550099',
  }),
  'transfer.failed': event('Whom the flow called was not reached', { ...CALL, cause: 'noAnswer' }),
  'recording.started': event('The conversation is recorded', { ...CALL }),
  'recording.paused': event('Not now', { ...CALL }),
  'recording.resumed': event('Again', { ...CALL }),
  'recording.stopped': event('Not any more', { ...CALL }),
  'survey.answered': event('The caller has said how it was', {
    ...CALL,
    question: 'satisfaccion',
    score: 5,
  }),
  'call.finished': event('It is over: its record, as in /v1/cdrs', {
    callId: CALL.callId,
    dnis: '8005550100',
    ani: '+525555550001',
    status: 'vip',
    outcome: 'answered',
    endedBy: 'caller',
    queueId: 'ventas',
    agentId: '1001',
    arrivedAt: '2026-03-02T09:30:00.000Z',
    endedAt: '2026-03-02T09:34:10.000Z',
    waitMs: 12_300,
    talkMs: 201_000,
    variables: {},
  }),
  'callback.made': event('A customer will be rung back', { ...CALL, queueId: 'ventas' }),
  'callback.attemptFailed': event('They were not reached this time', {
    ...CALL,
    agentId: '1001',
    attempt: 1,
    cause: 'noAnswer',
    counted: true,
  }),
  'callback.paused': event('They are on the line themselves', { ...CALL, queueId: 'ventas' }),
  'callback.resumed': event('That call went unanswered: they will be rung', {
    ...CALL,
    queueId: 'ventas',
    notBefore: '2026-03-02T09:30:00.000Z',
  }),
  'callback.reached': event('They speak with the agent', { ...CALL, agentId: '1001' }),
  'callback.ended': event('The promise is kept, or over', {
    ...CALL,
    outcome: 'reached',
    attempts: 1,
  }),
  'voicemail.left': event('A caller has left a message', {
    voicemailId: '6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55-1',
    callId: CALL.callId,
    at: '2026-03-02T09:30:00.000Z',
    durationMs: 14_500,
    dnis: '8005550100',
    language: 'es-MX',
    queueId: 'ventas',
  }),
  'agent.state': event('An agent does something else now', {
    agentId: '1001',
    state: 'notReady',
    reason: 'pausa',
  }),
};

/** Sent by `POST /v1/webhooks/{id}/test` alone. */
export const TEST_EVENT = 'webhook.test';

/** Fields that tell who somebody is. They are left out where a subscription does without. */
export const PERSONAL_FIELDS: ReadonlySet<string> = new Set([
  'ani',
  'number',
  'name',
  'callerName',
  'contactId',
  'target',
  'to',
  'transferredTo',
  'variables',
]);

/** Whether a subscription to `patterns` wants the type. */
export function wantsEvent(patterns: readonly string[], type: string): boolean {
  const family = `${type.slice(0, type.indexOf('.'))}.*`;
  return patterns.some((pattern) => pattern === '*' || pattern === type || pattern === family);
}

/** What may be subscribed to: every type, and families of them. */
export const WEBHOOK_PATTERNS: readonly string[] = [
  '*',
  ...new Set(Object.keys(WEBHOOK_EVENTS).map((type) => `${type.slice(0, type.indexOf('.'))}.*`)),
  ...Object.keys(WEBHOOK_EVENTS),
];
