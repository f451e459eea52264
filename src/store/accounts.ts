import { createHash } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import type { Accounts, AttemptCounter } from '../runtime/ports/index.ts';
import type { Queryable } from './pool.ts';
import { contactById } from './repositories/contacts.ts';
import { hashPin, pinMatches } from './secrets.ts';

/** Wrong PINs in a row for one account, from whatever numbers. Then nobody can try for so long. */
const FAILURES_MAX = 5;
const LOCK_MINUTES = 15;
/** Failures further apart than this are somebody's bad memory. */
const MEMORY_HOURS = 24;

interface AccountRow extends QueryResultRow {
  readonly contact_id: string;
  readonly pin_hash: string;
}

const BY_ACCOUNT = {
  name: 'account',
  text: 'SELECT contact_id, pin_hash FROM contact_accounts WHERE account = $1',
};

/** The contacts' own accounts. */
export function contactAccounts(db: Queryable): Accounts {
  /** For accounts that do not exist: looking one up takes as long as finding a PIN wrong. */
  const nobody = hashPin('0000');
  return {
    async ownerOf(account, pin) {
      const { rows } = await db.query<AccountRow>({ ...BY_ACCOUNT, values: [account] });
      const row = rows[0];
      const matches = await pinMatches(pin, row?.pin_hash ?? (await nobody));
      return row && matches ? contactById(db, row.contact_id) : undefined;
    },
  };
}

const TAKE = {
  name: 'verification_take',
  text: `INSERT INTO verification_attempts AS a (account_hash, failures, last_at) VALUES ($1, 1, now())
    ON CONFLICT (account_hash) DO UPDATE SET
      failures = CASE
        WHEN a.locked_until <= now() OR a.last_at < now() - interval '${MEMORY_HOURS} hours' THEN 1
        ELSE least(a.failures + 1, ${FAILURES_MAX + 1}) END,
      locked_until = CASE
        WHEN a.locked_until <= now() OR a.last_at < now() - interval '${MEMORY_HOURS} hours' THEN NULL
        WHEN a.failures + 1 = ${FAILURES_MAX} THEN now() + interval '${LOCK_MINUTES} minutes'
        ELSE a.locked_until END,
      last_at = now()
    RETURNING failures`,
};

const CLEAR = {
  name: 'verification_clear',
  text: `DELETE FROM verification_attempts
    WHERE account_hash = $1 OR last_at < now() - interval '${MEMORY_HOURS} hours'`,
};

/** In the database, so that several nodes count together and a restart forgives nobody. */
export function attemptCounter(db: Queryable): AttemptCounter {
  const hashOf = (account: string): Buffer => createHash('sha256').update(account).digest();
  return {
    async take(account) {
      const { rows } = await db.query<{ failures: number }>({
        ...TAKE,
        values: [hashOf(account)],
      });
      return (rows[0]?.failures ?? 0) <= FAILURES_MAX;
    },
    async clear(account) {
      await db.query({ ...CLEAR, values: [hashOf(account)] });
    },
  };
}
