import { randomBytes } from 'node:crypto';
import { markNoted } from '../../lib/acting.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { AccessStore, AuditLog, AuditTrail, Doorkeeper } from '../../runtime/ports/access.ts';
import type { SettingsInForce } from '../../runtime/ports/settings.ts';
import { coded, type Pool } from '../pool.ts';
import type { ApiKeys } from './api-keys.ts';
import { auditLog } from './audit-log.ts';
import { auditTrail } from './audit-trail.ts';
import { openDoors } from './doors.ts';
import { userStore } from './users.ts';

const ADMIN_ID = 'admin';

export interface AccessRoom {
  readonly access: AccessStore;
  readonly apiKeys: Doorkeeper & Pick<ApiKeys, 'ensureAdminKey'>;
  readonly audit: AuditTrail & AuditLog;
  /**
   * Makes sure that there is a first user, `admin`. With `given` (from the environment) that password holds from
   * now on. Without it, one is made when there is no user at all, and returned, this once.
   */
  ensureAdmin(given: string | undefined): Promise<string | undefined>;
  /** Users were changed by another way: what is remembered of their rights is forgotten. */
  forget(): void;
  close(): Promise<void>;
}

/** `admin`: for lists and changes. `routing`: for who somebody is, which a long list must not hold up. */
export function accessRoom(
  { admin, routing }: { readonly admin: Pool; readonly routing: Pool },
  clock: Clock,
  log: Logger,
  settings: SettingsInForce,
  onChange: () => void,
): AccessRoom {
  const trail = auditTrail(admin, clock, log);
  const doors = openDoors(routing, clock, settings, onChange);
  const { keys, sessions } = doors;
  const users = userStore(admin, () => sessions.forget());
  return {
    access: { users, sessions, keys },
    apiKeys: {
      verify: (secret) => doors.verify(secret),
      whyNot: (secret) => doors.whyNot(secret),
      ensureAdminKey: (given) => keys.ensureAdminKey(given),
    },
    audit: {
      ...auditLog(coded(admin)),
      record(entry) {
        markNoted();
        return trail.record(entry);
      },
    },
    async ensureAdmin(given) {
      const wanted = {
        id: ADMIN_ID,
        name: 'Administrator',
        role: 'admin',
        disabled: false,
      } as const;
      const current = await users.get(ADMIN_ID);
      if (given !== undefined) {
        // Sessions that are open stay so when nothing has changed.
        if (current && !current.disabled && (await sessions.checkPassword(ADMIN_ID, given))) return;
        const set = current
          ? users.change(ADMIN_ID, () => wanted, given)
          : users.create(wanted, given);
        demand(await set);
        return undefined;
      }
      const anybody = await users.list({ limit: 1 });
      if (!anybody.ok || anybody.value.items.length > 0) return undefined;
      const password = randomBytes(12).toString('base64url');
      demand(await users.create(wanted, password));
      return password;
    },
    forget: () => sessions.forget(),
    close: () => trail.close(),
  };
}

function demand(outcome: Awaited<ReturnType<AccessStore['users']['create']>>): void {
  if (!outcome.ok) throw new Error(`The user ${ADMIN_ID}: ${outcome.error.detail}`);
}
