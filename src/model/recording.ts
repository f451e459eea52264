import type { EpochMs } from '../lib/clock.ts';
import type { Message } from './calendar.ts';
import type { Language } from './contact.ts';
import type { AgentId, CallId, ContactId, QueueId, RecordingId } from './ids.ts';

/** Which conversations of a queue are recorded (P6). */
export const RECORDING_MODES = ['off', 'all', 'share', 'onDemand'] as const;
export type RecordingMode = (typeof RECORDING_MODES)[number];

/** A queue's rule. */
export interface RecordingRule {
  readonly mode: RecordingMode;
  /** Of `share`: so many of a hundred calls, 0 to 100. */
  readonly percent: number;
  /** Two channels: the customer left, the agent right. Otherwise both in one. */
  readonly stereo: boolean;
  /** What callers are told before. Absent: nothing. */
  readonly notice?: RecordingNotice;
}

/** Said to whoever may be recorded, before they wait. Without its end there is no recording. */
export interface RecordingNotice {
  /** The company's name for this wording; it is kept with what was said. */
  readonly version: string;
  readonly message: Message;
  /** The key by which a caller refuses. Absent: they cannot by key. */
  readonly refuseKey?: string;
}

export const RECORDING_DEFAULT: RecordingRule = { mode: 'off', percent: 100, stereo: false };

/** What a caller was told about being recorded, and what they did: the evidence of consent. */
export interface NoticeEvidence {
  readonly version: string;
  readonly language: Language;
  /** Word for word; of an uploaded recording, its name. */
  readonly said: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** `heard`: to its end, and no refusal · `refused`: by the key · `cut`: it did not come to its end. */
  readonly result: 'heard' | 'refused' | 'cut';
  /** The key that refused. */
  readonly key?: string;
}

/** Why somebody's words are missing in the midst of a recording: silence is written. */
export type PauseReason = 'request' | 'key' | 'secret';

export interface RecordingPause {
  readonly from: EpochMs;
  readonly to?: EpochMs;
  readonly why: PauseReason;
}

/**
 * `running`: being written · `kept`: the sound is there · `lost`: there is none, and `loss` says why · `deleted`: the
 * sound was deleted, by somebody or because its time was up.
 */
export const RECORDING_STATES = ['running', 'kept', 'lost', 'deleted'] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];

/**
 * `stopped`: somebody asked · `ended`: the conversation did · `limit`: it was too long · `failed`: it could not be
 * written, or not to its end · `restart`: this process had died meanwhile, and the sound was found afterwards.
 */
export type RecordingEnd = 'stopped' | 'ended' | 'limit' | 'failed' | 'restart';

/** One recorded conversation. Its id is part of the file's name. */
export interface ConversationRecording {
  readonly id: RecordingId;
  readonly callId: CallId;
  /** The rule or the wish by which it is there. */
  readonly why: Exclude<RecordingMode, 'off'>;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  /** Milliseconds of sound. */
  readonly durationMs?: number;
  readonly stereo: boolean;
  readonly state: RecordingState;
  readonly end?: RecordingEnd;
  /** What is missing and why, in words. */
  readonly loss?: string;
  readonly queueId?: QueueId;
  /** Who spoke with the caller, in that order. */
  readonly agentIds: readonly AgentId[];
  readonly ani?: string;
  readonly contactId?: ContactId;
  readonly notice?: NoticeEvidence;
  readonly pauses: readonly RecordingPause[];
}

/** Where its sound is: in the data folder, or in the object store. */
export const RECORDING_STORAGES = ['folder', 's3'] as const;
export type RecordingStorage = (typeof RECORDING_STORAGES)[number];

export interface StoredRecording extends ConversationRecording {
  /** Absent: there is no sound. */
  readonly storage?: RecordingStorage;
  readonly octets?: number;
  /** Of what is known of it. Absent: it was not written down yet. */
  readonly revision?: number;
}

/** Whether a call of this rule is recorded from its beginning. The same call is always answered the same. */
export function recordsByRule(rule: RecordingRule, callId: CallId): boolean {
  if (rule.mode === 'all') return true;
  return rule.mode === 'share' && shareOf(callId) < rule.percent;
}

/** Whether a call of this rule may be recorded, now or later: then its caller is told. */
export const mayRecord = (rule: RecordingRule, callId: CallId): boolean =>
  rule.mode === 'onDemand' || recordsByRule(rule, callId);

/** 0 to below 100, evenly spread over ids: FNV-1a of 32 bits, and its bits mixed once more (MurmurHash3's end). */
export function shareOf(callId: CallId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < callId.length; at++) {
    hash = Math.imul(hash ^ callId.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * 100;
}

/** What of the message is said in that language: the text, or the recording's name. The first text if it has none. */
export function noticeIn(
  message: Message,
  language: Language,
): { kind: 'text' | 'audio'; said: string } {
  if ('audio' in message) return { kind: 'audio', said: String(message.audio) };
  const texts: Readonly<Record<string, string>> = message;
  const said = texts[language] ?? texts[language.slice(0, 2)] ?? Object.values(texts)[0] ?? '';
  return { kind: 'text', said };
}
