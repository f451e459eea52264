import Type from 'typebox';
import { CALL_OUTCOMES, CALL_STAGES } from '../../../model/call.ts';
import { CALLER_STATUSES } from '../../../model/contact.ts';
import { SUPERVISION_MODES } from '../../../model/supervision.ts';
import { Id, LanguageName, LiveQuery, Named, PageOf, Timestamp } from '../../schemas.ts';

export const CallId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
  examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11'],
});

/** An earlier call of the same caller. */
const PastCallAnswer = Named(
  'PastCall',
  Type.Object({
    at: Timestamp,
    intent: Type.Optional(Type.String({ examples: ['ventas'] })),
    queueId: Type.Optional(Type.String({ examples: ['ventas'] })),
    agentId: Type.Optional(Type.String({ examples: ['1001'] })),
    outcome: Type.Enum([...CALL_OUTCOMES], { examples: ['answered'] }),
  }),
);

/** What is known of a caller, as far as the flow got. */
const Context = Type.Object({
  ani: Type.Optional(Type.String({ description: 'Absent for anonymous callers' })),
  dnis: Type.String({ examples: ['8005550100'] }),
  status: Type.Enum([...CALLER_STATUSES], { examples: ['vip'] }),
  language: LanguageName,
  contactId: Type.Optional(Type.String({ examples: ['ana-garcia'] })),
  name: Type.Optional(Type.String({ examples: ['Ana García'] })),
  lastAgentId: Type.Optional(Type.String({ examples: ['1001'] })),
  recentCalls: Type.Optional(Type.Array(PastCallAnswer, { description: 'The newest first' })),
  intent: Type.Optional(Type.String({ examples: ['ventas'] })),
  variables: Type.Record(Type.String(), Type.String()),
});

export const CallAnswer = Named(
  'Call',
  Type.Object({
    id: CallId,
    stage: Type.Enum([...CALL_STAGES], { examples: ['queued'] }),
    arrivedAt: Timestamp,
    context: Context,
    queueId: Type.Optional(Type.String({ examples: ['ventas'] })),
    position: Type.Optional(Type.Integer({ description: '1 is the next to be served' })),
    priority: Type.Optional(
      Type.Integer({ description: 'While it waits: 10 is served first', examples: [5] }),
    ),
    agentId: Type.Optional(Type.String({ examples: ['1001'] })),
    recording: Type.Optional(
      Type.Object(
        {
          id: Type.String({ examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11.r1'] }),
          paused: Type.Boolean({ description: 'Silence is written' }),
        },
        { description: 'The conversation is being recorded' },
      ),
    ),
    supervisions: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String({ examples: ['s1'] }),
          supervisor: Type.String({ examples: ['1009'] }),
          mode: Type.Enum([...SUPERVISION_MODES], { examples: ['listen'] }),
          state: Type.Enum(['ringing', 'on'], { examples: ['on'] }),
          since: Timestamp,
        }),
        { description: 'Supervisors who listen' },
      ),
    ),
  }),
);
export const CallPage = PageOf(CallAnswer);
export const CallQuery = Type.Object(
  {
    ...LiveQuery,
    stage: Type.Optional(Type.Enum([...CALL_STAGES])),
    queueId: Type.Optional(Id('ventas')),
    agentId: Type.Optional(Id('1001')),
  },
  { additionalProperties: false },
);
export const CallParams = Type.Object({ id: CallId });

export const CallEventAnswer = Named(
  'CallEvent',
  Type.Object({
    callId: CallId,
    seq: Type.Integer({ description: 'From 1, in the order in which it happened', examples: [1] }),
    at: Timestamp,
    type: Type.String({ examples: ['call.queued'] }),
    data: Type.Record(Type.String(), Type.Unknown(), { examples: [{ queueId: 'ventas' }] }),
  }),
);
export const CallEventPage = PageOf(CallEventAnswer);
