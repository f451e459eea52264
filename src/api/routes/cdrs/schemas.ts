import Type from 'typebox';
import { CALL_OUTCOMES } from '../../../model/call.ts';
import { CALLER_STATUSES } from '../../../model/contact.ts';
import { Dnis, E164, Id, Named, PageOf, RecordsQuery, Timestamp } from '../../schemas.ts';
import { CallId } from '../calls/schemas.ts';

export const CdrAnswer = Named(
  'Cdr',
  Type.Object({
    callId: CallId,
    sipCallId: Type.String({ examples: ['a84b4c76e66710@pc33.example.com'] }),
    dnis: Type.String({ examples: ['8005550100'] }),
    ani: Type.Optional(Type.String({ examples: ['+525555550001'] })),
    status: Type.Enum([...CALLER_STATUSES], { examples: ['vip'] }),
    contactId: Type.Optional(Type.String({ examples: ['ana-garcia'] })),
    callerName: Type.Optional(Type.String({ examples: ['Ana García'] })),
    intent: Type.Optional(Type.String({ examples: ['ventas'] })),
    queueId: Type.Optional(Type.String({ examples: ['ventas'] })),
    agentId: Type.Optional(Type.String({ examples: ['1001'] })),
    arrivedAt: Timestamp,
    queuedAt: Type.Optional(Timestamp),
    connectedAt: Type.Optional(Timestamp),
    endedAt: Timestamp,
    waitMs: Type.Integer({ description: 'In queue', examples: [12_500] }),
    talkMs: Type.Integer({ description: 'With an agent', examples: [184_000] }),
    outcome: Type.Enum([...CALL_OUTCOMES], { examples: ['answered'] }),
    endedBy: Type.Enum(['caller', 'agent', 'operator', 'system'], { examples: ['caller'] }),
    variables: Type.Record(Type.String(), Type.String()),
    direction: Type.Optional(
      Type.Literal('outbound', { description: 'We rang the customer. Absent: they rang us' }),
    ),
    callbackId: Type.Optional(
      Type.String({ description: 'The call back asked for in this call, or that this call tried' }),
    ),
    originalCallId: Type.Optional(
      Type.String({ description: 'Of a call back: the call in which it was asked for' }),
    ),
    transferredTo: Type.Optional(
      Type.String({
        description: 'Whom the flow connected the caller with',
        examples: ['+525555550199'],
      }),
    ),
    holdMs: Type.Optional(
      Type.Integer({ description: 'Of talkMs: the caller was on hold', examples: [4000] }),
    ),
    agents: Type.Optional(
      Type.Array(
        Type.Object({
          agentId: Type.String({ examples: ['1001'] }),
          talkMs: Type.Integer({ examples: [65000] }),
          holdMs: Type.Integer({ examples: [4000] }),
        }),
        { description: "Every agent's own share, in the order in which they left" },
      ),
    ),
    survey: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 5 }), {
        description: 'What the caller answered, by question',
        examples: [{ satisfaccion: 5 }],
      }),
    ),
    dispositions: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'What agents said became of it, by agent; only where one record is read',
        examples: [{ 1001: 'vendido' }],
      }),
    ),
    recordingIds: Type.Optional(
      Type.Array(Type.String(), { description: 'Recordings of the conversation, in their order' }),
    ),
    recordingRefused: Type.Optional(
      Type.Literal(true, { description: 'The caller did not want to be recorded, and was not' }),
    ),
  }),
);
export const CdrPage = PageOf(CdrAnswer);

export const CdrQuery = Type.Object(
  {
    ...RecordsQuery,
    from: Type.Optional({ ...Timestamp, description: 'Arrived at or after' }),
    to: Type.Optional({ ...Timestamp, description: 'Arrived before' }),
    queueId: Type.Optional(Id('ventas')),
    agentId: Type.Optional(Id('1001')),
    dnis: Type.Optional(Dnis),
    ani: Type.Optional(E164),
    outcome: Type.Optional(Type.Enum([...CALL_OUTCOMES])),
    surveyed: Type.Optional(Type.Boolean({ description: 'Only calls whose callers answered' })),
    callbackId: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'What asked for that call back, and what tried it',
      }),
    ),
  },
  { additionalProperties: false },
);
export const CdrParams = Type.Object({ callId: CallId });
