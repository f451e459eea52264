import Type from 'typebox';
import {
  CountryName,
  Dnis,
  Id,
  LanguageName,
  Named,
  PageOf,
  Revision,
  Text,
} from '../../schemas.ts';

const settings = {
  name: Text(100, 'Atención a clientes'),
  flowId: Id('principal'),
  language: LanguageName,
  country: CountryName("ISO 3166-1 alpha-2: by whose rules the callers' numbers are read"),
};

const CalendarId = {
  ...Id('tienda-coyoacan'),
  description: 'Its opening hours: what the `hours` nodes of its flow ask that name no calendar',
};
const own = { ...settings, calendarId: Type.Optional(CalendarId) };

export const NumberBody = Named(
  'NumberBody',
  Type.Object({ dnis: Dnis, ...own }, { additionalProperties: false }),
);
const nullable = { ...settings, calendarId: Type.Union([CalendarId, Type.Null()]) };
/** Null takes the hours away (RFC 7396). */
export const NumberPatch = Named(
  'NumberPatch',
  Type.Partial(Type.Object(nullable), {
    additionalProperties: false,
    minProperties: 1,
  }),
);
export const NumberAnswer = Named('Number', Type.Object({ dnis: Dnis, ...own, ...Revision }));
export const NumberPage = PageOf(NumberAnswer);
export const NumberParams = Type.Object({ dnis: Dnis });
