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
}

/** Both included; the same for the environment and for the API. */
export const SETTING_BOUNDS: Readonly<Record<keyof Settings, readonly [number, number]>> = {
  voicemailKeepDays: [1, 3_650],
  recordingKeepDays: [1, 3_650],
  sessionIdleMinutes: [1, 10_080],
  sessionHours: [1, 720],
  requestsPerMinute: [10, 10_000_000],
};

export const SETTING_DEFAULTS: Settings = {
  voicemailKeepDays: 90,
  recordingKeepDays: 90,
  sessionIdleMinutes: 60,
  sessionHours: 12,
  requestsPerMinute: 60_000,
};
