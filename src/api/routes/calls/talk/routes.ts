import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CodedError, type Refusal } from '../../../../lib/errors.ts';
import { agentId, callId } from '../../../../model/ids.ts';
import type { ApiContext } from '../../../context.ts';
import { found, valueFrom } from '../../../outcomes.ts';
import { mustBeWithin, mustReach } from '../../../reach.ts';
import { iso, NoContent, responses } from '../../../schemas.ts';
import { callAnswer } from '../routes.ts';
import { CallAnswer, CallParams } from '../schemas.ts';
import {
  ConferenceBody,
  ConsultBody,
  ParkBody,
  ParkedAnswer,
  ParkedCalls,
  PickUpBody,
  PriorityBody,
  SlotParams,
  TransferBody,
} from './schemas.ts';

const tags = ['calls'];
const params = CallParams;
const config = { scope: 'calls:act' } as const;
const response = responses({ 204: NoContent });

/**
 * What can be done with a conversation in progress, or a call that waits for one, by whom its agent is within reach of. All answers come at once: the
 * call's history tells the rest.
 */
export const talkRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { talk, control } = context;
  app.addHook<{ Params: Static<typeof params> }>(
    'preValidation',
    async ({ params: { id }, principal }) => {
      const call = control.call(callId(id));
      if (call) mustBeWithin(principal, control, call);
    },
  );
  const done = (refused: Refusal | undefined): null => {
    if (refused) throw new CodedError(refused);
    return null;
  };

  const plain = [
    ['hold', 'Put the customer on hold, with music', talk.hold],
    ['retrieve', 'Take the customer back from hold', talk.retrieve],
    ['complete', 'Connect the customer with whoever was consulted, and leave', talk.complete],
    ['cancel', 'Let whoever is rung or consulted go, and take the customer back', talk.cancel],
    ['leave', 'Leave a conference: the others go on', talk.leave],
  ] as const;
  for (const [name, summary, act] of plain) {
    app.post(
      `/:id/${name}`,
      { config, schema: { tags, summary, params, response } },
      async ({ params: { id } }, reply) => {
        done(act.call(talk, callId(id)));
        return reply.code(204).send(null);
      },
    );
  }

  app.post(
    '/:id/transfer',
    {
      config,
      schema: {
        tags,
        summary:
          'Transfer blindly, or out of the line: the customer hears music until somebody answers',
        description:
          'If nobody does, the customer comes back to the agent, or to the queue. A call that waits, or rings, leaves its line, and no phone rings for it any more; in another queue it keeps the place of who has waited as long. One that has just been answered is a conversation: it has an agent then.',
        params,
        body: TransferBody,
        response,
      },
    },
    async ({ params: { id }, body }, reply) => {
      done(talk.transfer(callId(id), body.to));
      return reply.code(204).send(null);
    },
  );

  app.patch(
    '/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change the priority of a call that waits',
        description:
          'Its place follows at once; while a phone rings for it, when it waits again. Afterwards the place is in the answer.',
        params,
        body: PriorityBody,
        response: responses({ 200: CallAnswer }),
      },
    },
    async ({ params: { id }, body }) => {
      done(talk.prioritise(callId(id), body.priority));
      return callAnswer(found(control.call(callId(id)), 'call in progress', id));
    },
  );

  app.post(
    '/:id/consult',
    {
      config,
      schema: {
        tags,
        summary: 'Speak with somebody while the customer hears music',
        params,
        body: ConsultBody,
        response,
      },
    },
    async ({ params: { id }, body }, reply) => {
      done(talk.consult(callId(id), body.to));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/:id/conference',
    {
      config,
      schema: {
        tags,
        summary: 'Let all three hear each other',
        params,
        body: ConferenceBody,
        response,
      },
    },
    async ({ params: { id }, body }, reply) => {
      done(talk.conference(callId(id), body.to));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/:id/park',
    {
      config,
      schema: {
        tags,
        summary: 'Park the call: the customer waits with music for whoever picks it up',
        params,
        body: ParkBody,
        response: responses({ 200: ParkedAnswer }),
      },
    },
    async ({ params: { id }, body }) => ({
      callId: id,
      slot: valueFrom(talk.park(callId(id), body.slot)),
    }),
  );
};

/** Calls that are parked: they wait for whoever comes for them, so everybody sees all. */
export const parkedRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (
  app,
  { talk, control },
) => {
  app.get(
    '',
    {
      config: { scope: 'calls:read' },
      schema: { tags, summary: 'List the parked calls', response: responses({ 200: ParkedCalls }) },
    },
    async () => ({
      items: talk.parked().map(({ since, until, ...call }) => ({
        ...call,
        since: iso(since),
        until: iso(until),
      })),
    }),
  );

  app.post(
    '/:slot/pick-up',
    {
      config,
      schema: {
        tags,
        summary: 'Ring an agent, who has the parked call when they answer',
        params: SlotParams,
        body: PickUpBody,
        response,
      },
    },
    async ({ params: { slot }, body, principal }, reply) => {
      mustReach(principal, control, [agentId(body.agentId)]);
      const refused = talk.pickUp(slot, agentId(body.agentId));
      if (refused) throw new CodedError(refused);
      return reply.code(204).send(null);
    },
  );
};
