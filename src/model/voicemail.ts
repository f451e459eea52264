import type { EpochMs } from '../lib/clock.ts';
import type { Language } from './contact.ts';
import type { AgentId, CallId, ContactId, QueueId, VoicemailId } from './ids.ts';

/** A message that a caller has left. The sound is `recordings/<id>.wav` of the data folder. */
export interface Voicemail {
  readonly id: VoicemailId;
  readonly callId: CallId;
  readonly at: EpochMs;
  readonly durationMs: number;
  readonly dnis: string;
  readonly ani?: string;
  readonly contactId?: ContactId;
  readonly callerName?: string;
  readonly language: Language;
  /** Whom it is for: a queue's people, or one agent. */
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
}

export const VOICEMAIL_STATES = ['new', 'handled'] as const;
export type VoicemailState = (typeof VOICEMAIL_STATES)[number];

/** With what has been done about it. */
export interface StoredVoicemail extends Voicemail {
  readonly state: VoicemailState;
  readonly handledAt?: EpochMs;
  /** Counts what was done about it, from 1. */
  readonly revision: number;
}
