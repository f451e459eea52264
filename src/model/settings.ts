import type { LogLevel } from '../lib/levels.ts';

/** What an operator may set while the house is open. What nobody has set is as the environment says. */
export interface Settings {
  /** Messages of callers are deleted afterwards. */
  readonly voicemailKeepDays: number;
  /** The sound of conversations is deleted afterwards. */
  readonly recordingKeepDays: number;
  /** How long people stay signed in while they do nothing. */
  readonly sessionIdleMinutes: number;
  /** How long people stay signed in at all. */
  readonly sessionHours: number;
  /** Of one key of the API; a person's are a tenth of it. */
  readonly requestsPerMinute: number;
  /** Attempts to deliver an event to an endpoint; then it is a dead letter. */
  readonly webhookAttemptsMax: number;
  /** The pause after the first failure, doubled each time. */
  readonly webhookRetrySeconds: number;
  /** An endpoint that has only failed for so long is given up. */
  readonly webhookGiveUpHours: number;
  readonly logLevel: LogLevel;
}

/** Those that are numbers. */
export type SettingNumber = Exclude<keyof Settings, 'logLevel'>;

/** Both included; the same for the environment and for the API. */
export const SETTING_BOUNDS: Readonly<Record<SettingNumber, readonly [number, number]>> = {
  voicemailKeepDays: [1, 3_650],
  recordingKeepDays: [1, 3_650],
  sessionIdleMinutes: [1, 10_080],
  sessionHours: [1, 720],
  requestsPerMinute: [10, 10_000_000],
  webhookAttemptsMax: [1, 100],
  webhookRetrySeconds: [1, 3_600],
  webhookGiveUpHours: [1, 8_784],
};

export const SETTING_DEFAULTS: Settings = {
  voicemailKeepDays: 90,
  recordingKeepDays: 90,
  sessionIdleMinutes: 60,
  sessionHours: 12,
  requestsPerMinute: 60_000,
  webhookAttemptsMax: 12,
  webhookRetrySeconds: 5,
  webhookGiveUpHours: 24,
  logLevel: 'info',
};
