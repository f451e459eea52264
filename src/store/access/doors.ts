import type { Clock } from '../../lib/clock.ts';
import type { Doorkeeper } from '../../runtime/ports/access.ts';
import type { SettingsInForce } from '../../runtime/ports/settings.ts';
import type { Pool } from '../pool.ts';
import { type ApiKeys, apiKeys } from './api-keys.ts';
import { type SessionStore, sessionStore } from './sessions.ts';

const MINUTE_MS = 60_000;

/** How somebody proves who they are: by a key or by a session. */
export interface Doors extends Doorkeeper {
  readonly keys: ApiKeys;
  readonly sessions: SessionStore;
}

/** `onChange`: a right is another now, and whoever remembers rights elsewhere has to forget them. */
export function openDoors(
  pool: Pool,
  clock: Clock,
  settings: SettingsInForce,
  onChange: () => void = () => {},
): Doors {
  const keys = apiKeys(pool, clock, onChange);
  const limits = {
    get idleMs() {
      return settings.current.sessionIdleMinutes * MINUTE_MS;
    },
    get ageMsMax() {
      return settings.current.sessionHours * 60 * MINUTE_MS;
    },
  };
  const sessions = sessionStore(pool, clock, limits, onChange);
  return {
    keys,
    sessions,
    // A key that the environment gives may look like anything, a session's token only like one.
    verify: async (secret) => (await sessions.verify(secret)) ?? keys.verify(secret),
    whyNot: (secret) => keys.whyNot(secret),
  };
}
