import type { FastifyPluginAsync } from 'fastify';
import type { ApiContext } from '../context.ts';
import { auditRoutes } from './audit/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import { sessionRoutes } from './session/routes.ts';
import { userRoutes } from './users/routes.ts';

/** Who may come in, and what they did. */
export const accessRoutes: FastifyPluginAsync<ApiContext> = async (app, context) => {
  await app.register(sessionRoutes, { ...context, prefix: '/session' });
  await app.register(userRoutes, { ...context, prefix: '/users' });
  await app.register(keyRoutes, { ...context, prefix: '/keys' });
  await app.register(auditRoutes, { ...context, prefix: '/audit' });
};
