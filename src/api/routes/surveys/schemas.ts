import Type from 'typebox';
import { Id, Named, Timestamp } from '../../schemas.ts';

export const SurveyQuery = Type.Object(
  {
    from: Type.Optional({ ...Timestamp, description: 'Of calls that arrived at or after' }),
    to: Type.Optional({ ...Timestamp, description: 'Of calls that arrived before' }),
    queueId: Type.Optional(Id('ventas')),
    agentId: Type.Optional(Id('1001')),
  },
  { additionalProperties: false },
);

export const SurveyAnswer = Named(
  'Survey',
  Type.Object({
    items: Type.Array(
      Type.Object({
        question: Type.String({ examples: ['satisfaccion'] }),
        queueId: Type.Optional(Type.String({ examples: ['ventas'] })),
        agentId: Type.Optional(Type.String({ examples: ['1001'] })),
        answers: Type.Integer({ examples: [120] }),
        mean: Type.Number({ description: '1 to 5', examples: [4.3] }),
        scores: Type.Array(Type.Integer(), {
          description: 'How often 1, 2, 3, 4 and 5 were given',
          examples: [[2, 3, 10, 45, 60]],
        }),
      }),
    ),
  }),
);
