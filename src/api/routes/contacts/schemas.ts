import Type from 'typebox';
import { CALL_OUTCOMES } from '../../../model/call.ts';
import { CALLER_STATUSES, type CallerStatus } from '../../../model/contact.ts';
import {
  E164,
  Id,
  LanguageName,
  ListQuery,
  Named,
  PageOf,
  PageQuery,
  Revision,
  Text,
  Timestamp,
} from '../../schemas.ts';

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

export const ContactBody = Named(
  'ContactBody',
  Type.Object({ id: Id('ana-garcia'), ...required, ...optionals }, { additionalProperties: false }),
);
export const ContactPatch = Named(
  'ContactPatch',
  Type.Partial(Type.Object({ ...required, ...optional }), {
    additionalProperties: false,
    minProperties: 1,
  }),
);
export const ContactAnswer = Named(
  'Contact',
  Type.Object({
    id: Id('ana-garcia'),
    ...required,
    ...optionals,
    ...Revision,
  }),
);
export const ContactPage = PageOf(ContactAnswer);
export const ContactQuery = Type.Object(
  {
    ...ListQuery,
    q: Type.Optional({
      ...Text(100, 'Ana'),
      description: 'How the id or the name begins, in whatever case',
    }),
    number: Type.Optional(E164),
    status: Type.Optional(required.status),
    language: Type.Optional(LanguageName),
  },
  { additionalProperties: false },
);

export const AccountBody = Named(
  'ContactAccountBody',
  Type.Object(
    {
      account: Type.String({ pattern: '^[0-9]{3,32}$', examples: ['40012345'] }),
      pin: Type.String({ pattern: '^[0-9]{4,12}$', writeOnly: true, examples: ['2741'] }),
    },
    { additionalProperties: false },
  ),
);

export const AccountAnswer = Named('ContactAccount', Type.Object({ ...Revision }));

export const HistoryQuery = Type.Object(PageQuery, { additionalProperties: false });
export const HistoryPage = PageOf(
  Named(
    'ContactCall',
    Type.Object({
      callId: Type.String({ examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11'] }),
      at: Timestamp,
      intent: Type.Optional(Type.String({ examples: ['ventas'] })),
      queueId: Type.Optional(Type.String({ examples: ['ventas'] })),
      agentId: Type.Optional(Type.String({ examples: ['1001'] })),
      outcome: Type.Enum([...CALL_OUTCOMES], { examples: ['answered'] }),
      talkMs: Type.Integer({ examples: [180000] }),
    }),
  ),
);
