import Type from 'typebox';
import { ROLES } from '../../../model/access.ts';
import { Id, Named, PageOf, Revision, Text, Timestamp } from '../../schemas.ts';

export const PASSWORD_CHARS_MIN = 10;

/** Goes in and never comes out. Long is what helps; the rest is people's own (NIST SP 800-63B section 3.1.1). */
export const Password = Type.String({
  minLength: PASSWORD_CHARS_MIN,
  maxLength: 200,
  writeOnly: true,
  description: 'At least 10 characters, of any kind',
  examples: ['tres tristes tigres'],
});

export const TeamList = Type.Unsafe<readonly string[]>(
  Type.Array(Text(64, 'ventas-norte'), {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    description: 'The only teams whose agents are seen and steered',
    examples: [['ventas-norte']],
  }),
);

const settings = {
  name: Text(100, 'Elena Prieto'),
  role: Type.Enum([...ROLES], { examples: ['supervisor'] }),
  disabled: Type.Boolean({ description: 'May not sign in', examples: [false] }),
};
const teams = { ...TeamList, description: 'Of a supervisor; absent: all teams' };
const agentId = {
  ...Id('1001'),
  description:
    'Who they are on the phone. The role agent needs it, and sees that agent alone; a supervisor or an admin listens from its phone (*78)',
};

export const UserBody = Named(
  'UserBody',
  Type.Object(
    {
      id: { ...Id('elena'), description: 'What they sign in with' },
      name: settings.name,
      role: settings.role,
      teams: Type.Optional(teams),
      agentId: Type.Optional(agentId),
      disabled: Type.Optional(settings.disabled),
      password: Password,
    },
    { additionalProperties: false },
  ),
);

export const UserPatch = Named(
  'UserPatch',
  Type.Partial(
    Type.Object({
      ...settings,
      teams: Type.Union([teams, Type.Null()]),
      agentId: Type.Union([agentId, Type.Null()]),
      password: Password,
    }),
    { additionalProperties: false, minProperties: 1 },
  ),
);

export const UserAnswer = Named(
  'User',
  Type.Object({
    id: Id('elena'),
    ...settings,
    teams: Type.Optional(teams),
    agentId: Type.Optional(agentId),
    createdAt: Timestamp,
    ...Revision,
  }),
);
export const UserPage = PageOf(UserAnswer);

export const SessionAnswer = Named(
  'Session',
  Type.Object({
    id: Type.String({ examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11'] }),
    userId: Id('elena'),
    createdAt: Timestamp,
    lastSeenAt: Timestamp,
    expiresAt: { ...Timestamp, description: 'At the latest; sooner when nobody uses it' },
    address: Type.String({ examples: ['192.0.2.7'] }),
    userAgent: Type.String({ examples: ['Mozilla/5.0'] }),
  }),
);
export const SessionList = Named('SessionList', Type.Object({ items: Type.Array(SessionAnswer) }));
