import Type from 'typebox';
import { SCOPES } from '../../../model/access.ts';
import { Named, PageOf, Revision, Text, Timestamp } from '../../schemas.ts';
import { TeamList } from '../users/schemas.ts';

const settings = {
  name: Text(100, 'CRM'),
  scopes: Type.Array(Type.Enum([...SCOPES]), {
    minItems: 1,
    maxItems: SCOPES.length,
    uniqueItems: true,
    description: 'What it may do',
    examples: [['contacts:read', 'contacts:write']],
  }),
};
const teams = { ...TeamList, description: 'The only teams whose agents it reaches; absent: all' };
const expiresAt = { ...Timestamp, description: 'Absent: never' };

export const KeyParams = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$', examples: ['admin'] }),
});

export const KeyBody = Named(
  'ApiKeyBody',
  Type.Object(
    { ...settings, teams: Type.Optional(teams), expiresAt: Type.Optional(expiresAt) },
    { additionalProperties: false },
  ),
);
export const KeyPatch = Named(
  'ApiKeyPatch',
  Type.Partial(
    Type.Object({
      ...settings,
      teams: Type.Union([teams, Type.Null()]),
      expiresAt: Type.Union([expiresAt, Type.Null()]),
    }),
    { additionalProperties: false, minProperties: 1 },
  ),
);

const answer = {
  id: Type.String({ examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11'] }),
  ...settings,
  teams: Type.Optional(teams),
  expiresAt: Type.Optional(expiresAt),
  createdBy: Type.String({ description: 'Empty: the house itself', examples: ['Elena Prieto'] }),
  createdAt: Timestamp,
  lastUsedAt: Type.Optional({ ...Timestamp, description: 'To the minute' }),
  revokedAt: Type.Optional({ ...Timestamp, description: 'It is not taken any more' }),
  ...Revision,
};
export const KeyAnswer = Named('ApiKey', Type.Object(answer));
export const KeyPage = PageOf(KeyAnswer);
export const NewKeyAnswer = Named(
  'NewApiKey',
  Type.Object({
    ...answer,
    key: Type.String({
      description: 'Shown this once: only its hash is kept',
      examples: ['ck_N2VhM2Y0ZjEtOWU2Yi00Y2Q5LThmMDYtM2Y5YzY0MjE'],
    }),
  }),
);
