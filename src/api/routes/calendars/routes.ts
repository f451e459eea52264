import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { ok } from '../../../lib/result.ts';
import { isOnCalendar } from '../../../lib/zone.ts';
import type { CalendarConfig, Closure } from '../../../model/calendar.ts';
import { type CalendarId, calendarId } from '../../../model/ids.ts';
import { openingAt } from '../../../model/opening.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { type Kind, registerObjects, registerReads } from '../../objects.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { IdParams, responses } from '../../schemas.ts';
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
const shapes = {
  params,
  body: CalendarBody,
  patch: CalendarPatch,
  answer: CalendarAnswer,
  page: CalendarPage,
};

const kind: Kind<CalendarConfig, CalendarId, typeof shapes> = {
  noun: 'calendar',
  path: '/v1/calendars',
  tag: 'calendars',
  about: {
    list: 'List calendars, and whether they are open',
    make: 'Make a calendar',
    read: 'Read a calendar, and whether it is open',
    change: [
      'Change a calendar',
      'What is not named stays as it is, a closure too (RFC 7396). The next call that asks finds the change.',
    ],
    remove: 'Remove a calendar that no number and no flow asks',
  },
  shapes,
  key: ({ id }) => calendarId(id),
  keyOf: ({ id }) => id,
  repository: (of) => of.calendars,
  async make(tx, { pin, ...body }) {
    const wanted = { holidays: [], phones: [], ...body, id: calendarId(body.id) };
    const created = await tx.calendars.create(wanted);
    if (created.ok && pin !== undefined) valueFrom(await tx.calendars.setPin(wanted.id, pin));
    return created;
  },
  async change(tx, now, { pin, ...patch }) {
    if (pin !== undefined) valueFrom(await tx.calendars.setPin(now.id, pin));
    return tx.calendars.replace({ ...now, ...patch });
  },
  answers({ clock }) {
    const now = clock.now();
    return (calendar) => answer(calendar, now);
  },
};

export const calendarReads: FastifyPluginAsyncTypebox<ReadContext> = async (app, context) =>
  registerReads(app, context, kind);

export const calendarRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  registerObjects(app, context, kind);
  const { calendars } = context.store.configuration;
  const { clock } = context;
  const setClosure = async (id: string, seen: string | undefined, closure: Closure | undefined) => {
    const calendar = await changeConfiguration(context, async (tx) => {
      const now = found(await tx.calendars.get(calendarId(id)), 'calendar', id);
      demandMatch(seen, now.revision);
      // Nothing to take away is no change.
      return closure || now.closure ? tx.calendars.setClosure(now.id, closure) : ok(now);
    });
    return answer(calendar, clock.now());
  };

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
      if (!isOnCalendar(at))
        throw new CodedError(
          refusal('REQUEST_INVALID', 'at: expected a time of the years 1970 to 9998.'),
        );
      return openingWire(openingAt(calendar, at), at);
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
        headers: IfMatch,
        body: ClosureBody,
        response: responses({ 200: CalendarAnswer }),
      },
    },
    async ({ params: { id }, headers, body, principal }) => {
      const problems = body.message ? context.flowChecker.checkMessage(body.message) : [];
      if (problems.length > 0)
        throw new CodedError(refusal('REQUEST_INVALID', problems[0] ?? '', problems));
      return setClosure(id, headers['if-match'], closureFrom(body, clock.now(), principal.name));
    },
  );

  app.delete(
    '/:id/closure',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Open again: the hours hold',
        params,
        headers: IfMatch,
        response: responses({ 200: CalendarAnswer }),
      },
    },
    async ({ params: { id }, headers }) => setClosure(id, headers['if-match'], undefined),
  );
};
