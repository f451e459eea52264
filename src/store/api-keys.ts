import { timingSafeEqual } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { CachedLookup } from '../lib/cached-lookup.ts';
import type { Clock } from '../lib/clock.ts';
import { CodedError, refusal } from '../lib/errors.ts';
import { isScope, type Principal, SCOPES, type Scope } from '../model/access.ts';
import type { Authenticator } from '../runtime/ports.access.ts';
import type { Queryable } from './pool.ts';
import { hashApiKey, newApiKey } from './secrets.ts';

interface KeyRow extends QueryResultRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly key_hash: Buffer;
}

const ADMIN_ID = 'admin';
const LIMITS = { sizeMax: 1_000, waitMsMax: 2_000, inFlightMax: 100, freshMs: 10_000 };
const KEY_CHARS_MAX = 200;

export interface ApiKeys extends Authenticator {
  /**
   * Makes sure that there is an administrator's key. With `given` (from the environment) that one holds from now
   * on. Without it, one is made on the first start and returned, this once: only its hash is kept.
   */
  ensureAdminKey(given: string | undefined): Promise<string | undefined>;
}

/** `admin` stands for all that there are, those to come included. */
const scopesOf = (stored: readonly string[]): readonly Scope[] =>
  stored.includes('admin') ? SCOPES : stored.filter(isScope);

/** Keys are found by their hash, so how long that takes says nothing about the key. */
export function apiKeys(db: Queryable, clock: Clock): ApiKeys {
  const lookup = new CachedLookup<KeyRow>({
    ...LIMITS,
    clock,
    async fetch(hash) {
      const { rows } = await db.query<KeyRow>(
        'SELECT id, name, scopes, key_hash FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL',
        [Buffer.from(hash, 'hex')],
      );
      return rows[0];
    },
  });
  return {
    async verify(key) {
      if (key.length > KEY_CHARS_MAX) return undefined;
      const hash = hashApiKey(key);
      const answer = await lookup.get(hash.toString('hex'));
      if (!answer.known)
        throw new CodedError(refusal('DATABASE_AWAY', 'The API key cannot be checked.'));
      const row = answer.value;
      if (!row || !timingSafeEqual(row.key_hash, hash)) return undefined;
      return {
        kind: 'key',
        id: row.id,
        name: row.name,
        scopes: scopesOf(row.scopes),
      } satisfies Principal;
    },
    async ensureAdminKey(given) {
      const found = await db.query<KeyRow>('SELECT key_hash FROM api_keys WHERE id = $1', [
        ADMIN_ID,
      ]);
      if (given === undefined && found.rows.length > 0) return undefined;
      const key = given ?? newApiKey();
      await db.query(
        `INSERT INTO api_keys (id, name, key_hash, scopes) VALUES ($1, 'Administrator', $2, '{admin}')
         ON CONFLICT (id) DO UPDATE SET key_hash = EXCLUDED.key_hash, revoked_at = NULL`,
        [ADMIN_ID, hashApiKey(key)],
      );
      lookup.expire();
      return given === undefined ? key : undefined;
    },
  };
}
