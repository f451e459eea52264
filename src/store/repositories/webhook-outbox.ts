import type { QueryResultRow } from 'pg';
import type { DeliveryState, WebhookDelivery } from '../../model/webhook.ts';
import type { FailedAttempt, WebhookOutbox } from '../../runtime/ports/webhooks.ts';
import { Conditions, listPage } from '../listing.ts';
import { coded, inTransaction, type Pool, type Queryable } from '../pool.ts';
import { WELL_AGAIN } from './webhooks.ts';

interface Row extends QueryResultRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly message_id: string;
  readonly type: string;
  readonly order_key: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly due_at: Date;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly finished_at: Date | null;
}

/** So many rows are deleted by one statement. */
const SWEEP_MAX = 5_000;
/** Any number will do, as long as nobody else locks it. */
const CLAIM_LOCK = 726_483;
const NUMBER = /^[1-9]\d{0,17}$/;

const toDelivery = (row: Row): WebhookDelivery => ({
  number: row.id,
  webhookId: row.webhook_id,
  id: row.message_id,
  type: row.type,
  orderKey: row.order_key,
  at: row.at.getTime(),
  data: row.data,
  state: row.state,
  attempts: row.attempts,
  dueAt: row.due_at.getTime(),
  ...(row.last_status === null ? {} : { lastStatus: row.last_status }),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
  ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.getTime() }),
});

const DUE = `SELECT id FROM webhooks AS w
  WHERE enabled AND disabled_at IS NULL AND coalesce(rest_until, '-infinity') <= $1 AND EXISTS (
    SELECT FROM webhook_deliveries AS d
    WHERE d.webhook_id = w.id AND d.state = 'pending' AND d.due_at <= $1 AND d.leased_until <= $1)`;

/** A row may go when no row of its lane up to itself waits or is in somebody's hands. */
const CLAIM = `UPDATE webhook_deliveries SET leased_until = $3, leased_by = $5
  WHERE id IN (
    SELECT d.id FROM webhook_deliveries AS d JOIN webhooks AS w ON w.id = d.webhook_id
    WHERE w.id = $1 AND w.enabled AND w.disabled_at IS NULL AND coalesce(w.rest_until, '-infinity') <= $2
      AND d.state = 'pending' AND NOT EXISTS (
        SELECT FROM webhook_deliveries AS e
        WHERE e.webhook_id = d.webhook_id AND e.order_key = d.order_key AND e.state = 'pending' AND e.id <= d.id
          AND (e.due_at > $2 OR e.leased_until > $2))
    ORDER BY d.id
    LIMIT (SELECT CASE WHEN failures > 0 THEN 1 ELSE $4 END FROM webhooks WHERE id = $1))
  RETURNING *`;

const DELIVERED = `WITH done AS (
    UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1, last_status = $4, last_error = NULL,
      finished_at = $3, leased_until = '-infinity' WHERE id = $1)
  UPDATE webhooks SET ${WELL_AGAIN} WHERE id = $2 AND failures > 0`;

/** One that was buried with its endpoint while it was on its way stays buried, and since when. */
const FAILED = `UPDATE webhook_deliveries SET attempts = attempts + 1, last_status = $3, last_error = $4,
    leased_until = '-infinity', due_at = coalesce($5, due_at),
    state = CASE WHEN $5::timestamptz IS NULL THEN 'dead' ELSE state END,
    finished_at = CASE WHEN $5::timestamptz IS NULL THEN $2::timestamptz ELSE finished_at END
  WHERE id = $1`;

const ENDPOINT_FAILED = `UPDATE webhooks SET failures = failures + 1, failing_since = coalesce(failing_since, $2),
    last_error = $3, rest_until = coalesce($4, rest_until),
    disabled_at = CASE WHEN $5::text IS NULL THEN disabled_at ELSE $2 END,
    disabled_reason = coalesce($5, disabled_reason)
  WHERE id = $1`;

const BURY = `UPDATE webhook_deliveries SET state = 'dead', finished_at = $2, leased_until = '-infinity', last_error = $3
  WHERE webhook_id = $1 AND state = 'pending'`;

/** Whoever has no connection any more has nothing in hand any more. */
const FREE = `UPDATE webhook_deliveries SET leased_until = '-infinity'
  WHERE state = 'pending' AND leased_until > $1 AND leased_by <> ''
    AND leased_by NOT IN (SELECT application_name FROM pg_stat_activity WHERE application_name IS NOT NULL)`;

/**
 * The outbox in PostgreSQL. `pool` for what takes a transaction; faults are the catalogue's. `holder`: what the database
 * knows the pool's connections by.
 */
