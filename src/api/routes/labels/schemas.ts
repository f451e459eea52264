import Type from 'typebox';
import { Named, PageOf, Revision, Text } from '../../schemas.ts';

const settings = {
  name: { ...Text(100, 'Ventas Norte'), description: 'What people read' },
  description: Text(500, 'Tiendas de Monterrey y Saltillo'),
};
const id = { ...Text(64, 'ventas-norte'), description: 'What agents and queues name it by' };

export const LabelParams = Type.Object({ id });
export const LabelBody = Named(
  'LabelBody',
  Type.Object(
    { id, name: settings.name, description: Type.Optional(settings.description) },
    { additionalProperties: false },
  ),
);
/** Null takes the description away (RFC 7396). */
export const LabelPatch = Named(
  'LabelPatch',
  Type.Partial(
    Type.Object({ ...settings, description: Type.Union([settings.description, Type.Null()]) }),
    { additionalProperties: false, minProperties: 1 },
  ),
);
const Count = (description: string) => Type.Integer({ minimum: 0, description, examples: [4] });
export const LabelAnswer = Named(
  'Label',
  Type.Object({
    ...LabelBody.properties,
    agents: Count('Agents who have it'),
    elsewhere: Count(
      'Of a team: users and keys that are limited to it; otherwise queues that name it',
    ),
    ...Revision,
  }),
);
export const LabelPage = PageOf(LabelAnswer);
