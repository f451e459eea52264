import Type from 'typebox';
import { DELIVERY_STATES, WEBHOOK_EVENTS, WEBHOOK_PATTERNS } from '../../../model/webhook.ts';
import { Id, Named, PageOf, PageQuery, Revision, Text, Timestamp } from '../../schemas.ts';

const strict = { additionalProperties: false };

const settings = {
  name: Text(100, 'CRM'),
  url: Type.String({
    minLength: 1,
    maxLength: 2_000,
    description:
      'https; plain http only to the private networks of WEBHOOK_PRIVATE. Redirects are not followed.',
    examples: ['https://crm.example.com/hooks/centralita'],
  }),
  events: Type.Unsafe<readonly string[]>(
    Type.Array(Type.Enum([...WEBHOOK_PATTERNS]), {
      minItems: 1,
      maxItems: WEBHOOK_PATTERNS.length,
      uniqueItems: true,
      description: 'Types as in /v1/webhooks/events; `call.*` for all that begin so, `*` for all',
      examples: [['call.finished', 'voicemail.left', 'callback.*']],
    }),
  ),
  personalData: Type.Boolean({
    default: true,
    description:
      'False: numbers, names, contacts and what callers told the flow are left out of what is sent',
  }),
  enabled: Type.Boolean({
    default: true,
    description: 'False: nothing is sent, and what happens meanwhile is not kept for it',
  }),
};

export const WebhookBody = Named(
  'WebhookBody',
  Type.Object({ id: Id('crm'), ...settings }, strict),
);
export const WebhookPatch = Named(
  'WebhookPatch',
  Type.Partial(
    Type.Object({
      ...settings,
      personalData: Type.Boolean(),
      enabled: Type.Boolean({
        description: 'True also ends what the breaker has decided: it is tried again at once',
      }),
    }),
    { ...strict, minProperties: 1 },
  ),
);

const Counts = Type.Object(
  Object.fromEntries(
    DELIVERY_STATES.map((state) => [state, Type.Integer({ examples: [0] })]),
  ) as Record<(typeof DELIVERY_STATES)[number], ReturnType<typeof Type.Integer>>,
  { description: 'Delivered ones are kept for a day, dead ones for 30' },
);

const answer = {
  id: Id('crm'),
  ...settings,
  state: Type.Enum(['active', 'failing', 'resting', 'disabled', 'paused'], {
    description:
      'failing: the last attempt failed · resting: too many did, nothing is tried until `restUntil` · disabled: given up; what happens becomes dead letters until somebody enables it · paused: not enabled',
    examples: ['active'],
  }),
  failures: Type.Integer({ description: 'Attempts that failed in a row', examples: [0] }),
  failingSince: Type.Optional(Timestamp),
  restUntil: Type.Optional(Timestamp),
  lastError: Type.Optional(Type.String({ examples: ['timeout'] })),
  disabledAt: Type.Optional(Timestamp),
  disabledReason: Type.Optional(Type.String({ examples: ['It answered 410 Gone.'] })),
  deliveries: Counts,
  ...Revision,
};

export const WebhookAnswer = Named('Webhook', Type.Object(answer));
export const WebhookWithSecret = Named(
  'WebhookWithSecret',
  Type.Object({
    ...answer,
    secret: Type.String({
      description: 'What deliveries are signed with (Standard Webhooks); shown this once',
      examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
    }),
  }),
);
export const WebhookList = Named('WebhookList', Type.Object({ items: Type.Array(WebhookAnswer) }));

export const EventList = Named(
  'WebhookEventList',
  Type.Object({
    items: Type.Array(
      Type.Object({
        type: Type.String({ examples: ['call.finished'] }),
        description: Type.String({
          examples: [WEBHOOK_EVENTS['call.finished']?.description ?? ''],
        }),
        example: Type.Unsafe<Readonly<Record<string, unknown>>>(
          Type.Object({}, { additionalProperties: true, description: '`data` of what is sent' }),
        ),
      }),
    ),
  }),
);

export const TestAnswer = Named(
  'WebhookTest',
  Type.Object({
    delivered: Type.Boolean(),
    status: Type.Optional(Type.Integer({ description: 'What it answered', examples: [204] })),
    error: Type.Optional(
      Type.String({
        description: 'status, timeout, unreachable, addressRefused, tls, secret',
        examples: ['timeout'],
      }),
    ),
    tookMs: Type.Integer({ examples: [83] }),
  }),
);

const DeliveryNumber = Type.String({ pattern: '^[1-9][0-9]{0,17}$', examples: ['1042'] });

export const DeliveryAnswer = Named(
  'WebhookDelivery',
  Type.Object({
    number: DeliveryNumber,
    messageId: Type.String({
      description: '`webhook-id`: the same at every attempt',
      examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11'],
    }),
    type: Type.String({ examples: ['call.finished'] }),
    at: Timestamp,
    state: Type.Enum([...DELIVERY_STATES], { examples: ['dead'] }),
    attempts: Type.Integer({ examples: [12] }),
    dueAt: Type.Optional({ ...Timestamp, description: 'Of pending ones: not before' }),
    finishedAt: Type.Optional(Timestamp),
    lastStatus: Type.Optional(Type.Integer({ examples: [500] })),
    lastError: Type.Optional(Type.String({ examples: ['status'] })),
    data: Type.Unsafe<Readonly<Record<string, unknown>>>(
      Type.Object({}, { additionalProperties: true }),
    ),
  }),
);
export const DeliveryPage = PageOf(DeliveryAnswer);

export const DeliveryQuery = Type.Object(
  {
    ...PageQuery,
    state: Type.Optional(Type.Enum([...DELIVERY_STATES], { examples: ['dead'] })),
  },
  strict,
);

export const DeliveryParams = Type.Object({ id: Id('crm'), number: DeliveryNumber });

export const ReplayAnswer = Named(
  'WebhookReplay',
  Type.Object({
    replayed: Type.Integer({
      description: 'So many dead letters are on their way again',
      examples: [3],
    }),
  }),
);
export const DiscardAnswer = Named(
  'WebhookDiscard',
  Type.Object({
    discarded: Type.Integer({ description: 'So many dead letters are gone', examples: [3] }),
  }),
);
