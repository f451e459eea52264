import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EpochMs } from '../../../lib/clock.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { isFromOwnPage, presentedBy, SESSION_COOKIE } from '../../../lib/presented.ts';
import type { Actor } from '../../../model/access.ts';
import { audit } from '../../audit.ts';
import type { ApiContext } from '../../context.ts';
import { valueFrom } from '../../outcomes.ts';
import { iso, NoContent, responses } from '../../schemas.ts';
import { createGuessing } from './guessing.ts';
import { PasswordBody, SignInAnswer, SignInBody, WhoAnswer } from './schemas.ts';

const tags = ['access'];

export const sessionRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { store, clock, log } = context;
  const { sessions, users } = store.access;
  const guessing = createGuessing(clock);

  app.post(
    '',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        security: [],
        summary: 'Sign in',
        description: `The token is also set as the cookie \`${SESSION_COOKIE}\` (HttpOnly, SameSite=Strict). Who guesses has to wait longer each time (429).`,
        body: SignInBody,
        response: responses({ 201: SignInAnswer }),
      },
    },
    async (request, reply) => {
      const { body, headers } = request;
      if (!isFromOwnPage(headers))
        throw new CodedError(refusal('FORBIDDEN', 'This came from a page of another site.'));
      const from = { address: request.ip, userAgent: headers['user-agent'] ?? '' };
      const opened = await guessing.try(request.ip, body.userId, () => sessions.open(body, from));
      const at = clock.now();
      if (!opened) {
        log.warn({ pii: { userId: body.userId, address: request.ip } }, 'A sign-in failed');
        const actor: Actor = { kind: 'user', id: 'unknown', name: 'Somebody' };
        const object = { kind: 'user', id: body.userId };
        await store.audit.record({ at, actor, action: 'session.refused', object, after: from });
        throw new CodedError(refusal('CREDENTIALS_WRONG', 'Nobody was signed in.'));
      }
      const { token, session, user } = opened;
      const actor: Actor = { kind: 'user', id: user.id, name: user.name };
      const object = { kind: 'session', id: session.id };
      await store.audit.record({ at, actor, action: 'session.opened', object, after: from });
      setCookie(request, reply, token, session.expiresAt - at);
      return reply.code(201).send({ token, expiresAt: iso(session.expiresAt) });
    },
  );

  app.get(
    '',
    {
      config: { scope: 'self' },
      schema: {
        tags,
        summary: 'Who is asking, and what they may do',
        response: responses({ 200: WhoAnswer }),
      },
    },
    async (request) => {
      const { kind, id, name, scopes, teams, agentId } = request.principal;
      const session = await sessions.byToken(secretOf(request));
      const role = kind === 'user' ? (await users.get(id))?.role : undefined;
      return {
        kind,
        id,
        name,
        scopes: [...scopes],
        ...(role ? { role } : {}),
        ...(teams ? { teams } : {}),
        ...(agentId === undefined ? {} : { agentId }),
        ...(session ? { expiresAt: iso(session.expiresAt) } : {}),
      };
    },
  );

  app.delete(
    '',
    {
      config: { scope: 'self' },
      schema: {
        tags,
        summary: 'Sign out',
        description: 'A key has nothing to sign out of: it stays as it is.',
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const session = await sessions.byToken(secretOf(request));
      if (session) {
        await sessions.close(secretOf(request));
        const object = { kind: 'session', id: session.id };
        await audit(context, request, { action: 'session.closed', object });
      }
      setCookie(request, reply, '', 0);
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/password',
    {
      config: { scope: 'self' },
      schema: {
        tags,
        summary: "Change one's own password",
        description: 'Their sessions end, this one included: sign in again.',
        body: PasswordBody,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { principal, body } = request;
      const user = principal.kind === 'user' ? await users.get(principal.id) : undefined;
      if (!user) throw new CodedError(refusal('FORBIDDEN', 'A key has no password.'));
      const isTheirs = await guessing.try(
        request.ip,
        user.id,
        async () => (await sessions.checkPassword(user.id, body.current)) || undefined,
      );
      if (!isTheirs) throw new CodedError(refusal('CREDENTIALS_WRONG', 'Nothing was changed.'));
      valueFrom(await users.change(user.id, (now) => now, body.password));
      const object = { kind: 'user', id: user.id };
      await audit(context, request, { action: 'user.passwordChanged', object });
      setCookie(request, reply, '', 0);
      return reply.code(204).send(null);
    },
  );
};

const secretOf = (request: FastifyRequest): string => presentedBy(request.headers)?.secret ?? '';

/** `Secure` when the browser came by TLS, which ends at a proxy before us (RFC 6265 section 4.1.2.5). */
function setCookie(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  token: string,
  lifeMs: EpochMs,
): void {
  const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  const age = Math.max(0, Math.floor(lifeMs / 1_000));
  void reply.header(
    'set-cookie',
    `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`,
  );
}
