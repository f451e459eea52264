import { getCountries } from 'libphonenumber-js';
import Type, { type TSchema } from 'typebox';
import { MapOf } from '../lib/map-schema.ts';
import { LANGUAGES } from '../model/contact.ts';
import { ORDERS, type Order, SORTS } from '../runtime/ports/lists.ts';

// What several resources share. Each schema validates, documents and, for answers, serialises.

export const ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

/** Written once in the OpenAPI document, by this name. */
export const Named = <Schema extends TSchema>(title: string, schema: Schema): Schema =>
  Object.assign(schema, { title });

/** An id that an operator chooses; it stands in paths as it is. */
export const Id = (example: string) =>
  Type.String({ pattern: ID_PATTERN, description: 'Letters, digits, . _ -', examples: [example] });

export const IdParams = (example: string) => Type.Object({ id: Id(example) });

/** Text of people: no control characters, which neither displays nor the database take. */
export const Text = (maxLength: number, example: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000-\\u001F\\u007F]*$',
    examples: [example],
  });

export const Timestamp = Type.String({
  format: 'date-time',
  description: 'ISO 8601, UTC',
  examples: ['2026-03-02T09:30:00.000Z'],
});

export const E164 = Type.String({
  pattern: '^\\+[1-9][0-9]{1,14}$',
  description: 'E.164, with +',
  examples: ['+525555550001'],
});

export const DNIS_PATTERN = '^\\+?[0-9]{1,20}$';

export const Dnis = Type.String({
  pattern: DNIS_PATTERN,
  description: 'As the trunk sends it: digits, or E.164 with +',
  examples: ['8005550100'],
});

/** Not just two letters: by the rules of a country that is none, no number can be read. */
export const CountryName = (description: string) =>
  Type.Unsafe<string>(Type.Enum(getCountries(), { description, examples: ['MX'] }));
export const LanguageName = Type.Enum([...LANGUAGES], { examples: ['es-MX'] });

export const Skills = MapOf(Type.Integer({ minimum: 1, maximum: 10 }), {
  pattern: '^.{1,64}$',
  maxProperties: 100,
  description: 'Skill to level, 1 to 10',
  examples: [{ ventas: 8 }],
});

export const PAGE_LIMIT_MAX = 500;
export const PAGE_LIMIT_DEFAULT = 50;

/** Of a list whose items are long. */
const Fields = Type.Optional(
  Type.String({
    pattern: '^[A-Za-z]{1,64}(,[A-Za-z]{1,64}){0,99}$',
    maxLength: 2_000,
    description: 'Only these of each item, with commas between them; the others are then absent',
    examples: ['id,name'],
  }),
);

export const PageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT }),
  cursor: Type.Optional(
    Type.String({ maxLength: 1_000, description: '`nextCursor` of the page before' }),
  ),
  fields: Fields,
};

const orderedBy = (first: Order) =>
  Type.Optional(Type.Enum([...ORDERS], { description: `\`${first}\` comes first as a rule` }));

/** Of what has happened. */
export const RecordsQuery = { ...PageQuery, order: orderedBy('newest') };

/** Of what goes on now. */
export const LiveQuery = { ...PageQuery, order: orderedBy('oldest') };

/** Of objects of the configuration. */
export const ListQuery = {
  ...PageQuery,
  sort: Type.Optional(
    Type.Enum([...SORTS], {
      description: 'By the key as a rule; `-`: backwards',
      examples: ['name'],
    }),
  ),
  q: Type.Optional({
    ...Text(100, 'ventas'),
    description: 'Part of the key or the name, in whatever case',
  }),
};

/** One page of a list. */
export const PageOf = <Item extends TSchema>(item: Item) =>
  Type.Object(
    {
      items: Type.Array(item),
      nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page' })),
    },
    'title' in item ? { title: `${item.title}Page` } : {},
  );

/** What every stored object has beside its own. */
export const Revision = {
  revision: Type.Integer({ description: 'Counts the changes from 1', examples: [1] }),
  updatedAt: Timestamp,
};

/** RFC 9457. `errors` names each thing that is wrong. */
export const Problem = Type.Object(
  {
    type: Type.String({ examples: ['urn:centralita:error:NOT_FOUND'] }),
    title: Type.String({ examples: ['There is no such object.'] }),
    status: Type.Integer({ examples: [404] }),
    code: Type.String({ description: 'Never changes its meaning', examples: ['NOT_FOUND'] }),
    detail: Type.String({ examples: ['There is no queue ventas.'] }),
    instance: Type.String({ examples: ['/v1/queues/ventas'] }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          detail: Type.String(),
          pointer: Type.Optional(Type.String({ description: 'Where in the request, RFC 6901' })),
        }),
      ),
    ),
  },
  { title: 'Problem', description: 'Problem details, RFC 9457' },
);

/** The responses of a route: its own, and problem details for whatever else. */
export const responses = <Own extends Record<number, TSchema>>(own: Own) => ({
  ...own,
  '4xx': problem('What was asked cannot be had.'),
  '5xx': problem('It is not your fault.'),
});

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** A sound as the body of an answer. */
export const wavAnswer = (description: string) => ({
  description,
  content: { 'audio/wav': { schema: Type.Unsafe<Buffer>({ contentMediaType: 'audio/wav' }) } },
});

export const NoContent = Type.Null({ description: 'Done' });

export { iso } from '../lib/clock.ts';
