import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { decodeCursor, encodeCursor } from '../../../lib/cursor.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { RecordedPrompt } from '../../../runtime/ports/prompts.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, etag, IfMatch } from '../../preconditions.ts';
import { iso, NoContent, responses } from '../../schemas.ts';
import {
  PromptAnswer,
  PromptListQuery,
  PromptPage,
  PromptParams,
  PromptQuery,
  WavAnswer,
  WavBody,
} from './schemas.ts';

const tags = ['prompts'];
const params = PromptParams;
const querystring = PromptQuery;
/** Ten minutes at 32 kHz, 16 bit, mono; what is longer is no prompt. */
const BODY_BYTES_MAX = 40_000_000;
const WAV_TYPES = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'];

export const promptRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, { library }) => {
  app.addContentTypeParser(
    WAV_TYPES,
    { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );
  const one = (name: string, language: string | undefined): RecordedPrompt =>
    found(
      library.list().find((prompt) => prompt.name === name && prompt.language === language),
      'recording',
      language ? `${name} in ${language}` : name,
    );

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'List the recordings that are heard instead of texts, by name and language',
        querystring: PromptListQuery,
        response: responses({ 200: PromptPage }),
      },
    },
    async ({ query }) => pageOf(library.list(), query),
  );

  app.get(
    '/:name',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Read what is known of a recording',
        params,
        querystring,
        response: responses({ 200: PromptAnswer }),
      },
    },
    async ({ params: { name }, query: { language } }, reply) => {
      const prompt = one(name, language);
      return reply.header('etag', etag(prompt.uploadedAt)).send(answer(prompt));
    },
  );

  app.get(
    '/:name/sound',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'Listen to a recording as callers hear it',
        params,
        querystring,
        response: responses({ 200: WavAnswer }),
      },
    },
    async ({ params: { name }, query: { language } }, reply) => {
      const sound = await library.sound(name, language);
      return reply.type('audio/wav').send(found(sound, 'recording', name));
    },
  );

  app.put(
    '/:name',
    {
      config: { scope: 'configuration:write' },
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        tags,
        summary: "Have a recording heard instead of the flows' prompt of that name",
        description:
          'It is converted to what the media servers play and brought to the level of the other prompts, gently. It is effective at once: whoever is told the prompt next hears it.',
        params,
        querystring,
        headers: IfMatch,
        body: WavBody,
        response: responses({ 200: PromptAnswer }),
      },
    },
    async ({ params: { name }, query: { language }, headers, body }, reply) => {
      if (!Buffer.isBuffer(body)) {
        throw new CodedError(refusal('MEDIA_TYPE_UNSUPPORTED', 'Send the recording as audio/wav.'));
      }
      const put = valueFrom(await library.put(name, language, body, seenBy(headers)));
      return reply.header('etag', etag(put.uploadedAt)).send(answer(put));
    },
  );

  app.delete(
    '/:name',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove a recording: the text is spoken again',
        params,
        querystring,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { name }, query: { language }, headers }, reply) => {
      one(name, language);
      await library.remove(name, language, seenBy(headers));
      return reply.code(204).send(null);
    },
  );
};

/** A recording is what was uploaded last: when that was is its revision. */
const seenBy =
  (headers: { readonly 'if-match'?: string }) =>
  (now: RecordedPrompt | undefined): void =>
    demandMatch(headers['if-match'], now?.uploadedAt);

function pageOf(all: readonly RecordedPrompt[], query: Static<typeof PromptListQuery>) {
  const after = valueFrom(decodeCursor(query.cursor, 1))?.[0] ?? '';
  const rest = all.filter((prompt) => keyOf(prompt) > after);
  const items = rest.slice(0, query.limit);
  const last = rest.length > items.length ? items.at(-1) : undefined;
  return {
    items: items.map(answer),
    ...(last ? { nextCursor: encodeCursor([keyOf(last)]) } : {}),
  };
}

const keyOf = ({ name, language }: RecordedPrompt): string => `${name} ${language ?? ''}`;

const answer = (prompt: RecordedPrompt) => ({ ...prompt, uploadedAt: iso(prompt.uploadedAt) });
