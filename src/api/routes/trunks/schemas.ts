import Type from 'typebox';
import { Id, Named, PageOf, Revision, Text, Timestamp } from '../../schemas.ts';

const Uri = Type.String({
  pattern: '^sips?:[^@;>?\\s]{1,255}(;[^?\\s]{0,100})?$',
  description: 'Where calls are sent',
  examples: ['sip:trunk.example.com:5060;transport=udp'],
});
const SHOWN = '\\+?[0-9]{3,15}';
const Shown = Type.String({
  pattern: `^${SHOWN}$`,
  description: 'A number as the provider wants it',
  examples: ['+34910000000'],
});
const Beginning = Type.String({
  pattern: '^\\+[1-9][0-9]{0,14}$',
  description: 'The beginning of an E.164 number',
  examples: ['+52'],
});
const most = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 10_000, description, examples: [30] });

const CallerId = Type.Object(
  {
    show: Type.Optional(Shown),
    own: Type.Array(Shown, {
      maxItems: 1_000,
      default: [],
      description: 'Other numbers of the company that it may show: the one the customer had called',
    }),
    rules: Type.Array(
      Type.Object(
        {
          to: Beginning,
          show: Type.String({
            pattern: `^(${SHOWN}|withheld)$`,
            description: '`withheld`: RFC 3323',
            examples: ['+525550100'],
          }),
        },
        { additionalProperties: false },
      ),
      {
        maxItems: 200,
        default: [],
        description: 'By the number that is called; the longest decides',
      },
    ),
    passesOn: Type.Boolean({
      default: false,
      description: "Shows a customer's own number to people outside who help them",
    }),
  },
  { additionalProperties: false },
);

const own = {
  name: Text(100, 'Operadora principal'),
  enabled: Type.Boolean({ description: 'Takes and places calls' }),
  uri: Uri,
  registerSeconds: Type.Integer({
    minimum: 0,
    maximum: 86_400,
    description: 'Registers there for so long at a time; 0: never',
    examples: [600],
  }),
  sources: Type.Array(
    Type.String({
      pattern: '^([0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?|[A-Za-z0-9]([A-Za-z0-9.-]{0,252}))$',
      examples: ['192.0.2.0/24'],
    }),
    { maxItems: 100, description: 'Addresses, networks and hosts that its calls come from' },
  ),
  trusted: Type.Boolean({
    description: 'Its P-Asserted-Identity is believed, and it is told who calls (RFC 3325)',
  }),
  priority: Type.Integer({ minimum: 0, maximum: 1_000, description: 'The lowest comes first' }),
  weight: Type.Integer({ minimum: 0, maximum: 1_000, description: 'Share among equals' }),
  serves: Type.Array(Beginning, { maxItems: 500, description: 'Empty: all numbers' }),
  optionsSeconds: Type.Integer({ minimum: 0, maximum: 3_600, description: '0: never asked' }),
  responseSeconds: Type.Integer({ minimum: 1, maximum: 32, description: 'Then it is dead' }),
  callerId: CallerId,
};
const Username = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\s"@:;<>\\\\]+$',
  description: 'For its digest, and of the registration',
  examples: ['34910000000'],
});
const Password = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern: '^[^\\u0000-\\u001F\\u007F]*$',
  writeOnly: true,
  description: 'Stored sealed, and never shown',
});
const limits = {
  callsInMax: most('Calls that come in at once'),
  callsOutMax: most('Calls that go out at once'),
  callsMax: most('Calls at once, in both directions'),
};
const mayBeAbsent = { username: Username, ...limits };

export const TrunkBody = Named(
  'TrunkBody',
  Type.Object(
    {
      ...Type.Partial(Type.Object({ ...own, ...mayBeAbsent, password: Password })).properties,
      id: Id('principal'),
      name: own.name,
      uri: own.uri,
    },
    { additionalProperties: false },
  ),
);

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** Null takes away (RFC 7396). */
export const TrunkPatch = Named(
  'TrunkPatch',
  Type.Partial(
    Type.Object({
      ...own,
      username: orNull(Username),
      password: orNull(Password),
      callsInMax: orNull(limits.callsInMax),
      callsOutMax: orNull(limits.callsOutMax),
      callsMax: orNull(limits.callsMax),
    }),
    { additionalProperties: false, minProperties: 1 },
  ),
);

const State = Type.Object({
  health: Type.Enum(['unknown', 'up', 'down'], { description: 'By OPTIONS and by calls' }),
  healthSince: Type.Optional(Timestamp),
  problem: Type.Optional(Type.String({ examples: ['no response to OPTIONS'] })),
  registration: Type.Optional(
    Type.Object({
      state: Type.Enum(['registering', 'registered', 'failed']),
      expiresAt: Type.Optional(Timestamp),
      problem: Type.Optional(Type.String({ examples: ['wrong user or password'] })),
    }),
  ),
  callsIn: Type.Integer(),
  callsOut: Type.Integer(),
  counts: Type.Object(
    {
      in: Type.Integer(),
      out: Type.Integer(),
      answered: Type.Integer(),
      failed: Type.Integer({ description: 'The trunk itself failed: the next one was tried' }),
      full: Type.Integer({ description: 'Calls that were one too many' }),
    },
    { description: 'Since the start, or since the trunk was changed' },
  ),
});

export const TrunkAnswer = Named(
  'Trunk',
  Type.Object({
    id: Id('principal'),
    ...own,
    ...Type.Partial(Type.Object(mayBeAbsent)).properties,
    hasPassword: Type.Boolean(),
    live: Type.Optional(State),
    ...Revision,
  }),
);
export const TrunkPage = PageOf(TrunkAnswer);
export const TrunkStates = Named(
  'TrunkStateList',
  Type.Object({
    items: Type.Array(
      Type.Object({
        id: Id('principal'),
        name: Type.String(),
        enabled: Type.Boolean(),
        ...State.properties,
      }),
    ),
  }),
);
