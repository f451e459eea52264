import Type, { type TSchema } from 'typebox';
import { CALL_OUTCOMES, CALL_STAGES } from '../model/call.ts';
import { CALLBACK_STAGES } from '../model/callback.ts';
import { VOICEMAIL_STATES } from '../model/voicemail.ts';

// The things that the feed shows, as JSON Schema: the AsyncAPI document is made of it, and tests hold every message
// that is sent against it.

const strict = { additionalProperties: false };
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

export const Time = Type.String({ format: 'date-time', examples: ['2026-03-02T09:30:00.000Z'] });
const Ms = Type.Number({ minimum: 0, description: 'Milliseconds', examples: [12_300] });
const Id = (example: string) => Type.String({ examples: [example] });
const Count = Type.Integer({ minimum: 0, examples: [3] });
const Share = Type.Number({ minimum: 0, maximum: 1, examples: [0.82] });

const Budget = Type.Object(
  {
    month: Type.String({ examples: ['2026-11'] }),
    cap: optional(Type.Integer({ description: 'Absent: no casual agent', examples: [30] })),
    spent: Count,
    reserved: Type.Integer({ minimum: 0, description: 'Their phone is ringing', examples: [0] }),
    day: Type.String({ examples: ['2026-11-22'] }),
    dayMax: optional(Count),
    daySpent: Count,
    isOpen: Type.Boolean({ description: 'Their own hours are open' }),
  },
  { ...strict, description: 'Of an agent with limits' },
);

export const Agent = Type.Object(
  {
    id: Id('1001'),
    name: Type.String({ examples: ['Carmen'] }),
    extension: Id('1001'),
    team: optional(Id('norte')),
    queueIds: optional(Type.Array(Id('ventas'))),
    state: Type.Enum(['offline', 'ready', 'notReady', 'offered', 'talking', 'wrapUp'], {
      examples: ['talking'],
    }),
    since: Time,
    reason: optional(Type.String({ examples: ['pausa'] })),
    until: optional(Time),
    phone: optional(
      Type.String({ description: "Another's phone, at which they sit now", examples: ['1050'] }),
    ),
    offerId: optional(Id('offer-7')),
    callId: optional(Id('6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55')),
    reachable: Type.Boolean({ description: 'They have a phone' }),
    next: optional(
      Type.Object(
        {
          state: Type.Enum(['offline', 'notReady']),
          reason: optional(Type.String()),
        },
        { ...strict, description: 'What they asked to be after what is in hand' },
      ),
    ),
    pausedUntil: optional(Time),
    failures: Type.Object(
      { noAnswer: Count, rejected: Count, busy: Count, unreachable: Count },
      { ...strict, description: 'Offers that failed since the sign-in' },
    ),
    misses: Count,
    ledger: optional(Budget),
  },
  strict,
);

const Ewt = Type.Object(
  { lowMs: Ms, highMs: Ms },
  { ...strict, description: 'What somebody would wait who came now: three of five do' },
);
const Accuracy = Type.Object(
  {},
  { additionalProperties: true, description: 'How true what callers were told has been' },
);

export const Queue = Type.Object(
  {
    id: Id('ventas'),
    name: Type.String({ examples: ['Ventas'] }),
    waiting: Count,
    offered: Type.Integer({ minimum: 0, description: 'Phones ring for them', examples: [1] }),
    talking: Count,
    oldestSince: optional(Time),
    agentsReady: Count,
    agentsSignedIn: Count,
    next: Type.Array(Id('6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55'), {
      description: 'The first ten who wait, by position',
    }),
    serviceLevel: optional(Share),
    ewt: optional(Ewt),
    ewtAccuracy: Type.Object({ first: Accuracy, last: Accuracy }, strict),
    casualOpen: Type.Boolean({ description: 'Casual agents may help' }),
  },
  strict,
);

const PastCall = Type.Object(
  {
    at: Time,
    intent: optional(Type.String({ examples: ['factura'] })),
    queueId: optional(Id('ventas')),
    agentId: optional(Id('1001')),
    outcome: Type.Enum([...CALL_OUTCOMES], { examples: ['answered'] }),
  },
  strict,
);

const caller = {
  status: Type.String({ examples: ['vip'] }),
  language: Type.String({ examples: ['es-MX'] }),
  contactId: optional(Id('ana-garcia')),
  name: optional(Type.String({ examples: ['Ana García'] })),
  lastAgentId: optional(Id('1002')),
  recentCalls: optional(Type.Array(PastCall, { description: 'The newest first' })),
  intent: optional(Type.String({ examples: ['ventas'] })),
  variables: Type.Record(Type.String(), Type.String(), {
    description: 'What the flow has learnt',
    examples: [{ verified: 'true' }],
  }),
  ani: optional(Type.String({ examples: ['+525555550001'] })),
  dnis: Type.String({ examples: ['8005550100'] }),
};

