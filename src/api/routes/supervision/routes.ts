import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { actorOf, type Principal } from '../../../model/access.ts';
import { callId } from '../../../model/ids.ts';
import type { SupervisionView } from '../../../model/supervision.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { mustReach } from '../../reach.ts';
import { iso, NoContent, responses } from '../../schemas.ts';
import { CallParams } from '../calls/schemas.ts';
import {
  SupervisionAnswer,
  SupervisionBody,
  SupervisionParams,
  SupervisionPatch,
} from './schemas.ts';

const tags = ['supervision'];
const params = SupervisionParams;
const config = { scope: 'supervision:act' } as const;
const answer = ({ since, ...view }: SupervisionView) => ({ ...view, since: iso(since) });

/** Listens to conversations in progress. Everything is written in the audit log. */
export const supervisionRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { control, supervisionDesk } = context;
  const mayHear = (principal: Principal, id: string) => {
    const call = found(control.call(callId(id)), 'call in progress', id);
    mustReach(principal, control, call.agentId ? [call.agentId] : []);
  };

  app.post(
    '/:id/supervision',
    {
      config,
      schema: {
        tags,
        summary: 'Ring a supervisor who listens to the agent of a call',
        description:
          "On the supervisor's phone 0 listens, 2 whispers, 3 barges in, and 9 takes the call over.",
        params: CallParams,
        body: SupervisionBody,
        response: responses({ 201: SupervisionAnswer }),
      },
    },
    async ({ params: { id }, body, principal }, reply) => {
      mayHear(principal, id);
      const order = {
        callId: callId(id),
        supervisor: body.supervisorExtension,
        mode: body.mode ?? 'listen',
        by: actorOf(principal),
      };
      return reply.code(201).send(answer(valueFrom(supervisionDesk.begin(order))));
    },
  );

  app.patch(
    '/:id/supervision/:supervisionId',
    {
      config,
      schema: {
        tags,
        summary: 'Say who hears the supervisor',
        params,
        body: SupervisionPatch,
        response: responses({ 200: SupervisionAnswer }),
      },
    },
    async ({ params: { id, supervisionId }, body: { mode }, principal }) => {
      mayHear(principal, id);
      const by = actorOf(principal);
      return answer(valueFrom(await supervisionDesk.change(callId(id), supervisionId, mode, by)));
    },
  );

  app.post(
    '/:id/supervision/:supervisionId/take-over',
    {
      config,
      schema: {
        tags,
        summary: "Take the agent's place",
        description: 'The caller speaks with the supervisor; the agent has after-call work.',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id, supervisionId }, principal }, reply) => {
      mayHear(principal, id);
      const by = actorOf(principal);
      valueFrom(await supervisionDesk.takeOver(callId(id), supervisionId, by));
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/:id/supervision/:supervisionId',
    {
      config,
      schema: {
        tags,
        summary: 'Let the supervisor go',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id, supervisionId }, principal }, reply) => {
      mayHear(principal, id);
      valueFrom(supervisionDesk.end(callId(id), supervisionId, actorOf(principal)));
      return reply.code(204).send(null);
    },
  );
};
