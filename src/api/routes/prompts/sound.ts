import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { ApiContext } from '../../context.ts';

/** Files that are named after their content never change; music and folders' recordings may. */
const IMMUTABLE = /^(own\/|uploads\/)?[0-9a-f]{40}\.wav$/;
const CHANGING_SECONDS = 60;
const YEAR_SECONDS = 31_536_000;

/**
 * Prompts for media servers that do not share the data folder. They bring no key: the token in the path, 256 bits
 * that only they are told, is what lets them in; whoever does not have it learns nothing.
 */
export const soundRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, { soundFile }) => {
  if (!soundFile) return;
  app.get(
    '/sounds/:token/*',
    {
      config: { scope: 'open' },
      schema: { hide: true, params: Type.Object({ token: Type.String(), '*': Type.String() }) },
    },
    async ({ params: { token, '*': name }, headers }, reply) => {
      const path = soundFile(token, name);
      const facts = path === undefined ? undefined : await stat(path).catch(() => undefined);
      if (path === undefined || !facts?.isFile()) {
        throw new CodedError(refusal('NOT_FOUND', 'There is no such sound.'));
      }
      const etag = `"${facts.size.toString(16)}-${Math.round(facts.mtimeMs).toString(16)}"`;
      const age = IMMUTABLE.test(name)
        ? `max-age=${YEAR_SECONDS}, immutable`
        : `max-age=${CHANGING_SECONDS}`;
      void reply.headers({ etag, 'cache-control': `private, ${age}` });
      if (headers['if-none-match'] === etag) return reply.code(304).send();
      void reply.headers({ 'content-length': facts.size, 'content-type': 'audio/wav' });
      return reply.send(createReadStream(path));
    },
  );
};
