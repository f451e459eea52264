import type { FlowEffect, FlowEvent } from '../../ivr/vocabulary.ts';
import type { CallSession } from '../call-session.ts';
import type { Recorded } from '../ports/index.ts';

type RecordEffect = Extract<FlowEffect, { type: 'record' }>;

/** What a flow has recorded, whether or not the caller still hears the flow. */
export interface FlowRecording extends Recorded {
  /** Unique in the house; the file is `recordings/<recordingId>.wav` of the data folder. */
  readonly recordingId: string;
  /** Absolute; there only if `durationMs` is above 0. */
  readonly file: string;
  /** As the effect said. */
  readonly about: Readonly<Record<string, string>>;
}

/** Carries out the `record` effect. Never rejects. */
export async function recordCaller(
  session: CallSession,
  effect: RecordEffect,
  recordingId: string,
  file: string,
): Promise<FlowRecording> {
  const { maxMs, silenceMs, beep, about } = effect;
  const options = { maxMs, beep, ...(silenceMs === undefined ? {} : { silenceMs }) };
  const gone: Recorded = { durationMs: 0, why: 'gone' };
  const recorded = (await session.leg?.record(file, options)) ?? gone;
  return { ...recorded, recordingId, file, about };
}

export function recordedEvent(recording: FlowRecording): FlowEvent {
  const { recordingId, durationMs, soundMs, why, key } = recording;
  return {
    type: 'recorded',
    recordingId,
    durationMs,
    why,
    ...(soundMs === undefined ? {} : { soundMs }),
    ...(key === undefined ? {} : { key }),
  };
}
