import type { AgentStateRecord } from '../../model/agent.ts';
import type { CallEvent, Cdr } from '../../model/call.ts';
import type { CallbackOutcome, DialFailure } from '../../model/callback.ts';
import type { QueueId } from '../../model/ids.ts';
import type { ConversationRecording } from '../../model/recording.ts';
import type { Voicemail } from '../../model/voicemail.ts';

/** Takes records without ever making the caller wait: batches, and keeps them on disk while the database is away. */
export interface RecordSink {
  event(event: CallEvent): void;
  cdr(cdr: Cdr): void;
  agentState(record: AgentStateRecord): void;
  voicemail(voicemail: Voicemail): void;
  /** Told at the beginning and at the end of each; the later one counts. */
  recording(recording: ConversationRecording): void;
  /** Everything accepted so far is in the database, or on disk. */
  flush(): Promise<void>;
}

/** Where recordings are written, and found: a folder that the media servers and we share. */
export interface RecordingFolder {
  /** An absolute path below the data folder. */
  fileOf(recordingId: string): string;
  /** Soon; one that is not there is as good as removed. */
  remove(recordingId: string): void;
}

/**
 * What was found to be otherwise than we believed, and mended: legs and conversations that were over, calls that only
 * the engine or only telephony had, dialogs whose far end is gone, channels that one side had and the other had not.
 */
export type Repair =
  | 'lostCaller'
  | 'lostAgent'
  | 'alone'
  | 'forgottenCall'
  | 'orphanLeg'
  | 'deadDialog'
  | 'lostChannel'
  | 'zombieChannel';

/** Why a call of ours is placed; for the books. */
export type DialPurpose = 'callback' | 'transfer' | 'agent' | 'supervision';

/** Counts what no record tells (served by reporting). */
export interface Meters {
  /** A call of ours is over: how, and what it was placed for. */
  dialled(purpose: DialPurpose, result: DialFailure | 'answered' | 'cancelled'): void;
  callbackEnded(queueId: QueueId, outcome: CallbackOutcome): void;
  /** `failed`: it could not be written, or not to its end. */
  voicemail(result: 'kept' | 'tooShort' | 'failed'): void;
  repaired?(what: Repair): void;
}

/** Whether a part of the house is well, for /readyz. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<{ readonly ok: boolean; readonly detail?: string }>;
}
