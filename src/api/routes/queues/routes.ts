import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { ok } from '../../../lib/result.ts';
import { queueId } from '../../../model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../model/queue.ts';
import type { Stored } from '../../../runtime/ports.admin.ts';
import type { QueueView } from '../../../runtime/ports.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { IdParams, iso, NoContent, PageQuery, responses } from '../../schemas.ts';
import { QueueAnswer, QueueBody, QueuePage, QueuePatch } from './schemas.ts';

const tags = ['queues'];
const params = IdParams('ventas');

export const queueRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { queues } = context.store.configuration;
  const views = () => context.control.snapshot().queues;

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List queues, with what is going on in them',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: QueuePage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await queues.list(query));
      const live = views();
      return { ...page, items: page.items.map((queue) => answer(queue, live)) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a queue',
        body: QueueBody,
        response: responses({ 201: QueueAnswer }),
      },
    },
    async ({ body }, reply) => {
      const wanted = { ...QUEUE_DEFAULTS, ...body, id: queueId(body.id) };
      const queue = await changeConfiguration(context, (tx) => tx.queues.create(wanted));
      return reply
        .code(201)
        .header('location', `/v1/queues/${queue.id}`)
        .send(answer(queue, views()));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read a queue, with what is going on in it',
        params,
        response: responses({ 200: QueueAnswer }),
      },
    },
    async ({ params: { id } }) =>
      answer(found(await queues.get(queueId(id)), 'queue', id), views()),
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change a queue',
        description:
          'What is not named stays as it is (RFC 7396). Calls that wait keep their places.',
        params,
        body: QueuePatch,
        response: responses({ 200: QueueAnswer }),
      },
    },
    async ({ params: { id }, body }) => {
      const queue = await changeConfiguration(context, async (tx) => {
        const current = found(await tx.queues.get(queueId(id)), 'queue', id);
        return tx.queues.replace({ ...current, ...body });
      });
      return answer(queue, views());
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a queue that has no agents and is in no flow',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.queues.remove(queueId(id));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};

function answer(queue: Stored<QueueConfig>, views: readonly QueueView[]) {
  const view = views.find((one) => one.id === queue.id);
  return {
    ...queue,
    updatedAt: iso(queue.updatedAt),
    ...(view ? { live: liveOf(view) } : {}),
  };
}

const liveOf = ({ oldestSince, next, ...counts }: QueueView) => ({
  ...counts,
  next: [...next],
  ...(oldestSince === undefined ? {} : { oldestSince: iso(oldestSince) }),
});
