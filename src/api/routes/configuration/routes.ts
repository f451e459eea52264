import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ApiContext } from '../../context.ts';
import { responses } from '../../schemas.ts';
import { Findings, LintQuery } from './schemas.ts';
import { findingsFor } from './sight.ts';

export const configurationRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  app.get(
    '/lint',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags: ['configuration'],
        summary: 'What in the configuration cannot work, or will not do what was meant',
        description:
          'A queue that nobody can serve, a skill that nobody has, an agent who can be offered nothing, casual ' +
          'agents whose month is too short. A file is linted with `npm run config:lint -- company.yaml`.',
        querystring: LintQuery,
        response: responses({ 200: Findings }),
      },
    },
    async ({ query, principal }) => {
      const configuration = await context.store.configuration.all();
      const figures = { callsPerMonth: callsOf(query.callsPerMonth) };
      const findings = await context.linter.check(configuration, figures);
      return { findings: [...(await findingsFor(principal, configuration, findings))] };
    },
  );
};

const callsOf = (text: string | undefined): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (text?.split(',') ?? []).map((pair) => {
      const [queueId = '', calls] = pair.split(':');
      return [queueId, Number(calls)] as const;
    }),
  );
