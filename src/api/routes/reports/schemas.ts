import Type from 'typebox';
import { MEASURES, type MeasureName } from '../../../facts/measures.ts';
import { DIMENSIONS, WAIT_BOUNDS_S, type WaitBound } from '../../../facts/names.ts';
import { INTERVALS } from '../../../facts/periods.ts';
import { SERVICE_LEVEL_TEXTS, SERVICE_LEVELS } from '../../../facts/service-level.ts';
import { EXPORTS } from '../../../runtime/ports/reports.ts';
import { Id, Named, Timestamp } from '../../schemas.ts';

export const ROWS_MAX = 20_000;
const ROWS_DEFAULT = 5_000;

const DAY = '\\d{4}-\\d\\d-\\d\\d';

/** A moment, or a day of the zone. */
const Bound = (description: string, example: string) =>
  Type.String({
    pattern: `^${DAY}(T\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d))?$`,
    description,
    examples: [example],
  });

const PlainList = (description: string, example: string) =>
  Type.String({
    minLength: 1,
    maxLength: 4_000,
    pattern: '^[^\\u0000-\\u001F\\u007F]*$',
    description,
    examples: [example],
  });

const Range = {
  from: Bound('At or after: a moment, or a day of the zone (its beginning)', '2026-11-01'),
  to: Bound('Before', '2026-12-01'),
  zone: Type.Optional(
    Type.String({
      maxLength: 64,
      description:
        'IANA time zone whose days, weeks and months these are; without one, the zone of the house',
      examples: ['Europe/Madrid'],
    }),
  ),
};

const Format = {
  format: Type.Optional(
    Type.Enum(['json', 'csv'], { description: '`Accept: text/csv` asks for CSV as well' }),
  ),
};

export const IntervalsQuery = Type.Object(
  {
    by: Type.Enum([...DIMENSIONS], { description: 'Whose figures', examples: ['queue'] }),
    key: Type.Optional(PlainList('Only these, with commas', 'ventas,soporte')),
    interval: Type.Enum([...INTERVALS], {
      default: '1h',
      description: 'Of the zone’s clock; weeks begin on Monday. `total`: one row for all',
    }),
    ...Range,
    measures: Type.Optional(
      PlainList('Only these, with commas, in this order', 'offered,answered,serviceLevel,asa'),
    ),
    serviceLevel: Type.Enum([...SERVICE_LEVELS], {
      default: 'standard',
      description: SERVICE_LEVELS.map((name) => `\`${name}\`: ${SERVICE_LEVEL_TEXTS[name]}`).join(
        ' · ',
      ),
    }),
    serviceLevelSeconds: Type.Optional(
      Type.Unsafe<WaitBound>({
        type: 'integer',
        enum: [...WAIT_BOUNDS_S],
        description: 'T of the service level; without it, each queue’s own target at the time',
        examples: [20],
      }),
    ),
    empty: Type.Boolean({
      default: false,
      description: 'Rows for intervals in which nothing happened, too',
    }),
    limit: Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS_DEFAULT }),
    cursor: Type.Optional(
      Type.String({ maxLength: 1_000, description: '`nextCursor` of the page before (JSON)' }),
    ),
    ...Format,
  },
  { additionalProperties: false },
);

const figure = (name: MeasureName) => {
  const { unit, definition } = MEASURES[name];
  const whole = unit === 'count';
  return Type.Optional(
    Type.Union([whole ? Type.Integer() : Type.Number(), Type.Null()], {
      description: `${definition}${unit === 'seconds' ? ' Seconds.' : unit === 'share' ? ' 0 to 1.' : ''}`,
    }),
  );
};
const names = Object.keys(MEASURES) as MeasureName[];

export const IntervalsAnswer = Named(
  'ReportIntervals',
  Type.Object(
    {
      by: Type.Enum([...DIMENSIONS]),
      interval: Type.Enum([...INTERVALS]),
      zone: Type.String({ examples: ['Europe/Madrid'] }),
      from: Timestamp,
      to: Timestamp,
      asOf: Type.Optional({
        ...Timestamp,
        description: 'What was written down before this moment is in the figures',
      }),
      serviceLevel: Type.Object({
        definition: Type.Enum([...SERVICE_LEVELS]),
        seconds: Type.Optional(Type.Integer()),
      }),
      definitions: Type.Record(Type.String(), Type.String(), {
        description: 'What each figure means, as it was computed here',
      }),
      items: Type.Array(
        Type.Object({
          key: Type.String({ description: 'The queue, agent, team …; empty with `by=all`' }),
          from: Timestamp,
          to: Timestamp,
          local: Type.String({
            description: '`from` as the zone’s clock shows it',
            examples: ['2026-10-25T02:15+01:00'],
          }),
          ...Object.fromEntries(names.map((name) => [name, figure(name)])),
        }),
      ),
      nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page' })),
    },
    {
      examples: [
        {
          by: 'queue',
          interval: '15m',
          zone: 'Europe/Madrid',
          from: '2026-11-20T08:00:00.000Z',
          to: '2026-11-20T08:15:00.000Z',
          asOf: '2026-11-20T12:00:00.000Z',
          serviceLevel: { definition: 'standard' },
          definitions: { offered: MEASURES.offered.definition, asa: MEASURES.asa.definition },
          items: [
            {
              key: 'ventas',
              from: '2026-11-20T08:00:00.000Z',
              to: '2026-11-20T08:15:00.000Z',
              local: '2026-11-20T09:00+01:00',
              offered: 5,
              asa: 18.3,
            },
          ],
        },
      ],
    },
  ),
);

