import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ok } from '../../../lib/result.ts';
import type { DiallingRules } from '../../../model/trunk.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { iso, responses } from '../../schemas.ts';
import { DiallingAnswer, DiallingBody } from './schemas.ts';

const tags = ['trunks'];

export const diallingRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { dialling } = context.store.configuration;

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'What may be called outside',
        description:
          'NOT_FOUND as long as nobody has said: then ALLOWED_DESTINATIONS and its limits hold.',
        response: responses({ 200: DiallingAnswer }),
      },
    },
    async () => answer(found(await dialling.get(), 'set of rules', 'dialling')),
  );

  app.put(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Say what may be called outside',
        description:
          'In place of what was said before, here or in ALLOWED_DESTINATIONS. Takes effect at once; calls in progress go on, and count.',
        headers: IfMatch,
        body: DiallingBody,
        response: responses({ 200: DiallingAnswer }),
      },
    },
    async ({ headers, body }) => {
      const rules = await changeConfiguration(context, async (tx) => {
        demandMatch(headers['if-match'], (await tx.dialling.get())?.revision);
        return ok(await tx.dialling.put(body));
      });
      return answer(rules);
    },
  );
};

const answer = ({ destinations, ...rules }: Stored<DiallingRules>) => ({
  ...rules,
  destinations: [...destinations],
  updatedAt: iso(rules.updatedAt),
});
