import type { Static } from 'typebox';
import type { StoredRecording } from '../../../model/recording.ts';
import { iso } from '../../schemas.ts';
import type { RecordingAnswer } from './schemas.ts';

/** A recording as it leaves the house. */
export function recordingWire(recording: StoredRecording): Static<typeof RecordingAnswer> {
  const { startedAt, endedAt, notice, pauses, agentIds, ...rest } = recording;
  return {
    ...rest,
    startedAt: iso(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
    agentIds: [...agentIds],
    ...(notice ? { notice: { ...notice, from: iso(notice.from), to: iso(notice.to) } } : {}),
    pauses: pauses.map(({ from, to, why }) => ({
      from: iso(from),
      ...(to === undefined ? {} : { to: iso(to) }),
      why,
    })),
  };
}