export const TimelineQuery = Type.Object(
  {
    agentId: Type.Optional(PlainList('Only these agents, with commas', '1001,1002')),
    team: Type.Optional(PlainList('Only the agents of these teams, with commas', 'norte')),
    ...Range,
    ...Format,
  },
  { additionalProperties: false },
);

const Seconds = Type.Number({ examples: [180] });

export const TimelineAnswer = Named(
  'AgentTimeline',
  Type.Object({
    from: Timestamp,
    to: Timestamp,
    items: Type.Array(
      Type.Object({
        agentId: Type.String({ examples: ['1001'] }),
        totals: Type.Record(Type.String(), Seconds, {
          description: 'Seconds by state; of not ready by reason as well',
          examples: [{ ready: 5_400, notReady: 900, 'notReady.comida': 900 }],
        }),
        spans: Type.Array(
          Type.Object({
            state: Type.String({ examples: ['talking'] }),
            from: Timestamp,
            to: Timestamp,
            seconds: Seconds,
            reason: Type.Optional(Type.String({ examples: ['comida'] })),
            callId: Type.Optional(Type.String()),
            open: Type.Optional(Type.Literal(true, { description: 'It goes on' })),
          }),
        ),
      }),
    ),
  }),
);

export const CasualQuery = Type.Object(
  {
    month: Type.String({
      pattern: '^\\d{4}-(0[1-9]|1[0-2])$',
      description: 'In each agent’s own zone',
      examples: ['2026-11'],
    }),
    by: Type.Enum(['agent', 'team', 'group'], {
      default: 'agent',
      description: 'Teams or groups are the sites; who is in several groups counts in each',
    }),
    ...Format,
  },
  { additionalProperties: false },
);

export const CasualAnswer = Named(
  'CasualReport',
  Type.Object({
    month: Type.String({ examples: ['2026-11'] }),
    by: Type.Enum(['agent', 'team', 'group']),
    from: Timestamp,
    to: Timestamp,
    items: Type.Array(
      Type.Object({
        key: Type.String({ description: 'Empty: in no team or group', examples: ['tienda-7'] }),
        name: Type.Optional(Type.String({ examples: ['Tienda 7'] })),
        team: Type.Optional(Type.String({ examples: ['norte'] })),
        agents: Type.Integer({ examples: [1] }),
        cap: Type.Integer({ description: 'Calls a month, all together', examples: [30] }),
        spent: Type.Integer({ description: 'Less what was given back', examples: [12] }),
        share: Type.Union([Type.Number(), Type.Null()], {
          description: 'Spent / cap',
          examples: [0.4],
        }),
        exhausted: Type.Integer({ description: 'Agents who have used up theirs', examples: [0] }),
        handled: Type.Integer({ description: MEASURES.handled.definition, examples: [12] }),
        talkTime: Type.Number({ description: 'Seconds, hold included', examples: [2_140.5] }),
        rung: Type.Integer({ description: MEASURES.rung.definition, examples: [15] }),
        missed: Type.Integer({ description: MEASURES.missed.definition, examples: [3] }),
      }),
    ),
  }),
);

export const MeasuresAnswer = Named(
  'ReportMeasures',
  Type.Object({
    measures: Type.Array(
      Type.Object({
        name: Type.String({ examples: ['asa'] }),
        unit: Type.Enum(['count', 'seconds', 'share']),
        definition: Type.String({ examples: [MEASURES.asa.definition] }),
        by: Type.Array(Type.Enum([...DIMENSIONS])),
      }),
    ),
    serviceLevels: Type.Array(
      Type.Object({
        name: Type.Enum([...SERVICE_LEVELS]),
        definition: Type.String({ examples: [SERVICE_LEVEL_TEXTS.ofAnswered] }),
      }),
    ),
    serviceLevelSeconds: Type.Array(Type.Integer(), { examples: [[...WAIT_BOUNDS_S]] }),
  }),
);

export const ReplayBody = Named(
  'ReportReplayBody',
  Type.Object(
    {
      from: Bound('A moment, or a day of the zone of the house', '2026-11-20'),
      to: Bound('Before; at most 31 days later', '2026-11-21'),
    },
    { additionalProperties: false, examples: [{ from: '2026-11-20', to: '2026-11-21' }] },
  ),
);
export const ReplayAnswer = Named(
  'ReportReplay',
  Type.Object({
    from: Timestamp,
    to: Timestamp,
    calls: Type.Integer({ description: 'Calls that were computed', examples: [1_240] }),
  }),
);

export const ExportParams = Type.Object({
  name: Type.Enum([...EXPORTS], { examples: ['cdrs'] }),
});
export const ExportQuery = Type.Object(
  {
    ...Range,
    format: Type.Enum(['ndjson', 'csv'], { default: 'ndjson' }),
    cursor: Type.Optional(
      Type.String({
        maxLength: 1_000,
        description: 'Where an export that was broken off goes on: `x-next-cursor` of a part',
      }),
    ),
    parts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description:
          'So many parts of 2,000 rows; the header `x-next-cursor` says where the next begins. Without it: everything, as one stream',
      }),
    ),
  },
  { additionalProperties: false },
);
export const AgentKey = Id('1001');
