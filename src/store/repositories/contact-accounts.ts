import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ContactId } from '../../model/ids.ts';
import type { AccountState, ContactAccount, DemandAccount } from '../../runtime/ports/contacts.ts';
import {
  codedTransaction,
  constraintOf,
  type Pool,
  type Queryable,
  sqlState,
  UNIQUE_VIOLATION,
} from '../pool.ts';
import { hashPin } from '../secrets.ts';

/** Whoever sets a PIN anew also ends the lock that wrong ones have led to. */
const SET = `WITH unlocked AS (
    DELETE FROM verification_attempts WHERE account_hash = sha256(convert_to($1, 'UTF8')))
  INSERT INTO contact_accounts AS a (account, contact_id, pin_hash) VALUES ($1, $2, $3)
  ON CONFLICT (contact_id) DO UPDATE SET account = excluded.account, pin_hash = excluded.pin_hash,
    revision = a.revision + 1, updated_at = now()
  RETURNING revision, updated_at`;

export async function accountOf(db: Queryable, id: ContactId): Promise<AccountState | undefined> {
  const { rows } = await db.query<StateRow>(
    'SELECT revision, updated_at FROM contact_accounts WHERE contact_id = $1',
    [id],
  );
  return rows[0] && stateOf(rows[0]);
}

export async function setAccount(
  pool: Pool,
  id: ContactId,
  account: ContactAccount,
  demand: DemandAccount,
): Promise<Result<AccountState, Refusal>> {
  return whileLocked(pool, id, demand, (db) => putAccount(db, id, account));
}

/** For a transaction of somebody else's. */
export async function putAccount(
  db: Queryable,
  id: ContactId,
  { account, pin }: ContactAccount,
): Promise<Result<AccountState, Refusal>> {
  try {
    const { rows } = await db.query<StateRow>(SET, [account, id, await hashPin(pin)]);
    return rows[0] ? ok(stateOf(rows[0])) : err(missing(id));
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION && constraintOf(error) === 'contact_accounts_pkey')
      return err(refusal('ALREADY_EXISTS', 'The account belongs to another contact.'));
    throw error;
  }
}

export const removeAccount = (
  pool: Pool,
  id: ContactId,
  demand: DemandAccount,
): Promise<Result<undefined, Refusal>> =>
  whileLocked(pool, id, demand, async (db) => {
    const removed = await db.query('DELETE FROM contact_accounts WHERE contact_id = $1', [id]);
    return removed.rowCount === 0 ? err(missing(id)) : ok(undefined);
  });

/** Nobody else sets this contact's account between what is demanded of it and what is done. */
const whileLocked = <T>(
  pool: Pool,
  id: ContactId,
  demand: DemandAccount,
  work: (db: Queryable) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> =>
  codedTransaction(pool, async (db) => {
    const contact = await db.query('SELECT 1 FROM contacts WHERE id = $1 FOR UPDATE', [id]);
    if (contact.rowCount === 0) return err(missing(id));
    demand(await accountOf(db, id));
    return work(db);
  });

interface StateRow {
  readonly revision: number;
  readonly updated_at: Date;
}

const stateOf = ({ revision, updated_at }: StateRow): AccountState => ({
  revision,
  updatedAt: updated_at.getTime(),
});

const missing = (id: ContactId): Refusal =>
  refusal('NOT_FOUND', `There is no contact ${id}, or it has no account.`);
