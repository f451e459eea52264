import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { MEASURE_NAMES, measureOf } from '../../../facts/measures.ts';
import { DIMENSIONS, WAIT_BOUNDS_S } from '../../../facts/names.ts';
import { SERVICE_LEVEL_TEXTS, SERVICE_LEVELS } from '../../../facts/service-level.ts';
import { DAY_MS } from '../../../lib/clock.ts';
import { decodeCursor } from '../../../lib/cursor.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { IntervalQuery } from '../../../runtime/ports/reports.ts';
import type { ApiContext } from '../../context.ts';
import { valueFrom } from '../../outcomes.ts';
import { iso, responses } from '../../schemas.ts';
import { listOf, measuresAsked, monthAsked, rangeOf, refuse, teamsOf, wantsCsv } from './asked.ts';
import { registerExports } from './exports.ts';
import {
  CasualAnswer,
  CasualQuery,
  IntervalsAnswer,
  IntervalsQuery,
  MeasuresAnswer,
  ReplayAnswer,
  ReplayBody,
  ROWS_MAX,
  TimelineAnswer,
  TimelineQuery,
} from './schemas.ts';
import { partsOf, sendCsv, sendJson } from './sending.ts';

const tags = ['reports'];
const config = { scope: 'reports:read' } as const;

const STEPS_MS: Readonly<Record<string, number>> = {
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
};
/** More than a year of quarters of an hour. */
const PERIODS_MAX = 40_000;
const REPLAY_MS_MAX = 31 * DAY_MS + 3_600_000;
const TIMELINE_MS_MAX = 32 * DAY_MS;

export const reportRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { reports, zone: houseZone } = context;

  app.get(
    '/measures',
    {
      config,
      schema: {
        tags,
        summary: 'What figures there are, and what they mean',
        response: responses({ 200: MeasuresAnswer }),
      },
    },
    async () => ({
      measures: MEASURE_NAMES.map((name) => {
        const { unit, definition, by = DIMENSIONS } = measureOf(name);
        return { name, unit, definition, by: [...by] };
      }),
      serviceLevels: SERVICE_LEVELS.map((name) => ({
        name,
        definition: SERVICE_LEVEL_TEXTS[name],
      })),
      serviceLevelSeconds: [...WAIT_BOUNDS_S],
    }),
  );

  app.get(
    '/intervals',
    {
      config,
      schema: {
        tags,
        summary: 'Figures by interval: per queue, agent, team, number, flow, skill, or all',
        description:
          'A caller is counted where they entered the queue, a conversation where it began, agents’ time where it passed. `null`: there is nothing to tell it of. CSV comes whole, without pages. Definitions: docs/reports.md, and with every answer.',
        querystring: IntervalsQuery,
        response: responses({ 200: IntervalsAnswer }),
      },
    },
    async (request, reply) => {
      const query = intervalsAsked(request.query, houseZone);
      const asked = { ...query, ...teamsOf(request.principal) };
      if (!wantsCsv(request, request.query.format)) {
        const { text } = await reports.intervals({ ...asked, format: 'json' });
        return sendJson(reply, text) as never;
      }
      const page = (after?: readonly [string, number]) =>
        reports.intervals({
          ...asked,
          ...(after ? { after } : {}),
          limit: ROWS_MAX,
          format: 'csv',
        });
      return sendCsv(reply, `${query.by}-${query.interval}`, partsOf(await page(), page)) as never;
    },
  );

  app.get(
    '/agent-states',
    {
      config,
      schema: {
        tags,
        summary: 'What agents did, piece by piece, with the sums by state and reason',
        querystring: TimelineQuery,
        response: responses({ 200: TimelineAnswer }),
      },
    },
    async (request, reply) => {
      const { query, principal } = request;
      const { from, to } = rangeOf(query, houseZone);
      if (to - from > TIMELINE_MS_MAX) throw refuse('to: expected at most 32 days after from.');
      const format = wantsCsv(request, query.format) ? 'csv' : 'json';
      const agentIds = listOf(query.agentId);
      const teams = within(listOf(query.team), teamsOf(principal).teams);
      const { text } = await reports.timelines({
        from,
        to,
        format,
        ...(agentIds ? { agentIds } : {}),
        ...(teams ? { teams } : {}),
      });
      const sent = format === 'csv' ? sendCsv(reply, 'agent-states', text) : sendJson(reply, text);
      return sent as never;
    },
  );

  app.get(
    '/casual',
    {
      config,
      schema: {
        tags,
        summary: "Casual agents' month: what was used of each cap, per agent or site",
        querystring: CasualQuery,
        response: responses({ 200: CasualAnswer }),
      },
    },
    async (request, reply) => {
      const { by } = request.query;
      const month = monthAsked(request.query.month);
      const format = wantsCsv(request, request.query.format) ? 'csv' : 'json';
      const { text } = await reports.casual({ month, by, format, ...teamsOf(request.principal) });
      const sent =
        format === 'csv' ? sendCsv(reply, `casual-${month}`, text) : sendJson(reply, text);
      return sent as never;
    },
  );

  app.post(
    '/replays',
    {
      config: { scope: 'reports:write' },
      schema: {
        tags,
        summary: 'Compute figures anew from their records',
        description:
          'Late records are put right by themselves; this is for figures that are doubted. Doing it twice changes nothing. Months whose records are over their time stay as they are.',
        body: ReplayBody,
        response: responses({ 200: ReplayAnswer }),
      },
    },
    async ({ body }) => {
      const { from, to } = rangeOf(body, houseZone);
      if (to - from > REPLAY_MS_MAX) throw refuse('to: expected at most 31 days after from.');
      const calls = await reports.replay(from, to);
      return { from: iso(from), to: iso(to), calls };
    },
  );

  registerExports(app, context);
};

function intervalsAsked(
  query: Static<typeof IntervalsQuery>,
  houseZone: string,
): Omit<IntervalQuery, 'format'> {
  const { by, interval, serviceLevel, serviceLevelSeconds, empty, limit } = query;
  const range = rangeOf(query, houseZone);
  const step = STEPS_MS[interval];
  if (step !== undefined && (range.to - range.from) / step > PERIODS_MAX)
    throw refuse(`interval: ${interval} would be more than ${PERIODS_MAX} intervals.`);
  const keys = listOf(query.key);
  const after = placeOf(query.cursor);
  return {
    by,
    interval,
    ...range,
    measures: measuresAsked(query.measures, by),
    serviceLevel: {
      definition: serviceLevel,
      ...(serviceLevelSeconds === undefined ? {} : { seconds: serviceLevelSeconds }),
    },
    empty,
    limit,
    ...(keys ? { keys } : {}),
    ...(after ? { after } : {}),
  };
}

function placeOf(cursor: string | undefined): readonly [string, number] | undefined {
  const place = valueFrom(decodeCursor(cursor, 2));
  if (!place) return undefined;
  const [key = '', at = ''] = place;
  if (!/^\d{1,15}$/.test(at))
    throw new CodedError(
      refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.'),
    );
  return [key, Number(at)];
}

/** What was asked for, of what one may see. */
function within(
  asked: readonly string[] | undefined,
  allowed: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!asked || !allowed) return asked ?? allowed;
  return asked.filter((team) => allowed.includes(team));
}
