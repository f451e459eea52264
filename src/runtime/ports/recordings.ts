import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { AgentId, CallId, QueueId, RecordingId } from '../../model/ids.ts';
import type {
  ConversationRecording,
  RecordingState,
  RecordingStorage,
  StoredRecording,
} from '../../model/recording.ts';
import type { Page, RecordsRequest } from './lists.ts';

// Recordings of conversations (P6): how they are made, kept, found and heard.

// ---- Made (served by telephony) -----------------------------------------------------------------------

export interface RecordOptions {
  readonly maxMs: number;
  /** The caller's silence that ends it, at the beginning as well; absent: silence ends nothing. */
  readonly silenceMs?: number;
  /** Says with a tone that it begins now. */
  readonly beep: boolean;
}

/**
 * What became of a recording. `durationMs` is what is in the file: with 0 there is no file, whatever the reason.
 * `failed`: the file could not be written, or not all of it (a full disk): what there is may be cut short.
 */
export interface Recorded {
  readonly durationMs: number;
  /** From the first sound to the last; known of what silence may end. */
  readonly soundMs?: number;
  readonly why: 'key' | 'silence' | 'limit' | 'stopped' | 'gone' | 'failed';
  /** The key that ended it. */
  readonly key?: string;
}

export interface TapeOptions {
  /** Both in one channel; or the leg's own far end left, and what it hears right. */
  readonly sides: 'mixed' | 'stereo';
  readonly maxMs: number;
}

/** A conversation that is being written down. Methods never throw. */
export interface Tape {
  /** Whether the media server writes. */
  readonly started: Promise<boolean>;
  /** The file appears whole under its name before it resolves; never rejects. */
  readonly over: Promise<Recorded>;
  /** Silence is written meanwhile. */
  pause(on: boolean): void;
  stop(): void;
}

// ---- Wished for (served by runtime) -------------------------------------------------------------------

export const RECORDING_ACTIONS = ['start', 'stop', 'pause', 'resume'] as const;
export type RecordingAction = (typeof RECORDING_ACTIONS)[number];

/** Steers the recording of a call in progress. */
export interface RecordingDesk {
  /**
   * CALL_UNKNOWN; CALL_STATE: nobody speaks, or nothing is recorded; RECORDING_REFUSED: the caller does not want it,
   * or was not told. What is so already stays so.
   */
  steer(
    callId: CallId,
    action: RecordingAction,
    by: string,
  ): Promise<Result<ConversationRecording, Refusal>>;
}

// ---- Kept (served by archive and store) ---------------------------------------------------------------

/** Where the sound of conversations is written, and found until it is somewhere else. */
export interface RecordingFiles {
  /** Where a new one is to be written: an absolute path below the data folder, which the media servers share. */
  begin(id: RecordingId): string;
  /** A recording is over: what is to become of its sound may begin. */
  finished(id: RecordingId): void;
}

/** A part of a recording's sound. `range`: as HTTP asks for it (RFC 9110 section 14). */
export interface RecordingSound {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: NodeJS.ReadableStream | undefined;
}

export interface RecordingArchive {
  /** Undefined: its sound is gone. Rejects when the object store cannot be asked. */
  open(recording: StoredRecording, range: string | undefined): Promise<RecordingSound | undefined>;
  /** Deletes the sound, wherever it is. Rejects when the object store cannot be asked. */
  remove(recording: StoredRecording): Promise<void>;
}

/** Every filter narrows. Times: `from` inclusive, `to` exclusive, of the beginning. */
export interface RecordingFilter {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly callId?: CallId;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  /** At least one of these. */
  readonly agentIds?: readonly AgentId[];
  readonly state?: RecordingState;
}

/** Newest first. */
export interface RecordingRepository {
  list(
    filter: RecordingFilter,
    request: RecordsRequest,
  ): Promise<Result<Page<StoredRecording>, Refusal>>;
  get(id: RecordingId): Promise<StoredRecording | undefined>;
  /** Where the sound is now; undefined: it was deleted. False: there is no such recording. */
  placed(
    id: RecordingId,
    where: { readonly storage: RecordingStorage; readonly octets: number } | undefined,
  ): Promise<boolean>;
  /** Those whose sound is there and that began before, and not before `from`; the oldest first, a hundred at most. */
  expired(before: EpochMs, from?: EpochMs): Promise<readonly StoredRecording[]>;
  /** Those that were running and began before: of a process that is no more. */
  orphans(before: EpochMs): Promise<readonly StoredRecording[]>;
}
