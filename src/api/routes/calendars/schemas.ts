import Type from 'typebox';
import { MapOf } from '../../../lib/map-schema.ts';
import {
  DAY_SPANS_MAX,
  HOLIDAY_DATES_MAX,
  HOLIDAYS_MAX,
  type Holiday,
  type Message,
} from '../../../model/calendar.ts';
import { Hours, Spans } from '../../hours-schemas.ts';
import { Id, Named, PageOf, Revision, Text, Timestamp } from '../../schemas.ts';

const strict = { additionalProperties: false };
const holiday = {
  name: Text(100, 'Navidad'),
  hours: Type.Optional({
    ...Spans(DAY_SPANS_MAX),
    description: 'Open at these times instead of the weekly ones; none: closed all day',
  }),
};

const Holidays = Type.Unsafe<readonly Holiday[]>(
  Type.Array(
    Type.Union([
      Type.Object(
        {
          ...holiday,
          yearly: Type.String({
            pattern: '^[0-9]{2}-[0-9]{2}$',
            description: 'Month and day, every year',
            examples: ['12-25'],
          }),
        },
        strict,
      ),
      Type.Object(
        {
          ...holiday,
          dates: Type.Array(
            Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', examples: ['2027-03-26'] }),
            { minItems: 1, maxItems: HOLIDAY_DATES_MAX },
          ),
        },
        strict,
      ),
    ]),
    {
      maxItems: HOLIDAYS_MAX,
      description: 'A day that is named by its date comes before one of every year',
      examples: [[{ name: 'Navidad', yearly: '12-25' }]],
    },
  ),
);

const settings = {
  name: Text(100, 'Tienda Coyoacán'),
  zone: Type.String({
    minLength: 1,
    maxLength: 64,
    description: "The site's IANA time zone",
    examples: ['America/Mexico_City'],
  }),
  hours: Hours,
  holidays: Holidays,
  phones: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String({ pattern: '^[0-9]{2,10}$', examples: ['1007'] }), {
      maxItems: 100,
      uniqueItems: true,
      description: 'Extensions whose registered phones may close it by *75 and the PIN',
    }),
  ),
};

const pin = Type.String({
  pattern: '^[0-9]{4,12}$',
  writeOnly: true,
  description: 'What closes and opens it by phone; goes in and never comes out',
  examples: ['740219'],
});

export const CalendarBody = Named(
  'CalendarBody',
  Type.Object(
    {
      id: Id('tienda-coyoacan'),
      name: settings.name,
      zone: settings.zone,
      hours: settings.hours,
      holidays: Type.Optional(settings.holidays),
      phones: Type.Optional(settings.phones),
      pin: Type.Optional(pin),
    },
    strict,
  ),
);
export const CalendarPatch = Named(
  'CalendarPatch',
  Type.Partial(Type.Object({ ...settings, pin: Type.Union([pin, Type.Null()]) }), {
    ...strict,
    minProperties: 1,
    description: 'A PIN of null: it cannot be closed by phone',
  }),
);

export const ClosureMessage = Type.Unsafe<Message>(
  Type.Union(
    [
      Type.Object(
        { audio: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}$' }) },
        strict,
      ),
      MapOf(Type.String({ minLength: 1, maxLength: 2_000 }), {
        pattern: '^[a-z]{2}(-[A-Z]{2})?$',
        ...{ minProperties: 1, maxProperties: 20 },
      }),
    ],
    {
      description: 'A text per language, or a recording by name',
      examples: [{ es: 'Hoy no podemos abrir por una fuga de agua.' }],
    },
  ),
);

export const ClosureBody = Named(
  'ClosureBody',
  Type.Object(
    {
      reason: Text(200, 'Fuga de agua'),
      message: Type.Optional({
        ...ClosureMessage,
        description:
          'What callers hear before the exit for emergencies: a text per language, or a recording by name',
      }),
      until: Type.Optional({ ...Timestamp, description: 'Absent: until it is lifted' }),
    },
    strict,
  ),
);

const Closure = Type.Object({
  ...ClosureBody.properties,
  since: Timestamp,
  by: Type.String({ description: 'An API key, an extension, a calling number' }),
});

/** Whether it is open, and what comes next. */
export const OpeningAnswer = Named(
  'Opening',
  Type.Object({
    at: Timestamp,
    state: Type.Enum(['open', 'closed', 'holiday', 'emergency'], { examples: ['holiday'] }),
    reason: Type.Optional(Type.String({ description: "The holiday's name; why it was closed" })),
    closesAt: Type.Optional({
      ...Timestamp,
      description: 'Of `open`; absent: not within two weeks',
    }),
    opensAt: Type.Optional({
      ...Timestamp,
      description: 'Of the others; absent: nobody knows, or not within a year',
    }),
  }),
);

export const CalendarAnswer = Named(
  'Calendar',
  Type.Object({
    id: Id('tienda-coyoacan'),
    ...settings,
    closure: Type.Optional(Closure),
    now: OpeningAnswer,
    ...Revision,
  }),
);
export const CalendarPage = PageOf(CalendarAnswer);

export const OpeningQuery = Type.Object({ at: Type.Optional(Timestamp) }, strict);
