import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import {
  type ContactImport,
  DELIMITERS,
  ENCODINGS,
  type ImportOptions,
} from '../../../runtime/ports/import.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { CountryName, iso, Named, responses, Timestamp } from '../../schemas.ts';

const tags = ['contacts'];
const NO_FILE = refusal('REQUEST_INVALID', 'The body must be a CSV file (text/csv).');
const ImportId = Type.String({
  pattern: '^[A-Za-z0-9-]{1,64}$',
  examples: ['0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11'],
});
const params = Type.Object({ importId: ImportId });
const Count = (description: string) => Type.Integer({ description, examples: [1] });

const ImportQuery = Type.Object(
  {
    country: Type.Optional(
      CountryName('How numbers without a country code are read; without it they are rejected'),
    ),
    encoding: Type.Optional(
      Type.Enum([...ENCODINGS], { description: 'Found out unless given. Latin-1 is windows-1252' }),
    ),
    delimiter: Type.Optional(Type.Enum([...DELIMITERS], { description: 'Found out unless given' })),
  },
  { additionalProperties: false },
);

const ImportAnswer = Named(
  'ContactImport',
  Type.Object({
    id: ImportId,
    state: Type.Enum(['running', 'done', 'failed'], { examples: ['running'] }),
    reason: Type.Optional(Type.String({ description: 'Why it failed' })),
    startedAt: Timestamp,
    endedAt: Type.Optional(Timestamp),
    counts: Type.Object({
      read: Count('Rows, without the header'),
      created: Count('New contacts'),
      updated: Count('Contacts that were known, and are different now'),
      unchanged: Count('Contacts that were known as they are'),
      rejected: Count('Rows that were not taken; the report says why'),
      unspoken: Count('Rows whose language is not spoken here: taken, without it'),
    }),
    bytes: Type.Integer({ description: 'Of the file, read so far', examples: [65536] }),
    bytesTotal: Type.Integer({ examples: [70000000] }),
    file: Type.Optional(
      Type.Object({
        encoding: Type.Enum([...ENCODINGS]),
        delimiter: Type.Enum([...DELIMITERS]),
        ignoredColumns: Type.Array(Type.String(), { description: 'Nothing is made of them' }),
      }),
    ),
  }),
);

/** Files of contacts: taken in, watched, and what was wrong with them. */
const ImportList = Named('ContactImportList', Type.Object({ items: Type.Array(ImportAnswer) }));

export const importRoutes: FastifyPluginAsyncTypebox<Pick<ApiContext, 'contactImports'>> = async (
  app,
  { contactImports },
) => {
  // Nothing else is taken here, and the body stays the stream that it is.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));

  app.post(
    '/import',
    {
      config: { scope: 'contacts:write' },
      schema: {
        tags,
        summary: 'Import contacts from a CSV file',
        description:
          'The body is the file (text/csv). Columns by their names: id, name, number (several: number2, phone, movil …), status, language. The answer comes as soon as the file has arrived; it is then read, and can be watched. Doing it again comes to the same.',
        consumes: ['text/csv'],
        querystring: ImportQuery,
        response: responses({ 202: ImportAnswer }),
      },
    },
    async ({ body, query }, reply) => {
      if (!(body instanceof Readable)) throw new CodedError(NO_FILE);
      const begun = valueFrom(await contactImports.start(body, optionsOf(query)));
      const location = `/v1/contacts/imports/${begun.id}`;
      return reply.code(202).header('location', location).send(answer(begun));
    },
  );

  app.get(
    '/imports',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'The last imports, the newest first',
        response: responses({ 200: ImportList }),
      },
    },
    async () => ({ items: contactImports.list().map(answer) }),
  );

  app.get(
    '/imports/:importId',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'How far an import is, and what came of it',
        params,
        response: responses({ 200: ImportAnswer }),
      },
    },
    async ({ params: { importId } }) =>
      answer(found(contactImports.get(importId), 'import', importId)),
  );

  app.get(
    '/imports/:importId/rejected',
    {
      config: { scope: 'contacts:read' },
      schema: {
        tags,
        summary: 'The rows that an import rejected, with the reason, as CSV',
        description: 'The first hundred thousand of them.',
        params,
        produces: ['text/csv'],
        response: responses({
          200: Type.String({ examples: ['row,reason\n7,"there is no number"'] }),
        }),
      },
    },
    async ({ params: { importId } }, reply) => {
      const report = found(contactImports.rejected(importId), 'import', importId);
      void reply.header('content-disposition', `attachment; filename="rejected-${importId}.csv"`);
      return reply.type('text/csv; charset=utf-8').send(report as never);
    },
  );
};

const optionsOf = ({
  country,
  encoding,
  delimiter,
}: Static<typeof ImportQuery>): ImportOptions => ({
  ...(country ? { country } : {}),
  ...(encoding ? { encoding } : {}),
  ...(delimiter ? { delimiter } : {}),
});

const answer = ({ startedAt, endedAt, file, ...rest }: ContactImport) => ({
  ...rest,
  startedAt: iso(startedAt),
  ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
  ...(file ? { file: { ...file, ignoredColumns: [...file.ignoredColumns] } } : {}),
});
