import Type from 'typebox';
import { ROLES, SCOPES } from '../../../model/access.ts';
import { Named, Timestamp } from '../../schemas.ts';
import { Password } from '../users/schemas.ts';

/** Whatever somebody types: that it could be no password of anybody's must not be told sooner than that it is wrong. */
const Typed = (example: string) =>
  Type.String({ minLength: 1, maxLength: 200, writeOnly: true, examples: [example] });

export const SignInBody = Named(
  'SignInBody',
  Type.Object(
    {
      userId: Type.String({ minLength: 1, maxLength: 64, examples: ['elena'] }),
      password: Typed('tres tristes tigres'),
    },
    { additionalProperties: false },
  ),
);

export const PasswordBody = Named(
  'PasswordBody',
  Type.Object(
    { current: Typed('tres tristes tigres'), password: Password },
    { additionalProperties: false },
  ),
);

/** Who asks, and what they may. */
export const WhoAnswer = Named(
  'Who',
  Type.Object({
    kind: Type.Enum(['user', 'key'], { examples: ['user'] }),
    id: Type.String({ examples: ['elena'] }),
    name: Type.String({ examples: ['Elena Prieto'] }),
    role: Type.Optional(Type.Enum([...ROLES], { examples: ['supervisor'] })),
    scopes: Type.Array(Type.Enum([...SCOPES]), { examples: [['agents:read', 'reports:read']] }),
    teams: Type.Optional(
      Type.Unsafe<readonly string[]>(
        Type.Array(Type.String(), {
          description: 'Absent: all teams',
          examples: [['ventas-norte']],
        }),
      ),
    ),
    agentId: Type.Optional(
      Type.String({ description: 'Absent: not limited to one', examples: ['1001'] }),
    ),
    expiresAt: Type.Optional({ ...Timestamp, description: 'When the session ends at the latest' }),
  }),
);

export const SignInAnswer = Named(
  'SignIn',
  Type.Object({
    token: Type.String({
      description:
        'For `Authorization: Bearer`; browsers have it in the cookie already, where no script can read it',
      examples: ['cs_N2VhM2Y0ZjEtOWU2Yi00Y2Q5LThmMDYtM2Y5YzY0MjE'],
    }),
    expiresAt: { ...Timestamp, description: 'At the latest; sooner when nobody uses it' },
  }),
);
