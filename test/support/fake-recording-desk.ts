import type { Refusal } from '../../src/lib/errors.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { type CallId, recordingId } from '../../src/model/ids.ts';
import type { ConversationRecording } from '../../src/model/recording.ts';
import type { RecordingAction, RecordingDesk } from '../../src/runtime/ports/recordings.ts';

/** Remembers what it was asked for, and answers as the test says. */
export class FakeRecordingDesk implements RecordingDesk {
  readonly orders: { callId: CallId; action: RecordingAction; by: string }[] = [];
  refusal: Refusal | undefined;

  async steer(
    callId: CallId,
    action: RecordingAction,
    by: string,
  ): Promise<Result<ConversationRecording, Refusal>> {
    this.orders.push({ callId, action, by });
    if (this.refusal) return err(this.refusal);
    return ok({
      id: recordingId(`${callId}.r1`),
      callId,
      why: 'onDemand',
      startedAt: Date.UTC(2026, 0, 1),
      stereo: true,
      state: 'running',
      agentIds: [],
      pauses: [],
    });
  }
}
