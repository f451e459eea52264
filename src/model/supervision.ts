import type { EpochMs } from '../lib/clock.ts';

/** `listen`: hears both · `whisper`: is heard by the agent alone · `barge`: by both. */
export const SUPERVISION_MODES = ['listen', 'whisper', 'barge'] as const;
export type SupervisionMode = (typeof SUPERVISION_MODES)[number];

/** `ringing`: the supervisor's phone does · `on`: they hear the conversation. */
export type SupervisionState = 'ringing' | 'on';

/** Somebody who listens to a conversation, as it is shown. */
export interface SupervisionView {
  readonly id: string;
  /** The extension of the phone. */
  readonly supervisor: string;
  readonly mode: SupervisionMode;
  readonly state: SupervisionState;
  readonly since: EpochMs;
}

/** So many listen to one conversation at once; one of them at most is heard. */
export const SUPERVISORS_MAX = 3;
