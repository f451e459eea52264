import type { FastifyPluginAsync } from 'fastify';
import type { Static } from 'typebox';
import { calendarId, flowId } from '../../../model/ids.ts';
import type { NumberConfig } from '../../../model/number.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { withoutNulls } from '../../merge.ts';
import { type Kind, registerObjects, registerReads } from '../../objects.ts';
import { Id, iso, LanguageName } from '../../schemas.ts';
import { NumberAnswer, NumberBody, NumberPage, NumberParams, NumberPatch } from './schemas.ts';

const shapes = {
  params: NumberParams,
  body: NumberBody,
  patch: NumberPatch,
  answer: NumberAnswer,
  page: NumberPage,
  filters: { flowId: Id('principal'), calendarId: Id('tienda-coyoacan'), language: LanguageName },
};

const numbers: Kind<NumberConfig, string, typeof shapes> = {
  noun: 'number',
  path: '/v1/numbers',
  tag: 'numbers',
  about: {
    list: 'List numbers',
    make: 'Make a number known',
    read: 'Read a number',
    change: [
      'Change a number',
      'What is not named stays as it is (RFC 7396). Calls in progress keep their flow.',
    ],
    remove: 'Forget a number',
  },
  shapes,
  key: ({ dnis }) => dnis,
  keyOf: ({ dnis }) => dnis,
  repository: (of) => of.numbers,
  make: (tx, body) => tx.numbers.create(configOf(body)),
  change: (tx, now, patch) => tx.numbers.replace(configOf(withoutNulls({ ...now, ...patch }))),
  answers: () => answer,
};

export const numberReads: FastifyPluginAsync<ReadContext> = async (app, context) =>
  registerReads(app, context, numbers);

export const numberRoutes: FastifyPluginAsync<ApiContext> = async (app, context) =>
  registerObjects(app, context, numbers);

const configOf = (body: Static<typeof NumberBody>): NumberConfig => ({
  dnis: body.dnis,
  name: body.name,
  flowId: flowId(body.flowId),
  language: body.language,
  country: body.country,
  ...(body.calendarId === undefined ? {} : { calendarId: calendarId(body.calendarId) }),
});

const answer = (number: Stored<NumberConfig>) => ({ ...number, updatedAt: iso(number.updatedAt) });
