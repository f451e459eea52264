import Type from 'typebox';
import { CALLBACK_STAGES } from '../../../model/callback.ts';
import { PRIORITY_DEFAULT, PRIORITY_MAX, PRIORITY_MIN } from '../../../model/queue.ts';
import {
  E164,
  ID_PATTERN,
  Id,
  LiveQuery,
  Named,
  PageOf,
  Skills,
  Timestamp,
} from '../../schemas.ts';

const CallbackId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  examples: ['6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55'],
});

export const CallbackParams = Type.Object({ id: CallbackId });

export const CallbackBody = Named(
  'CallbackBody',
  Type.Object(
    {
      queueId: Id('ventas'),
      number: E164,
      at: Type.Optional(
        Type.String({
          format: 'date-time',
          description:
            'Not before this time, at most 90 days ahead. Absent: as soon as its turn comes',
          examples: ['2026-03-01T16:00:00Z'],
        }),
      ),
      priority: Type.Optional(
        Type.Integer({
          minimum: PRIORITY_MIN,
          maximum: PRIORITY_MAX,
          description: `Absent: ${PRIORITY_DEFAULT}`,
          examples: [PRIORITY_DEFAULT],
        }),
      ),
      requiredSkills: Type.Optional(Skills),
      preferredAgentId: Type.Optional(
        Type.String({
          pattern: ID_PATTERN,
          description:
            'Whom the customer is to speak with, an agent of the queue: waited for as long as its `preferredWaitMs` says',
          examples: ['1001'],
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

export const CallbackAnswer = Named(
  'Callback',
  Type.Object({
    id: CallbackId,
    queueId: Type.String({ examples: ['ventas'] }),
    number: Type.String({ examples: ['+525555550001'] }),
    stage: Type.Enum([...CALLBACK_STAGES], {
      description:
        "Not before its time, in the line, the customer is on the line themselves (`paused`), an agent's phone rings for it, or the customer is being rung",
      examples: ['waiting'],
    }),
    priority: Type.Integer({ examples: [PRIORITY_DEFAULT] }),
    madeAt: Timestamp,
    notBefore: Timestamp,
    expiresAt: Timestamp,
    attempts: Type.Integer({ description: 'How often the customer was rung', examples: [0] }),
    preferredAgentId: Type.Optional(
      Type.String({ description: 'Who is waited for', examples: ['1001'] }),
    ),
    position: Type.Optional(Type.Integer({ description: '1 is the next to be served' })),
    agentId: Type.Optional(Type.String({ examples: ['1001'] })),
  }),
);
export const CallbackPage = PageOf(CallbackAnswer);
export const CallbackQuery = Type.Object(
  { ...LiveQuery, queueId: Type.Optional(Id('ventas')), number: Type.Optional(E164) },
  { additionalProperties: false },
);
