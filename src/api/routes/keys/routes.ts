import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { EpochMs } from '../../../lib/clock.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { ApiKey, StoredApiKey } from '../../../runtime/ports/access.ts';
import { audit } from '../../audit.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { iso, ListQuery, NoContent, responses } from '../../schemas.ts';
import { demandToGive } from '../users/users.ts';
import { KeyAnswer, KeyBody, KeyPage, KeyParams, KeyPatch, NewKeyAnswer } from './schemas.ts';

const tags = ['access'];
const params = KeyParams;

export const keyRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { keys } = context.store.access;
  const read = async (id: string) => found(await keys.get(id), 'key', id);
  /** A key as it is now, if that is what whoever asks has seen, and theirs to change. */
  const seen = ({ headers, principal }: FastifyRequest, now: StoredApiKey): StoredApiKey => {
    demandMatch(headers['if-match'], now.revision);
    demandToGive(principal, now.scopes, now.teams);
    return now;
  };

  app.get(
    '',
    {
      config: { scope: 'access:read' },
      schema: {
        tags,
        summary: 'List the keys, without what opens by them',
        querystring: Type.Object(ListQuery, { additionalProperties: false }),
        response: responses({ 200: KeyPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await keys.list(query));
      return { ...page, items: page.items.map(answer) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'access:write', secretAnswer: true },
      schema: {
        tags,
        summary: 'Make a key',
        description: '`key` is shown this once. Nobody gives more than they have.',
        body: KeyBody,
        response: responses({ 201: NewKeyAnswer }),
      },
    },
    async (request, reply) => {
      const { principal, body } = request;
      const { expiresAt, teams, ...rest } = body;
      demandToGive(principal, rest.scopes, teams);
      const wanted = { ...rest, ...limits(teams, expiresAt, context.clock.now()) };
      const { key, secret } = await keys.create({ ...wanted, id: '' }, principal.name);
      const after = answer(key);
      const object = { kind: 'key', id: key.id };
      await audit(context, request, { action: 'key.created', object, after });
      return reply
        .code(201)
        .header('location', `/v1/keys/${key.id}`)
        .send({ ...after, key: secret });
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'access:read' },
      schema: { tags, summary: 'Read a key', params, response: responses({ 200: KeyAnswer }) },
    },
    async ({ params: { id } }) => answer(await read(id)),
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'access:write' },
      schema: {
        tags,
        summary: 'Change what a key is called and may do',
        description: 'It holds at once.',
        params,
        headers: IfMatch,
        body: KeyPatch,
        response: responses({ 200: KeyAnswer }),
      },
    },
    async (request) => {
      let before: StoredApiKey | undefined;
      const changed = await keys.change(request.params.id, (now) => {
        before = seen(request, now);
        const wanted = patched(now, request.body, context.clock.now());
        demandToGive(request.principal, wanted.scopes, wanted.teams);
        return wanted;
      });
      const key = answer(valueFrom(changed));
      await audit(context, request, {
        action: 'key.changed',
        object: { kind: 'key', id: key.id },
        before: before && answer(before),
        after: key,
      });
      return key;
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'access:write' },
      schema: {
        tags,
        summary: 'Revoke a key, at once and for good',
        description: 'It stays in the list, because the audit log names it.',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      let before: StoredApiKey | undefined;
      const revoked = await keys.revoke(request.params.id, (now) => {
        before = seen(request, now);
      });
      const after = answer(valueFrom(revoked));
      await audit(context, request, {
        action: 'key.revoked',
        object: { kind: 'key', id: after.id },
        before: before && answer(before),
        after,
      });
      return reply.code(204).send(null);
    },
  );
};

/** An end that has passed already would make a key that never opens anything. */
function limits(
  teams: readonly string[] | null | undefined,
  end: string | null | undefined,
  now: EpochMs,
): Pick<ApiKey, 'teams' | 'expiresAt'> {
  const expiresAt = end ? Date.parse(end) : undefined;
  if (expiresAt !== undefined && !(expiresAt > now))
    throw new CodedError(refusal('REQUEST_INVALID', '`expiresAt` must be later than now.'));
  return { ...(teams ? { teams } : {}), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function patched(before: StoredApiKey, patch: Static<typeof KeyPatch>, now: EpochMs): ApiKey {
  const { teams = before.teams, expiresAt, name = before.name, scopes = before.scopes } = patch;
  const kept = expiresAt === undefined && before.expiresAt !== undefined;
  return {
    id: before.id,
    name,
    scopes,
    ...limits(teams, expiresAt, now),
    ...(kept ? { expiresAt: before.expiresAt } : {}),
  };
}

const answer = (key: StoredApiKey): Static<typeof KeyAnswer> => {
  const { expiresAt, createdAt, lastUsedAt, revokedAt, updatedAt, scopes, ...rest } = key;
  return {
    ...rest,
    scopes: [...scopes],
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: iso(lastUsedAt) }),
    ...(revokedAt === undefined ? {} : { revokedAt: iso(revokedAt) }),
  };
};