const Context = Type.Object(
  {
    ...caller,
    calendarId: optional(Id('tienda-coyoacan')),
    languageChosen: optional(Type.Boolean()),
  },
  strict,
);

const Stage = Type.Enum([...CALL_STAGES], {
  examples: ['talking'],
});

export const Call = Type.Object(
  {
    id: Id('6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55'),
    stage: Stage,
    arrivedAt: Time,
    context: Context,
    queueId: optional(Id('ventas')),
    queuedAt: optional(Time),
    position: optional(Type.Integer({ minimum: 1, examples: [2] })),
    priority: optional(
      Type.Integer({ minimum: 0, maximum: 10, description: 'While it waits', examples: [5] }),
    ),
    agentId: optional(Id('1001')),
    recording: optional(
      Type.Object(
        { id: Id('rec-1'), paused: Type.Boolean() },
        { ...strict, description: 'The conversation is being recorded' },
      ),
    ),
    ringing: optional(Type.Array(Id('1001'), { description: 'When several phones ring for it' })),
  },
  { ...strict, description: '`ended`: it is over, and in no snapshot any more' },
);

export const Callback = Type.Object(
  {
    id: Id('9a0e0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55'),
    queueId: Id('ventas'),
    number: Type.String({ examples: ['+525555550001'] }),
    stage: Type.Enum([...CALLBACK_STAGES], { examples: ['waiting'] }),
    priority: Type.Integer({ examples: [5] }),
    madeAt: Time,
    notBefore: Time,
    expiresAt: Time,
    attempts: Count,
    position: optional(Type.Integer({ minimum: 1 })),
    agentId: optional(Id('1001')),
    offerId: optional(Id('offer-7')),
  },
  strict,
);

export const Message = Type.Object(
  {
    id: Id('6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55-1'),
    callId: Id('6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55'),
    at: Time,
    durationMs: Ms,
    dnis: Type.String({ examples: ['8005550100'] }),
    ani: optional(Type.String({ examples: ['+525555550001'] })),
    contactId: optional(Id('ana-garcia')),
    callerName: optional(Type.String({ examples: ['Ana García'] })),
    language: Type.String({ examples: ['es-MX'] }),
    queueId: optional(Id('ventas')),
    agentId: optional(Id('1001')),
    state: Type.Enum([...VOICEMAIL_STATES], { examples: ['new'] }),
    handledAt: optional(Time),
    revision: Type.Integer({ description: 'Its ETag in the API', examples: [1] }),
  },
  { ...strict, description: '`handled`: in no snapshot any more' },
);

const AgentCounts = Type.Object(
  { offline: Count, ready: Count, notReady: Count, offered: Count, talking: Count, wrapUp: Count },
  { ...strict, description: 'The agents of the queue by state' },
);

export const Statistics = Type.Object(
  {
    id: Id('ventas'),
    name: Type.String({ examples: ['Ventas'] }),
    waiting: Count,
    ringing: Count,
    talking: Count,
    longestWaitMs: optional(Ms),
    serviceLevel: optional({ ...Share, description: 'Of the last half hour' }),
    ewt: optional(Ewt),
    agents: AgentCounts,
    today: Type.Object(
      {
        offered: Count,
        answered: Count,
        answeredWithin: Count,
        abandoned: Count,
        shortAbandons: Count,
        leftOtherwise: Count,
        serviceLevel: optional({
          ...Share,
          description: 'answeredWithin / (answered + abandoned + leftOtherwise)',
        }),
        averageWaitMs: optional({ ...Ms, description: 'Of the answered' }),
      },
      { ...strict, description: "Since midnight in the house's zone" },
    ),
  },
  strict,
);

/** What is in an agent's hands: who calls, why, and what is known of them. */
const InHand = Type.Object(
  {
    id: Id('6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55'),
    stage: Stage,
    arrivedAt: Time,
    queueId: optional(Id('ventas')),
    queueName: optional(Type.String({ examples: ['Ventas'] })),
    queuedAt: optional(Time),
    caller: Type.Object(caller, strict),
  },
  { ...strict, description: 'The screen pop' },
);

export const Me = Type.Object(
  {
    agent: Agent,
    call: optional(InHand),
    callback: optional(Callback),
    queues: Type.Array(
      Type.Object(
        { id: Id('ventas'), name: Type.String(), waiting: Count, oldestSince: optional(Time) },
        strict,
      ),
      { description: 'The queues they serve' },
    ),
  },
  strict,
);
