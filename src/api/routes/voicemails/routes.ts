import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { Principal } from '../../../model/access.ts';
import { agentId, queueId, voicemailId } from '../../../model/ids.ts';
import type { StoredVoicemail } from '../../../model/voicemail.ts';
import { audit } from '../../audit.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { agentsWithin, mustBeWithin, mustReach } from '../../reach.ts';
import { iso, NoContent, responses, wavAnswer } from '../../schemas.ts';
import { sendAudio } from './audio.ts';
import {
  VoicemailAnswer,
  VoicemailPage,
  VoicemailParams,
  VoicemailPatch,
  VoicemailQuery,
} from './schemas.ts';

const tags = ['voicemails'];
const params = VoicemailParams;

export const voicemailRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { store, recordings, control } = context;
  const { voicemails } = store;
  const read = async (id: string, principal: Principal) => {
    const message = found(await voicemails.get(voicemailId(id)), 'message', id);
    mustBeWithin(principal, control, message);
    return message;
  };

  app.get(
    '',
    {
      config: { scope: 'records:read' },
      schema: {
        tags,
        summary: 'List messages, newest first',
        querystring: VoicemailQuery,
        response: responses({ 200: VoicemailPage }),
      },
    },
    async ({ query, principal }) => {
      const within = agentsWithin(principal, control);
      const filter = {
        ...(within ? { within } : {}),
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(query.queueId === undefined ? {} : { queueId: queueId(query.queueId) }),
        ...(query.agentId === undefined ? {} : { agentId: agentId(query.agentId) }),
      };
      const { items, ...rest } = valueFrom(await voicemails.list(filter, query));
      return { ...rest, items: items.map(answer) };
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'records:read' },
      schema: {
        tags,
        summary: 'Read a message',
        params,
        response: responses({ 200: VoicemailAnswer }),
      },
    },
    async ({ params: { id }, principal }) => answer(await read(id, principal)),
  );

  app.get(
    '/:id/audio',
    {
      config: { scope: 'recordings:read' },
      schema: {
        tags,
        summary: 'Listen to a message',
        description: 'WAV; `Range` is obeyed. Every request is written in the audit log.',
        params,
        response: responses({
          200: wavAnswer('The message'),
          206: wavAnswer('The part of it that was asked for'),
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { range } = request.headers;
      const { callId } = await read(id, request.principal);
      const sent = await sendAudio(reply, recordings.fileOf(id), range);
      void audit(context, request, {
        action: 'voicemail.listened',
        object: { kind: 'voicemail', id },
        before: undefined,
        after: { callId, range },
      });
      return sent;
    },
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'records:write' },
      schema: {
        tags,
        summary: 'Assign a message, or mark it handled',
        params,
        headers: IfMatch,
        body: VoicemailPatch,
        response: responses({ 200: VoicemailAnswer }),
      },
    },
    async (request) => {
      const { body, principal } = request;
      const { id } = request.params;
      await read(id, principal);
      if (body.agentId) mustReach(principal, control, [agentId(body.agentId)]);
      if (body.agentId && !control.agent(agentId(body.agentId)))
        throw nobody('agent', body.agentId);
      if (body.queueId && !control.queue(queueId(body.queueId)))
        throw nobody('queue', body.queueId);
      const change = {
        ...(body.state === undefined ? {} : { state: body.state }),
        ...(body.queueId === undefined
          ? {}
          : { queueId: body.queueId === null ? null : queueId(body.queueId) }),
        ...(body.agentId === undefined
          ? {}
          : { agentId: body.agentId === null ? null : agentId(body.agentId) }),
      };
      let before: StoredVoicemail | undefined;
      const changed = await voicemails.change(voicemailId(id), (now) => {
        demandMatch(request.headers['if-match'], now.revision);
        before = now;
        return change;
      });
      const after = answer(found(changed, 'message', id));
      await audit(context, request, {
        action: 'voicemail.changed',
        object: { kind: 'voicemail', id },
        before: before && answer(before),
        after,
      });
      return after;
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'records:write' },
      schema: {
        tags,
        summary: 'Delete a message, its sound included',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const before = answer(await read(id, request.principal));
      const removed = await voicemails.remove(voicemailId(id), ({ revision }) =>
        demandMatch(request.headers['if-match'], revision),
      );
      found(removed || undefined, 'message', id);
      recordings.remove(id);
      const object = { kind: 'voicemail', id };
      await audit(context, request, { action: 'voicemail.removed', object, before });
      return reply.code(204).send(null);
    },
  );
};

const nobody = (noun: 'agent' | 'queue', id: string) =>
  new CodedError(refusal('NOT_FOUND', `There is no ${noun} ${id}.`));

function answer({ at, handledAt, ...rest }: StoredVoicemail): Static<typeof VoicemailAnswer> {
  return {
    ...rest,
    at: iso(at),
    ...(handledAt === undefined ? {} : { handledAt: iso(handledAt) }),
  };
}
