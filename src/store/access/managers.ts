import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, type Result } from '../../lib/result.ts';
import { LOCKS } from '../locks.ts';
import { codedFault, inTransaction, type Pool, type Queryable } from '../pool.ts';

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(why: Refusal) {
    super(why.code);
    this.refusal = why;
  }
}

/** Changes who may do what: all or nothing, one after the other, and never so that nobody may change it back. */
export async function changeAccess<T>(
  pool: Pool,
  work: (db: Queryable) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> {
  try {
    return await inTransaction(pool, async (client) => {
      const guard = guardManagers(client);
      await guard.open();
      const outcome = await work(client);
      const objection = outcome.ok ? await guard.objection() : outcome.error;
      if (objection) throw new Refused(objection);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Refused) return err(error.refusal);
    throw codedFault(error);
  }
}

/** For a transaction that changes users among other things: `open` before the first of them, `objection` at the end. */
export function guardManagers(client: Queryable) {
  let before: number | undefined;
  return {
    async open(): Promise<void> {
      if (before !== undefined) return;
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.access]);
      before = await managers(client);
    },
    async objection(): Promise<Refusal | undefined> {
      return before !== undefined && before > 0 && (await managers(client)) === 0
        ? nobodyLeft
        : undefined;
    },
  };
}
export type ManagersGuard = ReturnType<typeof guardManagers>;

const nobodyLeft = refusal('IN_USE', 'Nobody would be left who may manage users and keys.');

async function managers(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM users WHERE role = 'admin' AND NOT disabled)::int
       + (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL
           AND (expires_at IS NULL OR expires_at > now()) AND scopes && '{admin,access:write}')::int AS count`,
  );
  return rows[0]?.count ?? 0;
}
