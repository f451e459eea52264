import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { CachedLookup } from '../../lib/cached-lookup.ts';
import type { Clock, EpochMs } from '../../lib/clock.ts';
import { CodedError, type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { isScope, type Principal, SCOPES, type Scope } from '../../model/access.ts';
import type { ApiKeyStore, Doorkeeper, StoredApiKey } from '../../runtime/ports/access.ts';
import { listObjects } from '../listing.ts';
import { coded, type Pool, type Queryable } from '../pool.ts';
import { hashApiKey, newApiKey } from '../secrets.ts';
import { changeAccess } from './managers.ts';

interface KeyRow extends QueryResultRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly teams: readonly string[] | null;
  readonly key_hash: Buffer;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revision: number;
  readonly updated_at: Date;
}

const ADMIN_ID = 'admin';
/** Changes of this process hold at once; another node's, after so long. */
const LIMITS = { sizeMax: 1_000, waitMsMax: 2_000, inFlightMax: 100, freshMs: 10_000 };
const KEY_CHARS_MAX = 200;
const TOUCH_EVERY_MS = 60_000;

export interface ApiKeys extends Doorkeeper, ApiKeyStore {
  /**
   * Makes sure that there is an administrator's key. With `given` (from the environment) that one holds from now
   * on. Without it, one is made on the first start and returned, this once: only its hash is kept.
   */
  ensureAdminKey(given: string | undefined): Promise<string | undefined>;
  /** Another thread has changed one: what is remembered of them is forgotten. */
  forget(): void;
}

/** `admin` stands for all that there are, those to come included. */
const scopesOf = (stored: readonly string[]): readonly Scope[] =>
  stored.includes('admin') ? SCOPES : stored.filter(isScope);

const toKey = (row: KeyRow): StoredApiKey => ({
  id: row.id,
  name: row.name,
  scopes: scopesOf(row.scopes),
  ...(row.teams === null ? {} : { teams: row.teams }),
  createdBy: row.created_by,
  createdAt: row.created_at.getTime(),
  ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.getTime() }),
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at.getTime() }),
  ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.getTime() }),
  revision: row.revision,
  updatedAt: row.updated_at.getTime(),
});

function objectionTo({ revoked_at, expires_at }: KeyRow, now: EpochMs): string | undefined {
  if (revoked_at) return `The key was revoked at ${revoked_at.toISOString()}.`;
  if (expires_at && now >= expires_at.getTime())
    return `The key expired at ${expires_at.toISOString()}.`;
  return undefined;
}

const IN_USE = 'SELECT * FROM api_keys WHERE id = $1 AND revoked_at IS NULL';
const missing = (id: string): Refusal => refusal('NOT_FOUND', `There is no key ${id} in use.`);

