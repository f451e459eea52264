import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { flowId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { takeYamlBodies } from '../../plugins/yaml-bodies.ts';
import { demandMatch, expectedRevision, IfMatch } from '../../preconditions.ts';
import { IdParams, NoContent, responses } from '../../schemas.ts';
import { byWhom, draftAnswer, publishedAnswer } from './answers.ts';
import { draftCandidate, opinionOf, publish } from './publish.ts';
import { CommentBody, DraftAnswer, FlowBody, FlowQuery, PublishedAnswer } from './schemas.ts';

const tags = ['flows'];
const params = IdParams('principal');

/** What is being worked on: nobody hears it until it is published. */
export const draftRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { flows } = context.store.configuration;
  takeYamlBodies(app);

  app.get(
    '/:id/draft',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read the draft of a flow, and what is still wrong with it',
        params,
        response: responses({ 200: DraftAnswer }),
      },
    },
    async ({ params: { id } }) => {
      const draft = found(await flows.draft(flowId(id)), 'draft of flow', id);
      return draftAnswer(draft, await opinionOf(context, draft.document, draft.id));
    },
  );

  app.put(
    '/:id/draft',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Save the draft of a flow, which need not exist yet',
        description:
          'A draft may be incomplete: its problems are in the answer, with line and column where the body is the flow itself, as application/yaml. With If-Match, only if nobody has saved another one since.',
        params,
        querystring: FlowQuery,
        headers: IfMatch,
        body: FlowBody,
        response: responses({ 200: DraftAnswer }),
      },
    },
    async (request) => {
      const { document, comment } = request.body;
      const id = flowId(request.params.id);
      const expected = expectedRevision(request.headers['if-match']);
      const by = byWhom(request, comment);
      const draft = valueFrom(await flows.saveDraft(id, document, by, expected));
      return draftAnswer(draft, await opinionOf(context, document, id));
    },
  );

  app.delete(
    '/:id/draft',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Throw the draft of a flow away',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, headers }, reply) => {
      const expected = expectedRevision(headers['if-match']);
      valueFrom(await flows.dropDraft(flowId(id), expected));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/:id/draft/publish',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Publish the draft as the next version of the flow',
        description:
          'Refused with every problem as long as there are any. Without a comment, the one of the draft is kept.',
        params,
        headers: IfMatch,
        body: CommentBody,
        response: responses({ 200: PublishedAnswer }),
      },
    },
    async (request) => {
      const id = flowId(request.params.id);
      const draft = found(await flows.draft(id), 'draft of flow', id);
      demandMatch(request.headers['if-match'], draft.revision);
      const by = byWhom(request, request.body?.comment ?? draft.comment);
      return publishedAnswer(
        await publish(context, id, draftCandidate(draft, by), () => undefined),
      );
    },
  );
};