export function webhookOutbox(pool: Pool, holder: string): WebhookOutbox {
  const db = coded(pool);
  return {
    async due(now) {
      const { rows } = await db.query<{ id: string }>(DUE, [new Date(now)]);
      return rows.map(({ id }) => id);
    },
    claim: (webhookId, now, leaseMs, limit) =>
      inTransaction(pool, async (client) => {
        // Two nodes must not take the first and the second of one call.
        await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
          CLAIM_LOCK,
          webhookId,
        ]);
        const until = new Date(now + leaseMs);
        const taken = [webhookId, new Date(now), until, limit, holder];
        const { rows } = await client.query<Row>(CLAIM, taken);
        return rows.map(toDelivery).sort((a, b) => Number(a.number) - Number(b.number));
      }),
    async delivered(number, webhookId, now, status) {
      await db.query(DELIVERED, [number, webhookId, new Date(now), status]);
    },
    failed: (attempt) => inTransaction(pool, (client) => recordFailure(client, attempt)),
    async freeOfTheDead(now) {
      const { rowCount } = await db.query(FREE, [new Date(now)]);
      return rowCount ?? 0;
    },
    async release(numbers) {
      if (numbers.length === 0) return;
      const text = `UPDATE webhook_deliveries SET leased_until = '-infinity' WHERE id = ANY($1::bigint[])`;
      await db.query(text, [numbers]);
    },
    list: (webhookId, state, page) =>
      listPage<Row, WebhookDelivery>(
        db,
        {
          from: 'SELECT * FROM webhook_deliveries',
          by: [{ sql: 'id', type: 'bigint' }],
          backwards: true,
          toItem: toDelivery,
        },
        new Conditions()
          .add(webhookId, (p) => `webhook_id = ${p}`)
          .add(state, (p) => `state = ${p}`),
        page,
      ),
    async get(webhookId, number) {
      if (!NUMBER.test(number)) return undefined;
      const { rows } = await db.query<Row>(
        'SELECT * FROM webhook_deliveries WHERE webhook_id = $1 AND id = $2',
        [webhookId, number],
      );
      return rows[0] && toDelivery(rows[0]);
    },
    async replay(webhookId, number, now) {
      if (number !== undefined && !NUMBER.test(number)) return 0;
      const { rowCount } = await db.query(
        `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, due_at = $3, finished_at = NULL
         WHERE webhook_id = $1 AND state = 'dead' AND ($2::bigint IS NULL OR id = $2)`,
        [webhookId, number ?? null, new Date(now)],
      );
      return rowCount ?? 0;
    },
    async discard(webhookId, number) {
      if (number !== undefined && !NUMBER.test(number)) return 0;
      const { rowCount } = await db.query(
        `DELETE FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'dead' AND ($2::bigint IS NULL OR id = $2)`,
        [webhookId, number ?? null],
      );
      return rowCount ?? 0;
    },
    sweep: (limits) => sweep(db, limits),
  };
}

async function recordFailure(client: Queryable, attempt: FailedAttempt): Promise<number> {
  const { number, webhookId, status, error, againAt, restUntil, disable } = attempt;
  const at = new Date(attempt.at);
  const date = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
  const tried = await client.query(FAILED, [number, at, status ?? null, error, date(againAt)]);
  await client.query(ENDPOINT_FAILED, [webhookId, at, error, date(restUntil), disable ?? null]);
  const died = againAt === undefined ? (tried.rowCount ?? 0) : 0;
  if (disable === undefined) return died;
  const { rowCount } = await client.query(BURY, [webhookId, at, 'disabled']);
  return died + (rowCount ?? 0);
}

async function sweep(
  db: Queryable,
  limits: Parameters<WebhookOutbox['sweep']>[0],
): Promise<number> {
  let died = 0;
  const now = new Date(limits.now);
  for (const [state, before] of [
    ['delivered', limits.deliveredBefore],
    ['dead', limits.deadBefore],
  ] as const)
    await db.query(
      `DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries
         WHERE state = $1 AND finished_at < $2 ORDER BY finished_at LIMIT ${SWEEP_MAX})`,
      [state, new Date(before)],
    );
  const { rows } = await db.query<{ id: string }>('SELECT id FROM webhooks');
  for (const { id } of rows) {
    // The newest are kept to be delivered: what is older than that backlog is of least use to anybody.
    const { rowCount } = await db.query(
      `UPDATE webhook_deliveries SET state = 'dead', finished_at = $3, last_error = 'backlogFull' WHERE id IN (
         SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'pending' ORDER BY id DESC OFFSET $2
         LIMIT ${SWEEP_MAX})`,
      [id, limits.pendingMax, now],
    );
    died += rowCount ?? 0;
    await db.query(
      `DELETE FROM webhook_deliveries WHERE id IN (
         SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'dead' ORDER BY id DESC OFFSET $2
         LIMIT ${SWEEP_MAX})`,
      [id, limits.deadMax],
    );
  }
  return died;
}
