import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { IdParams, NoContent, responses } from '../../schemas.ts';
import { deliveryAnswer } from './answers.ts';
import {
  DeliveryAnswer,
  DeliveryPage,
  DeliveryParams,
  DeliveryQuery,
  DiscardAnswer,
  ReplayAnswer,
} from './schemas.ts';

const tags = ['webhooks'];
const params = IdParams('crm');
const read = { scope: 'webhooks:read' } as const;
const write = { scope: 'webhooks:write' } as const;

/** What is on its way, what arrived, and the dead letters. */
export const deliveryRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, { webhooks }) => {
  const { deliveries } = webhooks;
  const known = async (id: string) => found(await webhooks.get(id), 'webhook', id);

  app.get(
    '/:id/deliveries',
    {
      config: read,
      schema: {
        tags,
        summary: 'List deliveries, newest first; `state=dead`: the dead letters',
        params,
        querystring: DeliveryQuery,
        response: responses({ 200: DeliveryPage }),
      },
    },
    async ({ params: { id }, query }) => {
      await known(id);
      const { items, ...rest } = valueFrom(await deliveries.list(id, query.state, query));
      return { ...rest, items: items.map(deliveryAnswer) };
    },
  );

  app.get(
    '/:id/deliveries/:number',
    {
      config: read,
      schema: {
        tags,
        summary: 'Read a delivery',
        params: DeliveryParams,
        response: responses({ 200: DeliveryAnswer }),
      },
    },
    async ({ params: { id, number } }) =>
      deliveryAnswer(found(await deliveries.get(id, number), 'delivery', number)),
  );

  app.post(
    '/:id/deliveries/:number/replay',
    {
      config: write,
      schema: {
        tags,
        summary: 'Try a dead letter again, from the first attempt on',
        params: DeliveryParams,
        response: responses({ 200: ReplayAnswer }),
      },
    },
    async ({ params: { id, number } }) => ({
      replayed: valueFrom(await webhooks.replay(id, number)),
    }),
  );

  app.post(
    '/:id/replay',
    {
      config: write,
      schema: {
        tags,
        summary: 'Try all dead letters again, in their order',
        params,
        response: responses({ 200: ReplayAnswer }),
      },
    },
    async ({ params: { id } }) => ({ replayed: valueFrom(await webhooks.replay(id)) }),
  );

  app.delete(
    '/:id/deliveries/:number',
    {
      config: write,
      schema: {
        tags,
        summary: 'Delete a dead letter',
        params: DeliveryParams,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id, number } }, reply) => {
      if ((await deliveries.discard(id, number)) === 0) found(undefined, 'dead letter', number);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/:id/deliveries',
    {
      config: write,
      schema: {
        tags,
        summary: 'Delete all dead letters',
        params,
        response: responses({ 200: DiscardAnswer }),
      },
    },
    async ({ params: { id } }) => {
      await known(id);
      return { discarded: await deliveries.discard(id, undefined) };
    },
  );
};
