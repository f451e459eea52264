import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { newUuid } from '../../../lib/ids.ts';
import { agentId, callbackId, queueId } from '../../../model/ids.ts';
import { PRIORITY_DEFAULT } from '../../../model/queue.ts';
import type { CallbackView } from '../../../runtime/ports/index.ts';
import type { ApiContext } from '../../context.ts';
import { livePage } from '../../live-pages.ts';
import { found, submit } from '../../outcomes.ts';
import { mustBeWithin, within } from '../../reach.ts';
import { iso, NoContent, responses } from '../../schemas.ts';
import {
  CallbackAnswer,
  CallbackBody,
  CallbackPage,
  CallbackParams,
  CallbackQuery,
} from './schemas.ts';

const tags = ['callbacks'];
const params = CallbackParams;

export const callbackRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { control, clock } = context;
  const view = (id: string) => found(control.callback(callbackId(id)), 'call back', id);

  app.get(
    '',
    {
      config: { scope: 'calls:read' },
      schema: {
        tags,
        summary: 'List the call backs that are open, oldest first',
        querystring: CallbackQuery,
        response: responses({ 200: CallbackPage }),
      },
    },
    async ({ query, principal }) => {
      const isTheirs = within(principal, control);
      const fitting = control.callbacks.filter((one) => isTheirs(one) && fits(one, query));
      return livePage(fitting, ({ madeAt }) => madeAt, query, answer);
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'calls:read' },
      schema: {
        tags,
        summary: 'Read an open call back',
        params,
        response: responses({ 200: CallbackAnswer }),
      },
    },
    async ({ params: { id }, principal }) => {
      const callback = view(id);
      mustBeWithin(principal, control, callback);
      return answer(callback);
    },
  );

  app.post(
    '',
    {
      config: { scope: 'calls:act' },
      schema: {
        tags,
        summary: 'Promise a customer to ring them back',
        description:
          'It stands in the line of its queue like a caller who comes at that time, unless the customer waits there themselves then. Refused as long as the queue promises no call backs, or the customer has one already.',
        body: CallbackBody,
        response: responses({ 201: CallbackAnswer }),
      },
    },
    async ({ body }, reply) => {
      const id = newUuid();
      const preferred = body.preferredAgentId;
      if (preferred !== undefined && !control.agent(agentId(preferred)))
        throw new CodedError(refusal('AGENT_UNKNOWN', `There is no agent ${preferred}.`));
      submit(context, {
        type: 'callback.schedule',
        callbackId: callbackId(id),
        queueId: queueId(body.queueId),
        callerKey: body.number,
        at: body.at === undefined ? clock.now() : Date.parse(body.at),
        priority: body.priority ?? PRIORITY_DEFAULT,
        requiredSkills: body.requiredSkills ?? {},
        ...(preferred === undefined ? {} : { preferredAgentId: agentId(preferred) }),
      });
      return reply
        .code(201)
        .header('location', `/v1/callbacks/${id}`)
        .send(answer(view(id)));
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'calls:act' },
      schema: {
        tags,
        summary: 'Take a promise back',
        description:
          'At once, or when the agent who has it in hand has not reached the customer: nobody is cut off.',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id }, principal }, reply) => {
      const live = control.callback(callbackId(id));
      if (live) mustBeWithin(principal, control, live);
      submit(context, { type: 'callback.cancel', callbackId: callbackId(id) });
      return reply.code(204).send(null);
    },
  );
};

function answer(view: CallbackView): Static<typeof CallbackAnswer> {
  const { id, queueId, number, stage, priority, attempts } = view;
  const { preferredAgentId, position, agentId } = view;
  return {
    id,
    queueId,
    number,
    stage,
    priority,
    attempts,
    madeAt: iso(view.madeAt),
    notBefore: iso(view.notBefore),
    expiresAt: iso(view.expiresAt),
    ...(preferredAgentId === undefined ? {} : { preferredAgentId }),
    ...(position === undefined ? {} : { position }),
    ...(agentId === undefined ? {} : { agentId }),
  };
}

const fits = (view: CallbackView, { queueId, number }: Static<typeof CallbackQuery>): boolean =>
  (queueId === undefined || view.queueId === queueId) &&
  (number === undefined || view.number === number);
