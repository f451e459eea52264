import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { ok } from '../../../lib/result.ts';
import type { Closure } from '../../../model/calendar.ts';
import { calendarId } from '../../../model/ids.ts';
import { openingAt } from '../../../model/opening.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { IdParams, NoContent, PageQuery, responses } from '../../schemas.ts';
import { answer, closureFrom, openingWire } from './calendars.ts';
import {
  CalendarAnswer,
  CalendarBody,
  CalendarPage,
  CalendarPatch,
  ClosureBody,
  OpeningAnswer,
  OpeningQuery,
} from './schemas.ts';

const tags = ['calendars'];
const params = IdParams('tienda-coyoacan');

export const calendarRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { calendars } = context.store.configuration;
  const { clock } = context;
  const setClosure = async (id: string, closure: Closure | undefined) => {
    const calendar = await changeConfiguration(context, (tx) =>
      tx.calendars.setClosure(calendarId(id), closure),
    );
    return answer(calendar, clock.now());
  };

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List calendars, and whether they are open',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: CalendarPage }),
      },
    },
    async ({ query }) => {
      const page = valueFrom(await calendars.list(query));
      return { ...page, items: page.items.map((calendar) => answer(calendar, clock.now())) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make a calendar',
        body: CalendarBody,
        response: responses({ 201: CalendarAnswer }),
      },
    },
    async ({ body: { pin, ...body } }, reply) => {
      const wanted = { holidays: [], phones: [], ...body, id: calendarId(body.id) };
      const made = await changeConfiguration(context, async (tx) => {
        const created = await tx.calendars.create(wanted);
        if (created.ok && pin !== undefined) valueFrom(await tx.calendars.setPin(wanted.id, pin));
        return created;
      });
      return reply
        .code(201)
        .header('location', `/v1/calendars/${made.id}`)
        .send(answer(made, clock.now()));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read a calendar, and whether it is open',
        params,
        response: responses({ 200: CalendarAnswer }),
      },
    },
    async ({ params: { id } }) =>
      answer(found(await calendars.get(calendarId(id)), 'calendar', id), clock.now()),
  );

  app.get(
    '/:id/opening',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Ask whether a calendar is open at some moment, and when that changes',
        params,
        querystring: OpeningQuery,
        response: responses({ 200: OpeningAnswer }),
      },
    },
    async ({ params: { id }, query }) => {
      const calendar = found(await calendars.get(calendarId(id)), 'calendar', id);
      const at = query.at === undefined ? clock.now() : Date.parse(query.at);
      return openingWire(openingAt(calendar, at), at);
    },
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change a calendar',
        description:
          'What is not named stays as it is, a closure too (RFC 7396). The next call that asks finds the change.',
        params,
        body: CalendarPatch,
        response: responses({ 200: CalendarAnswer }),
      },
    },
    async ({ params: { id }, body: { pin, ...body } }) => {
      const key = calendarId(id);
      const changed = await changeConfiguration(context, async (tx) => {
        const current = found(await tx.calendars.get(key), 'calendar', id);
        if (pin !== undefined) valueFrom(await tx.calendars.setPin(key, pin));
        return tx.calendars.replace({ ...current, ...body });
      });
      return answer(changed, clock.now());
    },
  );

  app.put(
    '/:id/closure',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Close at once, whatever the hours say',
        description:
          'The next call that asks the calendar finds it closed; conversations in progress go on. Closing again replaces the reason, the message and the end.',
        params,
        body: ClosureBody,
        response: responses({ 200: CalendarAnswer }),
      },
    },
    async ({ params: { id }, body, principal }) =>
      setClosure(id, closureFrom(body, clock.now(), principal.name)),
  );

  app.delete(
    '/:id/closure',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Open again: the hours hold',
        params,
        response: responses({ 200: CalendarAnswer }),
      },
    },
    async ({ params: { id } }) => setClosure(id, undefined),
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a calendar that no number and no flow asks',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.calendars.remove(calendarId(id));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};
