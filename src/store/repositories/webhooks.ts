import type { QueryResultRow } from 'pg';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { StoredWebhook, WebhookStore } from '../../runtime/ports.webhooks.ts';
import { type Queryable, sqlState, UNIQUE_VIOLATION } from '../pool.ts';

interface Row extends QueryResultRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly personal_data: boolean;
  readonly enabled: boolean;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_until: Date | null;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly rest_until: Date | null;
  readonly last_error: string | null;
  readonly disabled_at: Date | null;
  readonly disabled_reason: string | null;
  readonly revision: number;
  readonly updated_at: Date;
}

const toWebhook = (row: Row): StoredWebhook => ({
  id: row.id,
  name: row.name,
  url: row.url,
  events: row.events,
  personalData: row.personal_data,
  enabled: row.enabled,
  revision: row.revision,
  updatedAt: row.updated_at.getTime(),
  sealedSecret: row.secret,
  ...(row.previous_secret === null ? {} : { sealedPrevious: row.previous_secret }),
  ...moment('previousUntil', row.previous_until),
  failures: row.failures,
  ...moment('failingSince', row.failing_since),
  ...moment('restUntil', row.rest_until),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
  ...moment('disabledAt', row.disabled_at),
  ...(row.disabled_reason === null ? {} : { disabledReason: row.disabled_reason }),
});

/** A time that is there only when it is set. */
function moment<Key extends string>(key: Key, at: Date | null): { readonly [K in Key]?: number } {
  return (at === null ? {} : { [key]: at.getTime() }) as { readonly [K in Key]?: number };
}

/** What makes an endpoint's past no reason to leave it alone. */
export const WELL_AGAIN = `failures = 0, failing_since = NULL, rest_until = NULL, last_error = NULL, disabled_at = NULL,
  disabled_reason = NULL`;

export function webhookStore(db: Queryable): WebhookStore {
  const missing = (id: string) => err(refusal('NOT_FOUND', `There is no webhook ${id}.`));
  const changed = async (text: string, values: unknown[]) => {
    const { rows } = await db.query<Row>(text, values);
    return rows[0] ? ok(toWebhook(rows[0])) : missing(String(values[0]));
  };
  return {
    async all() {
      const { rows } = await db.query<Row>('SELECT * FROM webhooks ORDER BY id');
      return rows.map(toWebhook);
    },
    async get(id) {
      const { rows } = await db.query<Row>('SELECT * FROM webhooks WHERE id = $1', [id]);
      return rows[0] && toWebhook(rows[0]);
    },
    async counts(id) {
      const { rows } = await db.query<{ state: string; count: string }>(
        'SELECT state, count(*) FROM webhook_deliveries WHERE webhook_id = $1 GROUP BY state',
        [id],
      );
      const counts = Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
      return { pending: 0, delivered: 0, dead: 0, ...counts };
    },
    async create({ id, name, url, events, personalData, enabled }, sealedSecret) {
      try {
        return await changed(
          `INSERT INTO webhooks (id, name, url, events, personal_data, enabled, secret)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
          [id, name, url, events, personalData, enabled, sealedSecret],
        );
      } catch (error) {
        if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
        return err(refusal('ALREADY_EXISTS', `There is a webhook ${id} already.`));
      }
    },
    replace: ({ id, name, url, events, personalData, enabled }) =>
      changed(
        `UPDATE webhooks SET name = $2, url = $3, events = $4, personal_data = $5, enabled = $6,
           ${enabled ? `${WELL_AGAIN},` : ''} revision = revision + 1, updated_at = now()
         WHERE id = $1 RETURNING *`,
        [id, name, url, events, personalData, enabled],
      ),
    rotate: (id, sealedSecret, previousUntil) =>
      changed(
        `UPDATE webhooks SET previous_secret = secret, previous_until = $3, secret = $2,
           revision = revision + 1, updated_at = now() WHERE id = $1 RETURNING *`,
        [id, sealedSecret, new Date(previousUntil)],
      ),
    async remove(id) {
      const { rowCount } = await db.query('DELETE FROM webhooks WHERE id = $1', [id]);
      return rowCount === 0 ? missing(id) : ok(undefined);
    },
  };
}
