import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { StoredUser, User } from '../../../runtime/ports/access.ts';
import { audit } from '../../audit.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { IdParams, ListQuery, NoContent, responses } from '../../schemas.ts';
import { SessionList, UserAnswer, UserBody, UserPage, UserPatch } from './schemas.ts';
import { answer, demandToGive, patched, scopesOfRole, sessionAnswer, userFrom } from './users.ts';

const tags = ['access'];
const params = IdParams('elena');

export const userRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { users, sessions } = context.store.access;
  const read = async (id: string) => found(await users.get(id), 'user', id);
  /** A user as they are now, if that is what whoever asks has seen, and theirs to change. */
  const seen = ({ headers, principal }: FastifyRequest, now: StoredUser): StoredUser => {
    demandMatch(headers['if-match'], now.revision);
    demandToGive(principal, scopesOfRole(now.role), now.teams);
    return now;
  };

  app.get(
    '',
    {
      config: { scope: 'access:read' },
      schema: {
        tags,
        summary: 'List the people who may sign in',
        querystring: Type.Object(ListQuery, { additionalProperties: false }),
        response: responses({ 200: UserPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await users.list(query));
      return { ...page, items: page.items.map(answer) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'access:write' },
      schema: {
        tags,
        summary: 'Let somebody sign in',
        description:
          'What the roles may do is in docs/access.md. Nobody gives more than they have.',
        body: UserBody,
        response: responses({ 201: UserAnswer }),
      },
    },
    async (request, reply) => {
      const { password, ...body } = request.body;
      const wanted = userFrom(body);
      demandToGive(request.principal, scopesOfRole(wanted.role), wanted.teams);
      const user = answer(valueFrom(await users.create(wanted, password)));
      const object = { kind: 'user', id: user.id };
      await audit(context, request, { action: 'user.created', object, after: user });
      return reply.code(201).header('location', `/v1/users/${user.id}`).send(user);
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'access:read' },
      schema: { tags, summary: 'Read a user', params, response: responses({ 200: UserAnswer }) },
    },
    async ({ params: { id } }) => answer(await read(id)),
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'access:write' },
      schema: {
        tags,
        summary: 'Change a user',
        description:
          'What is not named stays as it is (RFC 7396). It holds at once, in open sessions too; a new password, or `disabled`, ends them.',
        params,
        headers: IfMatch,
        body: UserPatch,
        response: responses({ 200: UserAnswer }),
      },
    },
    async (request) => {
      const { password, ...patch } = request.body;
      let before: StoredUser | undefined;
      const decide = (now: StoredUser): User => {
        before = seen(request, now);
        const wanted = patched(now, patch);
        demandToGive(request.principal, scopesOfRole(wanted.role), wanted.teams);
        return wanted;
      };
      const user = answer(valueFrom(await users.change(request.params.id, decide, password)));
      await audit(context, request, {
        action: 'user.changed',
        object: { kind: 'user', id: user.id },
        before: before && answer(before),
        after: { ...user, ...(password === undefined ? {} : { password: 'changed' }) },
      });
      return user;
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'access:write' },
      schema: {
        tags,
        summary: 'Remove a user, and end their sessions',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      let before: StoredUser | undefined;
      const removed = await users.remove(id, (now) => {
        before = seen(request, now);
      });
      valueFrom(removed);
      await audit(context, request, {
        action: 'user.removed',
        object: { kind: 'user', id },
        before: before && answer(before),
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/:id/sessions',
    {
      config: { scope: 'access:read' },
      schema: {
        tags,
        summary: 'Where a user is signed in',
        params,
        response: responses({ 200: SessionList }),
      },
    },
    async ({ params: { id } }) => {
      await read(id);
      return { items: (await sessions.list(id)).map(sessionAnswer) };
    },
  );

  app.delete(
    '/:id/sessions',
    {
      config: { scope: 'access:write' },
      schema: {
        tags,
        summary: 'Sign a user out everywhere',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { id } = await read(request.params.id);
      const ended = await sessions.closeAll(id);
      const object = { kind: 'user', id };
      await audit(context, request, { action: 'user.signedOut', object, after: { ended } });
      return reply.code(204).send(null);
    },
  );
};
