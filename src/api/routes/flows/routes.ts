import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { ok } from '../../../lib/result.ts';
import { flowId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { takeYamlBodies } from '../../plugins/yaml-bodies.ts';
import { demandMatch, etag, IfMatch } from '../../preconditions.ts';
import { IdParams, iso, ListQuery, NoContent, responses } from '../../schemas.ts';
import { byWhom, publishedAnswer, versionAnswer } from './answers.ts';
import { documentCandidate, opinionOf, publish } from './publish.ts';
import {
  FlowBody,
  FlowPage,
  FlowQuery,
  FlowVersionAnswer,
  NewFlowBody,
  NewFlowQuery,
  PublishedAnswer,
  ValidateBody,
  ValidationAnswer,
} from './schemas.ts';

const AS_YAML =
  'The body may also be the flow itself, as application/yaml: each problem has its line and column.';
const tags = ['flows'];
const params = IdParams('principal');
const querystring = Type.Object(ListQuery, { additionalProperties: false });

export const flowRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { flows } = context.store.configuration;
  takeYamlBodies(app);

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List flows, also those that are only drafts',
        querystring,
        response: responses({ 200: FlowPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await flows.list(query));
      const items = page.items.map((flow) => ({ ...flow, updatedAt: iso(flow.updatedAt) }));
      return { ...page, items };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a flow; its first version goes live',
        description: `It is checked first. ${AS_YAML} The id stands in the query then.`,
        querystring: NewFlowQuery,
        body: NewFlowBody,
        response: responses({ 201: PublishedAnswer }),
      },
    },
    async (request, reply) => {
      const { document, comment, ...body } = request.body;
      const id = flowId(body.id);
      const candidate = documentCandidate(id, document, byWhom(request, comment));
      const published = await publish(context, id, candidate, (live) => {
        if (live) throw new CodedError(refusal('ALREADY_EXISTS', `There is a flow ${id} already.`));
      });
      return reply
        .code(201)
        .headers({ location: `/v1/flows/${id}`, etag: etag(published.version.version) })
        .send(publishedAnswer(published));
    },
  );

  app.post(
    '/validate',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Check a flow without storing it',
        description: AS_YAML,
        body: ValidateBody,
        response: responses({ 200: ValidationAnswer }),
      },
    },
    ({ body }) => opinionOf(context, body.document),
  );

  app.get(
    '/:id',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read the version of a flow that is live',
        params,
        response: responses({ 200: FlowVersionAnswer }),
      },
    },
    async ({ params: { id } }, reply) => {
      const live = found(await flows.get(flowId(id)), 'flow', id);
      return reply.header('etag', etag(live.version)).send(versionAnswer(live));
    },
  );

  app.put(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Publish the next version of a flow',
        description: `It is checked first, and every problem is reported. ${AS_YAML} Its prompts are spoken; then new calls follow it at once. Calls in progress end as they began. With If-Match, only if that version is still the live one.`,
        params,
        querystring: FlowQuery,
        headers: IfMatch,
        body: FlowBody,
        response: responses({ 200: PublishedAnswer }),
      },
    },
    async (request, reply) => {
      const { document, comment } = request.body;
      const id = flowId(request.params.id);
      const candidate = documentCandidate(id, document, byWhom(request, comment));
      const published = await publish(context, id, candidate, (live) => {
        demandMatch(request.headers['if-match'], found(live, 'flow', id).version);
      });
      return reply.header('etag', etag(published.version.version)).send(publishedAnswer(published));
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a flow that no number has, with all its versions and its draft',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, headers }, reply) => {
      await changeConfiguration(context, async (tx) => {
        demandMatch(headers['if-match'], (await tx.flows.get(flowId(id)))?.version);
        const removed = await tx.flows.remove(flowId(id));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};
