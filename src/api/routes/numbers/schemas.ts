import Type from 'typebox';
import { Dnis, Id, LanguageName, PageOf, Revision, Text } from '../../schemas.ts';

const settings = {
  name: Text(100, 'Atención a clientes'),
  flowId: Id('principal'),
  language: LanguageName,
  country: Type.String({
    pattern: '^[A-Z]{2}$',
    description: "ISO 3166-1 alpha-2: by whose rules the callers' numbers are read",
    examples: ['MX'],
  }),
};

export const NumberBody = Type.Object({ dnis: Dnis, ...settings }, { additionalProperties: false });
export const NumberPatch = Type.Partial(Type.Object(settings), {
  additionalProperties: false,
  minProperties: 1,
});
export const NumberAnswer = Type.Object({ dnis: Dnis, ...settings, ...Revision });
export const NumberPage = PageOf(NumberAnswer);
export const NumberParams = Type.Object({ dnis: Dnis });
