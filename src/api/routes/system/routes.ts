import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Clock } from '../../../lib/clock.ts';
import { within } from '../../../lib/within.ts';
import type { HealthCheck } from '../../../runtime/ports/index.ts';
import type { ApiContext } from '../../context.ts';
import {
  Alive,
  AsyncapiDocument,
  FlowSchema,
  Metrics,
  OpenapiDocument,
  Readiness,
} from './schemas.ts';

const tags = ['system'];
/** Open to whoever reaches the port: health checkers and Prometheus bring no keys. */
const security: [] = [];
const CHECK_MS_MAX = 2_000;

export const systemRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  // A person who opens the bare address wants to read, not to be told 404.
  app.get('/', { config: { scope: 'open' }, schema: { hide: true } }, async (_request, reply) =>
    reply.redirect('/docs'),
  );

  app.get(
    '/healthz',
    {
      config: { scope: 'open' },
      schema: { tags, security, summary: 'Whether the process answers', response: { 200: Alive } },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        security,
        summary: 'Whether calls can be taken, and what in the house is not well',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const checks = await Promise.all(
        context.health.map((check) => outcomeOf(check, context.clock)),
      );
      const status = statusOf(checks);
      return reply.code(status === 'failing' ? 503 : 200).send({ status, checks });
    },
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        security,
        summary: 'Measures for Prometheus',
        produces: ['text/plain'],
        response: { 200: Metrics },
      },
    },
    async (_request, reply) => {
      void reply.type(context.metrics.contentType);
      return context.metrics.metrics();
    },
  );

  app.get(
    '/openapi.json',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        security,
        summary: 'This document',
        response: { 200: OpenapiDocument },
      },
    },
    async () => app.swagger(),
  );

  app.get(
    '/asyncapi.json',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        security,
        summary: "The live feed's protocol, as AsyncAPI 3 has it",
        response: { 200: AsyncapiDocument },
      },
    },
    async () => context.feedDocument,
  );

  app.get(
    '/flow.schema.json',
    {
      config: { scope: 'open' },
      schema: {
        tags,
        security,
        summary: 'The JSON Schema of a flow',
        description:
          'For editors: `# yaml-language-server: $schema=http://…/flow.schema.json` in the first line of a file.',
        response: { 200: FlowSchema },
      },
    },
    async () => context.flowChecker.schema,
  );
};

const statusOf = (checks: readonly { readonly ok: boolean; readonly detail?: string }[]) => {
  if (checks.some(({ ok }) => !ok)) return 'failing' as const;
  return checks.some(({ detail }) => detail !== undefined)
    ? ('degraded' as const)
    : ('ok' as const);
};

/** A check that hangs or throws is one that fails. */
async function outcomeOf(check: HealthCheck, clock: Clock) {
  const { name } = check;
  const answered = check.check().catch((error: unknown) => ({ ok: false, detail: String(error) }));
  const outcome = await within(clock, CHECK_MS_MAX, answered);
  return { name, ...(outcome ?? { ok: false, detail: 'No answer.' }) };
}
