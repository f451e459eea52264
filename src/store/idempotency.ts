import type { QueryResultRow } from 'pg';
import type { Clock } from '../lib/clock.ts';
import { CodedError, refusal } from '../lib/errors.ts';
import type { Seal } from '../lib/seal.ts';
import type { IdempotencyStore } from '../runtime/ports/idempotency.ts';
import { cleanText } from './json.ts';
import type { Queryable } from './pool.ts';

const KEEP_MS = 24 * 3_600_000;
/** Who began so long ago and has not answered has crashed: whoever comes now takes over. */
const UNDER_WAY_MS_MAX = 60_000;
const PER_OWNER_MAX = 50_000;
const TIDY_EVERY_MS = 60_000;
const TIDIED_MAX = 10_000;

interface Row extends QueryResultRow {
  readonly fingerprint: Buffer;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string | null;
}

/** `seal`: requests hold passwords and PINs, which nobody may find by guessing from what is kept of them. */
export function idempotencyStore(db: Queryable, clock: Clock, seal: Seal): IdempotencyStore {
  let tidiedAt = Number.NEGATIVE_INFINITY;

  /** Now and then, and never all at once. */
  const tidy = async (owner: string) => {
    const now = clock.now();
    if (now - tidiedAt < TIDY_EVERY_MS) return;
    tidiedAt = now;
    await db.query(
      `DELETE FROM idempotency_keys WHERE (owner, key) IN
         (SELECT owner, key FROM idempotency_keys WHERE begun_at < $1 ORDER BY begun_at LIMIT ${TIDIED_MAX})`,
      [new Date(now - KEEP_MS)],
    );
    const { rows } = await db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM idempotency_keys WHERE owner = $1',
      [owner],
    );
    if ((rows[0]?.count ?? 0) < PER_OWNER_MAX) return;
    tidiedAt = Number.NEGATIVE_INFINITY;
    throw new CodedError(refusal('OVERLOADED', 'Too many Idempotency-Keys in a day.'));
  };

  return {
    async begin(owner, key, request) {
      await tidy(owner);
      const fingerprint = seal.fingerprint(request);
      const now = clock.now();
      const begun = await db.query(
        `INSERT INTO idempotency_keys AS old (owner, key, fingerprint, begun_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (owner, key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, begun_at = EXCLUDED.begun_at,
           status = NULL, headers = NULL, body = NULL
         WHERE old.begun_at < $5 OR (old.status IS NULL AND old.begun_at < $6)`,
        [
          owner,
          key,
          fingerprint,
          new Date(now),
          new Date(now - KEEP_MS),
          new Date(now - UNDER_WAY_MS_MAX),
        ],
      );
      if (begun.rowCount === 1) return { kind: 'new' };
      const { rows } = await db.query<Row>(
        'SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE owner = $1 AND key = $2',
        [owner, key],
      );
      const row = rows[0];
      if (!row) return { kind: 'underWay' };
      if (!row.fingerprint.equals(fingerprint)) return { kind: 'other' };
      if (row.status === null) return { kind: 'underWay' };
      const { status, headers, body } = row;
      return {
        kind: 'done',
        answer: { status, headers: headers ?? {}, ...(body === null ? {} : { body }) },
      };
    },
    async finish(owner, key, answer) {
      if (!answer) {
        await db.query('DELETE FROM idempotency_keys WHERE owner = $1 AND key = $2', [owner, key]);
        return;
      }
      const body = answer.body === undefined ? null : cleanText(answer.body);
      await db.query(
        'UPDATE idempotency_keys SET status = $3, headers = $4, body = $5 WHERE owner = $1 AND key = $2',
        [owner, key, answer.status, JSON.stringify(answer.headers), body],
      );
    },
  };
}