/** Keys are found by their hash, so how long that takes says nothing about the key. */
export function apiKeys(pool: Pool, clock: Clock, onChange: () => void = () => {}): ApiKeys {
  const db = coded(pool);
  const used = new BoundedMap<EpochMs>(LIMITS.sizeMax);
  const lookup = new CachedLookup<KeyRow>({
    ...LIMITS,
    clock,
    async fetch(hash) {
      const { rows } = await pool.query<KeyRow>('SELECT * FROM api_keys WHERE key_hash = $1', [
        Buffer.from(hash, 'hex'),
      ]);
      return rows[0];
    },
  });

  const forget = (): void => {
    lookup.clear();
    onChange();
  };

  /** Nobody waits for it. */
  const touch = (id: string, now: EpochMs) => {
    if (now - (used.get(id) ?? 0) < TOUCH_EVERY_MS) return;
    used.set(id, now);
    void pool
      .query('UPDATE api_keys SET last_used_at = $2 WHERE id = $1', [id, new Date(now)])
      .catch(() => undefined);
  };

  /** What becomes of a key that is in use: told what it is now, `write` says how. */
  const change = async (
    id: string,
    write: (tx: Queryable, now: StoredApiKey) => Promise<{ readonly rows: KeyRow[] }>,
  ): Promise<Result<StoredApiKey, Refusal>> => {
    const outcome = await changeAccess(pool, async (tx) => {
      const now = await tx.query<KeyRow>(IN_USE, [id]);
      if (!now.rows[0]) return err(missing(id));
      const { rows } = await write(tx, toKey(now.rows[0]));
      return ok(toKey(rows[0] as KeyRow));
    });
    forget();
    return outcome;
  };

  /** Whether it may be used or not. */
  const known = async (key: string): Promise<KeyRow | undefined> => {
    if (key.length > KEY_CHARS_MAX) return undefined;
    const hash = hashApiKey(key);
    const answer = await lookup.get(hash.toString('hex'));
    if (!answer.known)
      throw new CodedError(refusal('DATABASE_AWAY', 'The API key cannot be checked.'));
    const row = answer.value;
    return row && timingSafeEqual(row.key_hash, hash) ? row : undefined;
  };

  return {
    async verify(key) {
      const now = clock.now();
      const row = await known(key);
      if (!row || objectionTo(row, now)) return undefined;
      touch(row.id, now);
      return {
        kind: 'key',
        id: row.id,
        name: row.name,
        scopes: scopesOf(row.scopes),
        ...(row.teams === null ? {} : { teams: row.teams }),
      } satisfies Principal;
    },
    async whyNot(key) {
      const row = await known(key);
      return row && objectionTo(row, clock.now());
    },
    list: (request) =>
      listObjects<KeyRow, StoredApiKey>(
        db,
        { from: 'SELECT * FROM api_keys', key: 'id', toItem: toKey },
        request,
      ),
    async get(id) {
      const { rows } = await db.query<KeyRow>('SELECT * FROM api_keys WHERE id = $1', [id]);
      return rows[0] && toKey(rows[0]);
    },
    async create({ name, scopes, teams, expiresAt }, createdBy) {
      const secret = newApiKey();
      const { rows } = await db.query<KeyRow>(
        `INSERT INTO api_keys (id, name, key_hash, scopes, teams, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
        [
          randomUUID(),
          name,
          hashApiKey(secret),
          scopes,
          teams ?? null,
          createdBy,
          expiresAt === undefined ? null : new Date(expiresAt),
        ],
      );
      forget();
      return { secret, key: toKey(rows[0] as KeyRow) };
    },
    change: (id, decide) =>
      change(id, (tx, now) => {
        const { name, scopes, teams, expiresAt } = decide(now);
        return tx.query<KeyRow>(
          `UPDATE api_keys SET name = $2, scopes = $3, teams = $4, expires_at = $5,
             revision = revision + 1, updated_at = now() WHERE id = $1 RETURNING *`,
          [id, name, scopes, teams ?? null, expiresAt === undefined ? null : new Date(expiresAt)],
        );
      }),
    revoke: (id, demand) =>
      change(id, (tx, now) => {
        demand(now);
        return tx.query<KeyRow>(
          `UPDATE api_keys SET revoked_at = now(), revision = revision + 1, updated_at = now()
           WHERE id = $1 RETURNING *`,
          [id],
        );
      }),
    async ensureAdminKey(given) {
      const found = await db.query('SELECT 1 FROM api_keys WHERE id = $1', [ADMIN_ID]);
      if (given === undefined && found.rows.length > 0) return undefined;
      const key = given ?? newApiKey();
      await db.query(
        `INSERT INTO api_keys (id, name, key_hash, scopes) VALUES ($1, 'Administrator', $2, '{admin}')
         ON CONFLICT (id) DO UPDATE SET key_hash = EXCLUDED.key_hash, scopes = EXCLUDED.scopes,
           teams = NULL, expires_at = NULL, revoked_at = NULL`,
        [ADMIN_ID, hashApiKey(key)],
      );
      forget();
      return given === undefined ? key : undefined;
    },
    forget,
  };
}
