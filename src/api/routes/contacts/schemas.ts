import Type from 'typebox';
import { CALLER_STATUSES, type CallerStatus } from '../../../model/contact.ts';
import { E164, Id, LanguageName, PageOf, PageQuery, Revision, Text } from '../../schemas.ts';

const isKnown = (status: CallerStatus): status is Exclude<CallerStatus, 'unknown'> =>
  status !== 'unknown';

const required = {
  name: Text(100, 'Ana García'),
  status: Type.Enum(CALLER_STATUSES.filter(isKnown), { examples: ['vip'] }),
  numbers: Type.Array(E164, { minItems: 1, maxItems: 20, uniqueItems: true }),
};
const optional = {
  language: LanguageName,
  lastAgentId: Type.String({ ...Id('1001'), description: 'Set by each call that was answered' }),
};
const optionals = Type.Partial(Type.Object(optional)).properties;

export const ContactBody = Type.Object(
  { id: Id('ana-garcia'), ...required, ...optionals },
  { additionalProperties: false },
);
export const ContactPatch = Type.Partial(Type.Object({ ...required, ...optional }), {
  additionalProperties: false,
  minProperties: 1,
});
export const ContactAnswer = Type.Object({
  id: Id('ana-garcia'),
  ...required,
  ...optionals,
  ...Revision,
});
export const ContactPage = PageOf(ContactAnswer);
export const ContactQuery = Type.Object(
  { ...PageQuery, number: Type.Optional(E164) },
  { additionalProperties: false },
);
