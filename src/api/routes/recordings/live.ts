import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { callId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { valueFrom } from '../../outcomes.ts';
import { mustReach } from '../../reach.ts';
import { responses } from '../../schemas.ts';
import { CallParams } from '../calls/schemas.ts';
import { RecordingAnswer, RecordingOrder } from './schemas.ts';
import { recordingWire } from './wire.ts';

/** Steers the recording of a call in progress. */
export const liveRecordingRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { control, recordingDesk } = context;

  app.post(
    '/:id/recording',
    {
      config: { scope: 'calls:act' },
      schema: {
        tags: ['calls'],
        summary: 'Record the conversation, pause, go on, or stop',
        description:
          "On demand where the queue's rule allows it and the caller was told. While paused, silence is written.",
        params: CallParams,
        body: RecordingOrder,
        response: responses({ 200: RecordingAnswer }),
      },
    },
    async ({ params: { id }, body: { action }, principal }) => {
      const call = control.call(callId(id));
      if (call) mustReach(principal, control, call.agentId ? [call.agentId] : []);
      const { kind, id: by } = principal;
      return recordingWire(
        valueFrom(await recordingDesk.steer(callId(id), action, `${kind} ${by}`)),
      );
    },
  );
};
