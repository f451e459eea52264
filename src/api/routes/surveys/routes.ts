import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { agentId, queueId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { within } from '../../reach.ts';
import { responses } from '../../schemas.ts';
import { SurveyAnswer, SurveyQuery } from './schemas.ts';

export const surveyRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (
  app,
  { store, control },
) => {
  app.get(
    '',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['surveys'],
        summary: 'What callers answered: per question, queue and agent',
        description:
          'Single answers are in the records of their calls: `GET /v1/cdrs?surveyed=true`.',
        querystring: SurveyQuery,
        response: responses({ 200: SurveyAnswer }),
      },
    },
    async ({ query: { from, to, ...query }, principal }) => {
      const figures = await store.surveys.summary({
        ...(from === undefined ? {} : { from: Date.parse(from) }),
        ...(to === undefined ? {} : { to: Date.parse(to) }),
        ...(query.queueId === undefined ? {} : { queueId: queueId(query.queueId) }),
        ...(query.agentId === undefined ? {} : { agentId: agentId(query.agentId) }),
      });
      const seen = figures.filter(within(principal, control));
      return { items: seen.map((line) => ({ ...line, scores: [...line.scores] })) };
    },
  );
};
