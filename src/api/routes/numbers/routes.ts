import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { ok } from '../../../lib/result.ts';
import { calendarId, flowId } from '../../../model/ids.ts';
import type { NumberConfig } from '../../../model/number.ts';
import type { Stored } from '../../../runtime/ports.admin.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { iso, NoContent, PageQuery, responses } from '../../schemas.ts';
import { NumberAnswer, NumberBody, NumberPage, NumberParams, NumberPatch } from './schemas.ts';

const tags = ['numbers'];

export const numberRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { numbers } = context.store.configuration;

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List numbers',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: NumberPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await numbers.list(query));
      return { ...page, items: page.items.map(answer) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a number known',
        body: NumberBody,
        response: responses({ 201: NumberAnswer }),
      },
    },
    async ({ body }, reply) => {
      const number = await changeConfiguration(context, (tx) => tx.numbers.create(configOf(body)));
      return reply.code(201).header('location', `/v1/numbers/${number.dnis}`).send(answer(number));
    },
  );

  app.get(
    '/:dnis',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read a number',
        params: NumberParams,
        response: responses({ 200: NumberAnswer }),
      },
    },
    async ({ params }) => answer(found(await numbers.get(params.dnis), 'number', params.dnis)),
  );

  app.patch(
    '/:dnis',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change a number',
        description:
          'What is not named stays as it is (RFC 7396). Calls in progress keep their flow.',
        params: NumberParams,
        body: NumberPatch,
        response: responses({ 200: NumberAnswer }),
      },
    },
    async ({ params: { dnis }, body }) =>
      answer(
        await changeConfiguration(context, async (tx) => {
          const current = found(await tx.numbers.get(dnis), 'number', dnis);
          const { calendarId: hours = current.calendarId, ...rest } = body;
          const calendar = hours ? { calendarId: hours } : {};
          const { calendarId: _, ...number } = current;
          return tx.numbers.replace(configOf({ ...number, ...rest, ...calendar }));
        }),
      ),
  );

  app.delete(
    '/:dnis',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Forget a number',
        params: NumberParams,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.numbers.remove(params.dnis);
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};

const configOf = (body: Static<typeof NumberBody>): NumberConfig => ({
  dnis: body.dnis,
  name: body.name,
  flowId: flowId(body.flowId),
  language: body.language,
  country: body.country,
  ...(body.calendarId === undefined ? {} : { calendarId: calendarId(body.calendarId) }),
});

const answer = (number: Stored<NumberConfig>) => ({ ...number, updatedAt: iso(number.updatedAt) });
