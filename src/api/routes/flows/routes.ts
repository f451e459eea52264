import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { ok } from '../../../lib/result.ts';
import { flowId } from '../../../model/ids.ts';
import type { FlowVersion } from '../../../runtime/ports.admin.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { IdParams, iso, NoContent, PageQuery, responses } from '../../schemas.ts';
import { publishFlow, publishVersion } from './publish.ts';
import {
  FlowBody,
  FlowPage,
  FlowVersionAnswer,
  FlowVersionPage,
  NewFlowBody,
  VersionParams,
} from './schemas.ts';

const tags = ['flows'];
const params = IdParams('principal');
const querystring = Type.Object(PageQuery, { additionalProperties: false });

export const flowRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { flows } = context.store.configuration;

  app.get(
    '',
    {
      schema: { tags, summary: 'List flows', querystring, response: responses({ 200: FlowPage }) },
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
      schema: {
        tags,
        summary: 'Make a flow; its first version goes live',
        body: NewFlowBody,
        response: responses({ 201: FlowVersionAnswer }),
      },
    },
    async ({ body }, reply) => {
      const id = flowId(body.id);
      const version = await changeConfiguration(context, async (tx) => {
        if (await tx.flows.get(id))
          throw new CodedError(refusal('ALREADY_EXISTS', `There is a flow ${id} already.`));
        return publishFlow(context.flowChecker, tx, id, body.document);
      });
      return reply.code(201).header('location', `/v1/flows/${id}`).send(answer(version));
    },
  );

  app.get(
    '/:id',
    {
      schema: {
        tags,
        summary: 'Read the version of a flow that is live',
        params,
        response: responses({ 200: FlowVersionAnswer }),
      },
    },
    async ({ params: { id } }) => answer(found(await flows.get(flowId(id)), 'flow', id)),
  );

  app.put(
    '/:id',
    {
      schema: {
        tags,
        summary: 'Publish the next version of a flow',
        description:
          'It is checked first, and every problem is reported. New calls follow it at once; calls in progress end as they began.',
        params,
        body: FlowBody,
        response: responses({ 200: FlowVersionAnswer }),
      },
    },
    async ({ params: { id }, body }) => {
      const publish = async () =>
        changeConfiguration(context, async (tx) => {
          found(await tx.flows.get(flowId(id)), 'flow', id);
          return publishFlow(context.flowChecker, tx, flowId(id), body.document);
        });
      return answer(await publish());
    },
  );

  app.delete(
    '/:id',
    {
      schema: {
        tags,
        summary: 'Remove a flow that no number has, with all its versions',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.flows.remove(flowId(id));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/:id/versions',
    {
      schema: {
        tags,
        summary: "List a flow's versions, newest first",
        params,
        querystring,
        response: responses({ 200: FlowVersionPage }),
      },
    },
    async ({ params: { id }, query }) => {
      found(await flows.get(flowId(id)), 'flow', id);
      const page = valueFrom(await flows.versions(flowId(id), query));
      return { ...page, items: page.items.map(answer) };
    },
  );

  app.get(
    '/:id/versions/:version',
    {
      schema: {
        tags,
        summary: 'Read a version of a flow',
        params: VersionParams,
        response: responses({ 200: FlowVersionAnswer }),
      },
    },
    async ({ params: { id, version } }) =>
      answer(found(await flows.get(flowId(id), version), 'version', `${version} of flow ${id}`)),
  );

  app.post(
    '/:id/versions/:version/publish',
    {
      schema: {
        tags,
        summary: 'Make a stored version live again',
        params: VersionParams,
        response: responses({ 200: FlowVersionAnswer }),
      },
    },
    async ({ params: { id, version } }) =>
      answer(
        await changeConfiguration(context, (tx) =>
          publishVersion(context.flowChecker, tx, flowId(id), version),
        ),
      ),
  );
};

const answer = (flow: FlowVersion) => ({ ...flow, createdAt: iso(flow.createdAt) });
