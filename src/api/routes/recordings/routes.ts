import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { actorOf } from '../../../model/access.ts';
import { agentId, callId, queueId, recordingId } from '../../../model/ids.ts';
import type { StoredRecording } from '../../../model/recording.ts';
import type { RecordingFilter, RecordingSound } from '../../../runtime/ports/recordings.ts';
import type { ApiContext } from '../../context.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { agentsWithin, mustReach } from '../../reach.ts';
import { NoContent, responses, wavAnswer } from '../../schemas.ts';
import { RecordingAnswer, RecordingPage, RecordingParams, RecordingQuery } from './schemas.ts';
import { recordingWire } from './wire.ts';

const tags = ['recordings'];
const params = RecordingParams;

export const recordingRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { store, control, archive, clock } = context;
  const { recordings, audit } = store;

  const read = async ({ principal }: FastifyRequest, id: string): Promise<StoredRecording> => {
    const recording = found(await recordings.get(recordingId(id)), 'recording', id);
    mustReach(principal, control, recording.agentIds);
    return recording;
  };
  const note = ({ principal }: FastifyRequest, action: string, id: string, after?: unknown) =>
    void audit.record({
      at: clock.now(),
      actor: actorOf(principal),
      action,
      object: { kind: 'recording', id },
      ...(after === undefined ? {} : { after }),
    });

  app.get(
    '',
    {
      config: { scope: 'recordings:read' },
      schema: {
        tags,
        summary: 'List recorded conversations, newest first',
        description: 'Who is limited to teams or to themselves sees those of their agents.',
        querystring: RecordingQuery,
        response: responses({ 200: RecordingPage }),
      },
    },
    async ({ query, principal }) => {
      const within = agentsWithin(principal, control);
      const filter: RecordingFilter = {
        ...(query.from === undefined ? {} : { from: Date.parse(query.from) }),
        ...(query.to === undefined ? {} : { to: Date.parse(query.to) }),
        ...(query.callId === undefined ? {} : { callId: callId(query.callId) }),
        ...(query.queueId === undefined ? {} : { queueId: queueId(query.queueId) }),
        ...(query.agentId === undefined ? {} : { agentId: agentId(query.agentId) }),
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(within === undefined ? {} : { agentIds: within }),
      };
      const { items, ...rest } = valueFrom(await recordings.list(filter, query));
      return { ...rest, items: items.map(recordingWire) };
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'recordings:read' },
      schema: {
        tags,
        summary: 'Read what is known of a recording',
        params,
        response: responses({ 200: RecordingAnswer }),
      },
    },
    async (request) => recordingWire(await read(request, request.params.id)),
  );

  app.get(
    '/:id/audio',
    {
      config: { scope: 'recordings:read' },
      schema: {
        tags,
        summary: 'Listen to a recording',
        description: 'WAV; `Range` is obeyed. Every request is written in the audit log.',
        params,
        response: responses({
          200: wavAnswer('The recording'),
          206: wavAnswer('The part of it that was asked for'),
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { range } = request.headers;
      const recording = await read(request, id);
      if (recording.state === 'running')
        throw new CodedError(refusal('CALL_STATE', 'The conversation is not over.'));
      const sound = await archive.open(recording, range).catch(storeAway);
      const there = found(sound, 'sound of recording', id);
      note(request, 'recording.listened', id, { callId: recording.callId, range });
      return send(reply, there);
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'recordings:write' },
      schema: {
        tags,
        summary: 'Delete the sound of a recording',
        description: 'What is known of it stays, and that it was deleted.',
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const recording = await read(request, id);
      demandMatch(request.headers['if-match'], recording.revision);
      if (recording.state === 'running')
        throw new CodedError(refusal('CALL_STATE', 'The conversation is not over.'));
      await archive.remove(recording).catch(storeAway);
      await recordings.placed(recording.id, undefined);
      note(request, 'recording.deleted', id);
      return reply.code(204).send(null);
    },
  );
};

function storeAway(error: unknown): never {
  throw new CodedError(refusal('OBJECTS_AWAY', 'The object store did not answer.'), error);
}

/** The archive's answer is HTTP's own. */
function send(reply: FastifyReply, { status, headers, body }: RecordingSound): FastifyReply {
  void reply.code(status).headers({ ...headers, 'accept-ranges': 'bytes' });
  return body ? reply.type('audio/wav').send(body) : reply.send();
}
