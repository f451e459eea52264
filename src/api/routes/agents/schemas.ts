import Type from 'typebox';
import { MapOf } from '../../../lib/map-schema.ts';
import { MONTHLY_CAP_DEFAULT, MONTHLY_CAP_MAX, QUEUE_RANK_MAX } from '../../../model/agent.ts';
import { Arrival, Device, Presence } from '../../arrival-schemas.ts';
import { Hours } from '../../hours-schemas.ts';
import {
  Id,
  LanguageName,
  Named,
  PageOf,
  Revision,
  Skills,
  Text,
  Timestamp,
} from '../../schemas.ts';

const Extension = Type.String({
  pattern: '^[0-9]{2,10}$',
  description: "Digits; the SIP user name of the agent's phone",
  examples: ['1001'],
});

const settings = {
  name: Text(100, 'Carmen Ruiz'),
  extension: Extension,
  skills: Skills,
  queueIds: Type.Array(Id('ventas'), { maxItems: 200, uniqueItems: true, examples: [['ventas']] }),
};

export const Casual = Type.Object(
  {
    monthlyCap: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MONTHLY_CAP_MAX,
        description: `Answered calls a month, never exceeded; ${MONTHLY_CAP_DEFAULT} if not named`,
        examples: [MONTHLY_CAP_DEFAULT],
      }),
    ),
    hours: Type.Optional(Hours),
    alwaysOn: Type.Optional(
      Type.Boolean({
        description: 'Signed in and ready whenever the phone is registered and within hours',
      }),
    ),
  },
  { additionalProperties: false, description: 'Somebody who helps a few times a month' },
);

/** What only some agents have; in a PATCH, null takes it away (RFC 7396). */
const limits = {
  team: { ...Text(64, 'ventas-norte'), description: 'Whose supervisors may see and steer them' },
  groupIds: Type.Unsafe<readonly string[]>(
    Type.Array(Text(64, 'refuerzo'), {
      maxItems: 100,
      uniqueItems: true,
      description: 'Groups to which the calls of a queue may be widened while they wait',
    }),
  ),
  queueRanks: MapOf(Type.Integer({ minimum: 1, maximum: QUEUE_RANK_MAX }), {
    description: 'By queue, for `top-down`: 1 is asked first',
    examples: [{ ventas: 1 }],
  }),
  zone: Type.String({
    minLength: 1,
    maxLength: 64,
    description: "IANA time zone; absent: the house's",
    examples: ['Europe/Madrid'],
  }),
  casual: Casual,
  dailyCallsMax: Type.Integer({ minimum: 0, maximum: 10_000, examples: [60] }),
  notReadyMsMax: Type.Integer({
    minimum: 1_000,
    maximum: 86_400_000,
    description: 'Who has been not ready for longer is signed out',
    examples: [5_400_000],
  }),
  unreachableSignOutMs: Type.Integer({
    minimum: 1_000,
    maximum: 86_400_000,
    description: 'Who has had no phone for longer is signed out',
    examples: [900_000],
  }),
  device: Device,
  language: LanguageName,
  arrival: Arrival,
  presence: Presence,
};
const nullable = Type.Object({
  team: Type.Union([limits.team, Type.Null()]),
  groupIds: Type.Union([limits.groupIds, Type.Null()]),
  queueRanks: Type.Union([limits.queueRanks, Type.Null()]),
  zone: Type.Union([limits.zone, Type.Null()]),
  casual: Type.Union([limits.casual, Type.Null()]),
  dailyCallsMax: Type.Union([limits.dailyCallsMax, Type.Null()]),
  notReadyMsMax: Type.Union([limits.notReadyMsMax, Type.Null()]),
  unreachableSignOutMs: Type.Union([limits.unreachableSignOutMs, Type.Null()]),
  device: Type.Union([limits.device, Type.Null()]),
  language: Type.Union([limits.language, Type.Null()]),
  arrival: Type.Union([limits.arrival, Type.Null()]),
  presence: Type.Union([limits.presence, Type.Null()]),
}).properties;

/** They go in and never come out. */
const secrets = {
  sipPassword: Type.String({
    pattern: '^[\\u0020-\\u007E]{8,128}$',
    writeOnly: true,
    description: '8 to 128 printable ASCII characters; only its digests are kept',
    examples: ['vF7-tulipan-1001'],
  }),
  pin: Type.String({
    pattern: '^[0-9]{4,12}$',
    writeOnly: true,
    description: 'What the agent types on a phone to sign in',
    examples: ['2741'],
  }),
};

export const AgentBody = Named(
  'AgentBody',
  Type.Object(
    {
      id: Id('1001'),
      name: settings.name,
      extension: settings.extension,
      skills: Type.Optional(settings.skills),
      queueIds: Type.Optional(settings.queueIds),
      ...Type.Partial(Type.Object(limits)).properties,
      ...Type.Partial(Type.Object(secrets)).properties,
    },
    { additionalProperties: false },
  ),
);
export const AgentPatch = Named(
  'AgentPatch',
  Type.Partial(Type.Object({ ...settings, ...nullable, ...secrets }), {
    additionalProperties: false,
    minProperties: 1,
  }),
);

