import type { Settings } from '../../model/settings.ts';
import type { Stored } from './lists.ts';

// Settings: what somebody has set, and what holds.

/** What of the settings somebody has set. */
export type StoredSettings = Stored<{ readonly own: Partial<Settings> }>;

export interface SettingsRepository {
  get(): Promise<StoredSettings>;
  put(own: Partial<Settings>): Promise<StoredSettings>;
}

/** The settings that hold now, and what the environment says where nobody has set anything. */
export interface SettingsInForce {
  readonly current: Settings;
  readonly environment: Settings;
}
