import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { callbackId, callId } from '../../../model/ids.ts';
import type { CallView } from '../../../runtime/ports/index.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { livePage } from '../../live-pages.ts';
import { madeOnce } from '../../made-once.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { mustBeWithin, within } from '../../reach.ts';
import { iso, NoContent, PageQuery, responses } from '../../schemas.ts';
import { CallAnswer, CallEventPage, CallPage, CallParams, CallQuery } from './schemas.ts';

const tags = ['calls'];
const params = CallParams;

const liveOf = ({ control }: ReadContext, id: string) => control.call(callId(id));

export const callReads: FastifyPluginAsyncTypebox<ReadContext> = async (app, context) => {
  const { control } = context;

  app.get(
    '',
    {
      config: { scope: 'calls:read' },
      schema: {
        tags,
        summary: 'List the calls in progress, oldest first',
        querystring: CallQuery,
        response: responses({ 200: CallPage }),
      },
    },
    async ({ query, principal }) => {
      const isTheirs = within(principal, control);
      const fitting = control.calls.filter((call) => isTheirs(call) && fits(call, query));
      return livePage(
        fitting,
        ({ arrivedAt }) => arrivedAt,
        query,
        (call) => callAnswer(call),
      );
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'calls:read' },
      schema: {
        tags,
        summary: 'Read a call in progress',
        params,
        response: responses({ 200: CallAnswer }),
      },
    },
    async ({ params: { id }, principal }) => {
      const call = found(liveOf(context, id), 'call in progress', id);
      mustBeWithin(principal, control, call);
      return callAnswer(call);
    },
  );
};

export const callRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { store, control } = context;
  const live = (id: string) => liveOf(context, id);
  await callReads(app, context);

  app.delete(
    '/:id',
    {
      config: { scope: 'calls:act' },
      schema: { tags, summary: 'Hang up', params, response: responses({ 204: NoContent }) },
    },
    async ({ params: { id }, principal }, reply) => {
      const call = live(id);
      if (call) mustBeWithin(principal, control, call);
      if (!control.hangup(callId(id)))
        throw new CodedError(refusal('CALL_UNKNOWN', `There is no call in progress ${id}.`));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/:id/events',
    {
      config: { scope: 'records:read' },
      schema: {
        tags,
        summary: "Read a call's history, in progress or over, or that of a call back",
        description: 'Steps are stored in batches: the last one may come a moment late.',
        params,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: CallEventPage }),
      },
    },
    async ({ params: { id }, query, principal }) => {
      const page = valueFrom(await store.cdrs.events(callId(id), query));
      const call =
        live(id) ?? (await store.cdrs.get(callId(id))) ?? control.callback(callbackId(id));
      if (page.items.length === 0) found(call, 'call', id);
      // A promise that is over has no record, and a call not yet: they are whose they were last.
      const whose = call ?? { agentId: await store.cdrs.lastAgent(callId(id)) };
      mustBeWithin(principal, control, whose);
      return { ...page, items: page.items.map((event) => ({ ...event, at: iso(event.at) })) };
    },
  );
};

export const callAnswer = madeOnce((call: CallView): Static<typeof CallAnswer> => {
  const { recentCalls = [], ...context } = call.context;
  const recent = recentCalls.map((past) => ({ ...past, at: iso(past.at) }));
  const { supervisions, ...rest } = call;
  const listening = supervisions?.map((one) => ({ ...one, since: iso(one.since) }));
  return {
    ...rest,
    ...(listening ? { supervisions: listening } : {}),
    arrivedAt: iso(call.arrivedAt),
    context: { ...context, ...(recent.length > 0 ? { recentCalls: recent } : {}) },
  };
});

const fits = (call: CallView, { stage, queueId, agentId }: Static<typeof CallQuery>): boolean =>
  (stage === undefined || call.stage === stage) &&
  (queueId === undefined || call.queueId === queueId) &&
  (agentId === undefined || call.agentId === agentId);
