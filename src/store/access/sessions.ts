import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { CachedLookup } from '../../lib/cached-lookup.ts';
import type { Clock, EpochMs } from '../../lib/clock.ts';
import { CodedError, refusal } from '../../lib/errors.ts';
import { type Principal, ROLE_SCOPES, type Role } from '../../model/access.ts';
import { agentId } from '../../model/ids.ts';
import type { Authenticator, Session, Sessions } from '../../runtime/ports/access.ts';
import { coded, type Queryable } from '../pool.ts';
import { passwordMatches } from './passwords.ts';
import { toUser, type UserRow } from './users.ts';

export interface SessionLimits {
  /** A session that nobody has used for longer is over. */
  readonly idleMs: number;
  /** And so is one that is older. */
  readonly ageMsMax: number;
}

/** Changes of this process hold at once; another node's, after so long. */
const LOOKUP = { sizeMax: 10_000, waitMsMax: 2_000, inFlightMax: 100, freshMs: 5_000 };
const TOUCH_EVERY_MS = 60_000;
const SESSIONS_PER_USER_MAX = 20;
const LISTED_MAX = 100;
const TOKEN_CHARS_MAX = 100;

interface SessionRow extends QueryResultRow {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly address: string;
  readonly user_agent: string;
}

type RightsRow = SessionRow & {
  readonly name: string;
  readonly role: Role;
  readonly teams: readonly string[] | null;
  readonly agent_id: string | null;
};

const TOKEN = /^cs_[A-Za-z0-9_-]{43}$/;
const newToken = () => `cs_${randomBytes(32).toString('base64url')}`;
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const toSession = (row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  createdAt: row.created_at.getTime(),
  lastSeenAt: row.last_seen_at.getTime(),
  expiresAt: row.expires_at.getTime(),
  address: row.address,
  userAgent: row.user_agent,
});

/** What the role allows, and whom alone it reaches. */
const principalOf = ({ user_id, name, role, teams, agent_id }: RightsRow): Principal => ({
  kind: 'user',
  id: user_id,
  name,
  scopes: ROLE_SCOPES[role],
  ...(role === 'supervisor' && teams !== null ? { teams } : {}),
  ...(role === 'agent' ? { agentId: agentId(agent_id ?? '') } : {}),
});

export interface SessionStore extends Sessions, Authenticator {
  /** Rights have changed: what is remembered of them is forgotten. */
  forget(): void;
}

export function sessionStore(
  db: Queryable,
  clock: Clock,
  limits: SessionLimits,
  onChange: () => void = () => {},
): SessionStore {
  const safe = coded(db);
  const seen = new BoundedMap<EpochMs>(LOOKUP.sizeMax);
  const lookup = new CachedLookup<RightsRow>({
    ...LOOKUP,
    clock,
    async fetch(hash) {
      const { rows } = await db.query<RightsRow>(
        `SELECT s.*, u.name, u.role, u.teams, u.agent_id FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.token_hash = $1 AND NOT u.disabled`,
        [Buffer.from(hash, 'hex')],
      );
      return rows[0];
    },
  });

  const forget = (): void => {
    lookup.clear();
    onChange();
  };

  const live = async (token: string): Promise<RightsRow | undefined> => {
    if (token.length > TOKEN_CHARS_MAX || !TOKEN.test(token)) return undefined;
    const answer = await lookup.get(hashOf(token).toString('hex'));
    if (!answer.known)
      throw new CodedError(refusal('DATABASE_AWAY', 'The session cannot be checked.'));
    const row = answer.value;
    if (!row) return undefined;
    const now = clock.now();
    const lastSeen = Math.max(row.last_seen_at.getTime(), seen.get(row.id) ?? 0);
    if (now >= row.expires_at.getTime() || now - lastSeen >= limits.idleMs) return undefined;
    if (now - lastSeen >= Math.min(TOUCH_EVERY_MS, limits.idleMs / 2)) touch(row.id, now);
    return row;
  };

  /** Nobody waits for it: at worst, a session is over a minute too soon. */
  const touch = (id: string, now: EpochMs) => {
    seen.set(id, now);
    void db
      .query('UPDATE sessions SET last_seen_at = $2 WHERE id = $1', [id, new Date(now)])
      .catch(() => undefined);
  };

  const checked = async (userId: string, password: string) => {
    const { rows } = await safe.query<UserRow & { readonly password_hash: string }>(
      'SELECT * FROM users WHERE id = $1',
      [userId],
    );
    const matches = await passwordMatches(password, rows[0]?.password_hash);
    return matches && rows[0] && !rows[0].disabled ? rows[0] : undefined;
  };

  /** What is over goes, and of one user no more than so many stay. */
  const tidy = async (userId: string, now: EpochMs) => {
    await safe.query('DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2', [
      new Date(now),
      new Date(now - limits.idleMs),
    ]);
    await safe.query(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = $1
         ORDER BY created_at DESC OFFSET ${SESSIONS_PER_USER_MAX - 1})`,
      [userId],
    );
  };

  return {
    async verify(token) {
      const row = await live(token);
      return row && principalOf(row);
    },
    async byToken(token) {
      const row = await live(token);
      return row && toSession(row);
    },
    async open({ userId, password }, { address, userAgent }) {
      const row = await checked(userId, password);
      if (!row) return undefined;
      const now = clock.now();
      await tidy(row.id, now);
      const token = newToken();
      const { rows } = await safe.query<SessionRow>(
        `INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
         SELECT $1, $2, id, $4, $4, $5, $6, $7 FROM users WHERE id = $3 AND NOT disabled RETURNING *`,
        [
          randomUUID(),
          hashOf(token),
          row.id,
          new Date(now),
          new Date(now + limits.ageMsMax),
          address.slice(0, 100),
          userAgent.slice(0, 200).replaceAll('\0', ''),
        ],
      );
      forget();
      return rows[0] && { token, session: toSession(rows[0]), user: toUser(row) };
    },
    async list(userId) {
      const now = clock.now();
      const { rows } = await safe.query<SessionRow>(
        `SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3
         ORDER BY created_at DESC LIMIT ${LISTED_MAX}`,
        [userId, new Date(now), new Date(now - limits.idleMs)],
      );
      return rows.map(toSession);
    },
    async close(token) {
      await safe.query('DELETE FROM sessions WHERE token_hash = $1', [hashOf(token)]);
      forget();
    },
    async closeAll(userId, exceptToken) {
      const { rowCount } = await safe.query(
        'DELETE FROM sessions WHERE user_id = $1 AND token_hash IS DISTINCT FROM $2',
        [userId, exceptToken === undefined ? null : hashOf(exceptToken)],
      );
      forget();
      return rowCount ?? 0;
    },
    async checkPassword(userId, password) {
      return (await checked(userId, password)) !== undefined;
    },
    forget,
  };
}
