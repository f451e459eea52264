import Type from 'typebox';
import { LANGUAGES, type Language } from '../../../model/contact.ts';
import type { Labels } from '../../../model/reasons.ts';
import { Id, Named, PageOf, Revision, Text } from '../../schemas.ts';

const Label = Type.Unsafe<Labels>(
  Type.Object(
    Object.fromEntries(
      LANGUAGES.map((language: Language) => [language, Type.Optional(Text(100, 'Vendido'))]),
    ),
    {
      additionalProperties: false,
      minProperties: 1,
      description: 'What it is called, by language; at least one',
      examples: [{ 'es-MX': 'Vendido', en: 'Sold' }],
    },
  ),
);
const Code = Type.String({
  pattern: '^[0-9]{1,4}$',
  description: 'What an agent types on a phone; absent: not by phone',
  examples: ['1'],
});
const QueueIds = Type.Array(Id('ventas'), {
  minItems: 1,
  maxItems: 200,
  uniqueItems: true,
  description: 'Whose calls it is for; absent: every queue’s',
  examples: [['ventas']],
});
const nullable = Type.Union([Code, Type.Null()]);

export const ReasonParams = Type.Object({ id: Id('lunch') });
export const ReasonBody = Named(
  'NotReadyReasonBody',
  Type.Object(
    { id: Id('lunch'), label: Label, code: Type.Optional(Code) },
    { additionalProperties: false },
  ),
);
export const ReasonPatch = Named(
  'NotReadyReasonPatch',
  Type.Partial(Type.Object({ label: Label, code: nullable }), {
    additionalProperties: false,
    minProperties: 1,
  }),
);
export const ReasonAnswer = Named(
  'NotReadyReason',
  Type.Object({
    id: Id('lunch'),
    label: Label,
    code: Type.Optional(Code),
    ...Revision,
  }),
);
export const ReasonPage = PageOf(ReasonAnswer);

export const DispositionParams = Type.Object({ id: Id('sold') });
export const DispositionBody = Named(
  'DispositionBody',
  Type.Object(
    {
      id: Id('sold'),
      label: Label,
      code: Type.Optional(Code),
      queueIds: Type.Optional(QueueIds),
    },
    { additionalProperties: false },
  ),
);
export const DispositionPatch = Named(
  'DispositionPatch',
  Type.Partial(
    Type.Object({
      label: Label,
      code: nullable,
      queueIds: Type.Union([QueueIds, Type.Null()]),
    }),
    { additionalProperties: false, minProperties: 1 },
  ),
);
export const DispositionAnswer = Named(
  'Disposition',
  Type.Object({
    id: Id('sold'),
    label: Label,
    code: Type.Optional(Code),
    queueIds: Type.Optional(QueueIds),
    ...Revision,
  }),
);
export const DispositionPage = PageOf(DispositionAnswer);
