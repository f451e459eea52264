import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ContactId } from '../../model/ids.ts';
import type { ContactAccount } from '../../runtime/ports/admin.ts';
import {
  constraintOf,
  FOREIGN_KEY_VIOLATION,
  type Queryable,
  sqlState,
  UNIQUE_VIOLATION,
} from '../pool.ts';
import { hashPin } from '../secrets.ts';

/** Whoever sets a PIN anew also ends the lock that wrong ones have led to. */
const SET = `WITH unlocked AS (
    DELETE FROM verification_attempts WHERE account_hash = sha256(convert_to($1, 'UTF8')))
  INSERT INTO contact_accounts (account, contact_id, pin_hash) VALUES ($1, $2, $3)
  ON CONFLICT (contact_id) DO UPDATE
    SET account = excluded.account, pin_hash = excluded.pin_hash, updated_at = now()`;

export async function setAccount(
  db: Queryable,
  id: ContactId,
  { account, pin }: ContactAccount,
): Promise<Result<undefined, Refusal>> {
  const pinHash = await hashPin(pin);
  try {
    await db.query(SET, [account, id, pinHash]);
    return ok(undefined);
  } catch (error) {
    if (sqlState(error) === FOREIGN_KEY_VIOLATION) return err(missing(id));
    if (sqlState(error) === UNIQUE_VIOLATION && constraintOf(error) === 'contact_accounts_pkey')
      return err(refusal('ALREADY_EXISTS', 'The account belongs to another contact.'));
    throw error;
  }
}

export async function removeAccount(
  db: Queryable,
  id: ContactId,
): Promise<Result<undefined, Refusal>> {
  const removed = await db.query('DELETE FROM contact_accounts WHERE contact_id = $1', [id]);
  return removed.rowCount === 0 ? err(missing(id)) : ok(undefined);
}

const missing = (id: ContactId): Refusal =>
  refusal('NOT_FOUND', `There is no contact ${id}, or it has no account.`);
