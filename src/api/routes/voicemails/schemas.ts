import Type from 'typebox';
import { VOICEMAIL_STATES } from '../../../model/voicemail.ts';
import {
  Id,
  LanguageName,
  Named,
  PageOf,
  RecordsQuery,
  Revision,
  Timestamp,
} from '../../schemas.ts';

const VoicemailId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,79}$',
  examples: ['6b1f0f0e-2f0e-4a57-9d0e-8f2f7a6a1c55-1'],
});
const State = Type.Enum([...VOICEMAIL_STATES], { examples: ['new'] });

export const VoicemailParams = Type.Object({ id: VoicemailId });

export const VoicemailAnswer = Named(
  'Voicemail',
  Type.Object({
    id: VoicemailId,
    callId: Type.String(),
    at: Timestamp,
    durationMs: Type.Integer({ examples: [14_500] }),
    dnis: Type.String({ examples: ['8005550100'] }),
    ani: Type.Optional(Type.String({ examples: ['+525555550001'] })),
    contactId: Type.Optional(Type.String({ examples: ['ana-garcia'] })),
    callerName: Type.Optional(Type.String({ examples: ['Ana García'] })),
    language: LanguageName,
    queueId: Type.Optional(Type.String({ description: 'Whose it is', examples: ['ventas'] })),
    agentId: Type.Optional(Type.String({ description: 'Whose it is', examples: ['1001'] })),
    state: State,
    handledAt: Type.Optional(Timestamp),
    revision: Revision.revision,
  }),
);
export const VoicemailPage = PageOf(VoicemailAnswer);

export const VoicemailQuery = Type.Object(
  {
    ...RecordsQuery,
    state: Type.Optional(State),
    queueId: Type.Optional(Id('ventas')),
    agentId: Type.Optional(Id('1001')),
  },
  { additionalProperties: false },
);

export const VoicemailPatch = Named(
  'VoicemailPatch',
  Type.Object(
    {
      state: Type.Optional(State),
      queueId: Type.Optional(Type.Union([Id('ventas'), Type.Null()])),
      agentId: Type.Optional(Type.Union([Id('1001'), Type.Null()])),
    },
    {
      additionalProperties: false,
      minProperties: 1,
      description:
        'Marks it handled or new, and gives it to the people of a queue or to an agent; null: nobody',
    },
  ),
);
