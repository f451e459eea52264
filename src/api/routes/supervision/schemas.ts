import Type from 'typebox';
import { SUPERVISION_MODES } from '../../../model/supervision.ts';
import { Named, Timestamp } from '../../schemas.ts';
import { CallId } from '../calls/schemas.ts';

const SupervisionId = Type.String({ pattern: '^s[0-9]{1,12}$', examples: ['s1'] });
const Mode = Type.Enum([...SUPERVISION_MODES], {
  description:
    'listen: hears both · whisper: is heard by the agent alone · barge: is heard by both; of several supervisors one is heard',
  examples: ['listen'],
});

export const SupervisionAnswer = Named(
  'Supervision',
  Type.Object({
    id: SupervisionId,
    supervisor: Type.String({ description: 'The extension of the phone', examples: ['1009'] }),
    mode: Mode,
    state: Type.Enum(['ringing', 'on'], { examples: ['on'] }),
    since: Timestamp,
  }),
);

export const SupervisionBody = Named(
  'SupervisionBody',
  Type.Object(
    {
      supervisorExtension: Type.String({
        pattern: '^[0-9]{2,10}$',
        description: 'Whose phones ring',
        examples: ['1009'],
      }),
      mode: Type.Optional({ ...Mode, default: 'listen' }),
    },
    { additionalProperties: false },
  ),
);
export const SupervisionPatch = Named(
  'SupervisionPatch',
  Type.Object({ mode: Mode }, { additionalProperties: false }),
);
export const SupervisionParams = Type.Object({ id: CallId, supervisionId: SupervisionId });
