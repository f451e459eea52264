import type { QueryResultRow } from 'pg';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Role } from '../../model/access.ts';
import { agentId } from '../../model/ids.ts';
import type { StoredUser, User, Users } from '../../runtime/ports/access.ts';
import type { UserRepository } from '../../runtime/ports/objects.ts';
import { listObjects } from '../listing.ts';
import { coded, type Pool, type Queryable } from '../pool.ts';
import { changeAccess, type ManagersGuard } from './managers.ts';
import { hashPassword, NOBODYS, passwordMatches } from './passwords.ts';

export interface UserRow extends QueryResultRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly teams: readonly string[] | null;
  readonly agent_id: string | null;
  readonly disabled: boolean;
  readonly revision: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const toUser = (row: UserRow): StoredUser => ({
  id: row.id,
  name: row.name,
  role: row.role,
  ...(row.teams === null ? {} : { teams: row.teams }),
  ...(row.agent_id === null ? {} : { agentId: agentId(row.agent_id) }),
  disabled: row.disabled,
  revision: row.revision,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
});

const missing = (id: string): Refusal => refusal('NOT_FOUND', `There is no user ${id}.`);
const parametersOf = ({ id, name, role, teams, agentId: agent, disabled }: User) => [
  id,
  name,
  role,
  teams ?? null,
  agent ?? null,
  disabled,
];

/** Users within a change of who may do what: whoever calls sees to it that somebody is left who may manage access. */
export function userRows(db: Queryable) {
  const get = async (id: string): Promise<StoredUser | undefined> => {
    const { rows } = await db.query<UserRow>('SELECT * FROM users WHERE id = $1', [id]);
    return rows[0] && toUser(rows[0]);
  };
  return {
    get,
    async insert(user: User, passwordHash: string): Promise<Result<StoredUser, Refusal>> {
      const { rows } = await db.query<UserRow>(
        `INSERT INTO users (id, name, role, teams, agent_id, disabled, password_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING *`,
        [...parametersOf(user), passwordHash],
      );
      return rows[0]
        ? ok(toUser(rows[0]))
        : err(refusal('ALREADY_EXISTS', `There is a user ${user.id} already.`));
    },
    /** Null: the password stays. */
    async update(user: User, passwordHash: string | null): Promise<Result<StoredUser, Refusal>> {
      const { rows } = await db.query<UserRow>(
        `UPDATE users SET name = $2, role = $3, teams = $4, agent_id = $5, disabled = $6,
           password_hash = coalesce($7, password_hash), revision = revision + 1, updated_at = now()
         WHERE id = $1 RETURNING *`,
        [...parametersOf(user), passwordHash],
      );
      if (!rows[0]) return err(missing(user.id));
      if (user.disabled || passwordHash !== null)
        await db.query('DELETE FROM sessions WHERE user_id = $1', [user.id]);
      return ok(toUser(rows[0]));
    },
    async remove(id: string): Promise<Result<undefined, Refusal>> {
      const { rowCount } = await db.query('DELETE FROM users WHERE id = $1', [id]);
      return rowCount === 0 ? err(missing(id)) : ok(undefined);
    },
  };
}

/** `onChange` is told whenever somebody's rights may have changed. */
export function userStore(pool: Pool, onChange: () => void): Users {
  const db = coded(pool);
  const change = async <T>(
    work: (users: ReturnType<typeof userRows>) => Promise<Result<T, Refusal>>,
  ): Promise<Result<T, Refusal>> => {
    const outcome = await changeAccess(pool, (tx) => work(userRows(tx)));
    onChange();
    return outcome;
  };
  return {
    list: (request) =>
      listObjects<UserRow, StoredUser>(
        db,
        { from: 'SELECT * FROM users', key: 'id', toItem: toUser },
        request,
      ),
    get: userRows(db).get,
    async create(user, password) {
      const hash = await hashPassword(password);
      return change((users) => users.insert(user, hash));
    },
    async change(id, decide, password) {
      const hash = password === undefined ? null : await hashPassword(password);
      return change(async (users) => {
        const now = await users.get(id);
        return now ? users.update(decide(now), hash) : err(missing(id));
      });
    },
    remove: (id, demand) =>
      change(async (users) => {
        const now = await users.get(id);
        if (now) demand(now);
        return users.remove(id);
      }),
  };
}

/** Users as part of the configuration. With a guard: within the transaction that it guards. */
export function userRepository(db: Queryable, guard?: ManagersGuard): UserRepository {
  const rows = userRows(db);
  return {
    get: rows.get,
    async create(user) {
      await guard?.open();
      return rows.insert(user, NOBODYS);
    },
    async replace(user) {
      await guard?.open();
      return rows.update(user, null);
    },
    async setPassword(id, password) {
      const now = await rows.get(id);
      if (!now) return err(missing(id));
      const set = await rows.update(now, await hashPassword(password));
      return set.ok ? ok(undefined) : set;
    },
    async hasPassword(id, password) {
      const text = 'SELECT password_hash FROM users WHERE id = $1';
      const found = await db.query<{ password_hash: string }>(text, [id]);
      return passwordMatches(password, found.rows[0]?.password_hash);
    },
    async remove(id) {
      await guard?.open();
      return rows.remove(id);
    },
  };
}

/** Everybody, in the order of the keys. */
export async function allUsers(db: Queryable): Promise<readonly User[]> {
  const { rows } = await db.query<UserRow>('SELECT * FROM users ORDER BY id');
  return rows.map((row) => {
    const { revision: _, createdAt: __, updatedAt: ___, ...user } = toUser(row);
    return user;
  });
}
