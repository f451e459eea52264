import Type from 'typebox';
import { Named, Revision, Timestamp } from '../../schemas.ts';

const limits = {
  callsMax: Type.Integer({ minimum: 0, maximum: 10_000, description: 'At once', examples: [10] }),
  callsPerHourMax: Type.Integer({
    minimum: 0,
    maximum: 100_000,
    description: 'Attempts in any 60 minutes',
    examples: [200],
  }),
};

const Destination = Type.Object(
  {
    to: Type.String({
      pattern: '^(\\+[1-9][0-9]{0,14}|[A-Z]{2}|sip:[A-Za-z0-9.-]{1,253})$',
      description:
        'The beginning of an E.164 number (+34), a country (ISO 3166-1 alpha-2), or the host of SIP addresses (sip:example.com). The most exact that fits decides.',
      examples: ['+34'],
    }),
    allow: Type.Boolean({ examples: [true] }),
    ...Type.Partial(Type.Object(limits)).properties,
    accept: Type.Optional(
      Type.Boolean({
        description:
          'Whether a customer who is transferred there is joined only when a key was pressed (the default: a voicemail may pick up). False for switchboards, which press none',
        examples: [false],
      }),
    ),
  },
  { additionalProperties: false },
);

export const DiallingBody = Named(
  'DiallingBody',
  Type.Object(
    {
      destinations: Type.Array(Destination, {
        maxItems: 1_000,
        description: 'Nothing is allowed that no rule allows',
        examples: [
          [
            { to: 'ES', allow: true, callsPerHourMax: 100 },
            { to: '+34803', allow: false },
          ],
        ],
      }),
      ...limits,
      blocked: Type.Boolean({
        description: 'Nobody outside is called any more, whatever the rules say: an emergency stop',
      }),
    },
    { additionalProperties: false },
  ),
);

export const DiallingAnswer = Named(
  'Dialling',
  Type.Object({
    ...DiallingBody.properties,
    ...Revision,
    updatedAt: Type.Optional(Timestamp),
  }),
);