const Count = Type.Integer({ minimum: 0, examples: [2] });
const Month = Type.String({ description: "Of the agent's zone", examples: ['2026-11'] });

const summary = {
  month: Month,
  cap: Type.Optional({ ...Count, description: 'Absent: no casual agent', examples: [30] }),
  spent: { ...Count, description: 'Answered this month' },
  reserved: { ...Count, description: 'Their phone is ringing' },
  day: Type.String({ examples: ['2026-11-23'] }),
  dayMax: Type.Optional({ ...Count, description: 'Absent: no limit' }),
  daySpent: Count,
  isOpen: Type.Boolean({ description: 'Whether their own hours are open' }),
};

/** An agent's account in full. */
export const LedgerAnswer = Named(
  'CasualLedger',
  Type.Object({
    agentId: Id('1007'),
    zone: Type.String({ examples: ['America/Mexico_City'] }),
    ...summary,
    monthEndsAt: Timestamp,
    dayEndsAt: Timestamp,
    hoursChangeAt: Type.Optional({ ...Timestamp, description: 'When they next open or close' }),
    exhaustion: Type.Optional(
      Type.Object(
        {
          kind: Type.Enum(['unknown', 'lasts', 'runsOut', 'exhausted'], { examples: ['runsOut'] }),
          at: Type.Optional(Timestamp),
          day: Type.Optional(Type.String({ examples: ['2026-11-27'] })),
        },
        { description: "At this month's rate, over the agent's own open hours" },
      ),
    ),
    calls: Type.Array(
      Type.Object({ callId: Type.String(), queueId: Id('ventas'), at: Timestamp }),
      {
        description: 'What was spent on which call this month, oldest first',
      },
    ),
    past: Type.Array(
      Type.Object({ month: Month, spent: Count, cap: Type.Union([Count, Type.Null()]) }),
      { description: 'Up to twelve months, oldest first' },
    ),
  }),
);

const STATES = ['offline', 'ready', 'notReady', 'offered', 'talking', 'wrapUp'] as const;

/** What the engine knows of an agent. */
export const Live = Type.Object({
  state: Type.Enum([...STATES], { examples: ['notReady'] }),
  since: Timestamp,
  reason: Type.Optional(
    Type.String({
      description: 'Of `notReady`; of `offline`, why a rule signed them out: noPhone, hours …',
      examples: ['lunch'],
    }),
  ),
  callId: Type.Optional(Type.String({ description: 'Of `offered`, `talking` and `wrapUp`' })),
  offerId: Type.Optional(Type.String({ description: 'Of `offered`' })),
  until: Type.Optional({ ...Timestamp, description: 'When `wrapUp` or `notReady` ends by itself' }),
  reachable: Type.Boolean({ description: 'Whether a phone of theirs is registered' }),
  phone: Type.Optional(
    Type.String({ description: "Another's phone, at which they sit now", examples: ['1050'] }),
  ),
  next: Type.Optional(
    Type.Object(
      {
        state: Type.Enum(['offline', 'notReady'], { examples: ['notReady'] }),
        reason: Type.Optional(Type.String({ examples: ['lunch'] })),
      },
      { description: 'What they asked to be after the call in hand; absent: ready' },
    ),
  ),
  pausedUntil: Type.Optional({
    ...Timestamp,
    description: 'No offer before, after one that failed',
  }),
  failures: Type.Object(
    { noAnswer: Count, rejected: Count, busy: Count, unreachable: Count },
    { description: 'Offers that failed since the sign-in' },
  ),
  misses: { ...Count, description: 'Offers in a row that rang out' },
  ledger: Type.Optional(Type.Object(summary, { description: 'Of agents with limits' })),
});

export const AgentAnswer = Named(
  'Agent',
  Type.Object({
    id: Id('1001'),
    ...settings,
    ...Type.Partial(Type.Object(limits)).properties,
    ...Revision,
    live: Type.Optional(Live),
  }),
);
export const AgentPage = PageOf(AgentAnswer);

/** Where an agent sits down. */
export const SignInBody = Named(
  'AgentSignInBody',
  Type.Object(
    {
      phone: Type.Optional({
        ...Extension,
        description: 'The extension of the phone, whoever has it; absent: their own',
        examples: ['1050'],
      }),
    },
    { additionalProperties: false },
  ),
);

export const DispositionBody = Named(
  'CallDispositionBody',
  Type.Object(
    {
      disposition: { ...Id('vendido'), description: "One of the call's queue, or of every queue" },
    },
    { additionalProperties: false },
  ),
);

/** What an agent can be told to be. The other states are what calls make of them. */
export const StateBody = Named(
  'AgentStateBody',
  Type.Object(
    {
      state: Type.Enum(['ready', 'notReady', 'wrapUpDone'], { examples: ['notReady'] }),
      reason: Type.Optional({ ...Text(64, 'lunch'), description: 'Needed with `notReady`' }),
    },
    {
      additionalProperties: false,
      description: '`notReady` and `ready` take effect at once, or after the call in progress.',
    },
  ),
);
