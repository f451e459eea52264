import type { QueryResultRow } from 'pg';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { Seal } from '../../lib/seal.ts';
import type { WebhookConfig } from '../../model/webhook.ts';
import type { WebhookRepository } from '../../runtime/ports/objects.ts';
import type { StoredWebhook, WebhookStore } from '../../runtime/ports/webhooks.ts';
import type { Queryable } from '../pool.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

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
  const changed = async (text: string, values: unknown[]) => {
    const { rows } = await db.query<Row>(text, values);
    return rows[0] ? ok(toWebhook(rows[0])) : err(missing(String(values[0])));
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
    rotate: (id, sealedSecret, previousUntil) =>
      changed(
        `UPDATE webhooks SET previous_secret = secret, previous_until = $3, secret = $2,
           revision = revision + 1, updated_at = now() WHERE id = $1 RETURNING *`,
        [id, sealedSecret, new Date(previousUntil)],
      ),
  };
}

const missing = (id: string) => refusal('NOT_FOUND', `There is no webhook ${id}.`);

type ConfigRow = Row & RevisedRow;

/** What somebody has configured; how it does is not among it. With everything that is on its way to it, it is removed. */
const table: KeyedTable<WebhookConfig, ConfigRow> = {
  noun: 'webhook',
  keyColumn: 'id',
  select: 'SELECT *, id AS key FROM webhooks',
  table: 'webhooks',
  columns: {
    id: 'text',
    name: 'text',
    url: 'text',
    events: 'text[]',
    personal_data: 'boolean',
    enabled: 'boolean',
  },
  // Whoever enables an endpoint again closes the breaker that gave it up.
  updateSets: `,
    failures = CASE WHEN written.enabled THEN 0 ELSE kept.failures END,
    failing_since = CASE WHEN written.enabled THEN NULL ELSE kept.failing_since END,
    rest_until = CASE WHEN written.enabled THEN NULL ELSE kept.rest_until END,
    last_error = CASE WHEN written.enabled THEN NULL ELSE kept.last_error END,
    disabled_at = CASE WHEN written.enabled THEN NULL ELSE kept.disabled_at END,
    disabled_reason = CASE WHEN written.enabled THEN NULL ELSE kept.disabled_reason END`,
  rowOf: ({ id, name, url, events, personalData, enabled }) => ({
    id,
    name,
    url,
    events,
    personal_data: personalData,
    enabled,
  }),
  toItem: ({ id, name, url, events, personal_data: personalData, enabled }) => ({
    id,
    name,
    url,
    events,
    personalData,
    enabled,
  }),
};

/** Each has its own few connections, so there is a limit to them. */
const WEBHOOKS_MAX = 100;

export function webhookRepository(db: Queryable, seal: Seal): WebhookRepository {
  const sealedOf = async (id: string): Promise<string | undefined> => {
    const text = 'SELECT secret FROM webhooks WHERE id = $1';
    const { rows } = await db.query<Pick<Row, 'secret'>>(text, [id]);
    return rows[0]?.secret;
  };
  return {
    ...keyedRepository<WebhookConfig, string, ConfigRow>(db, table),
    create: async (webhook, secret) => {
      const { rows } = await db.query<{ count: number }>('SELECT count(*)::int FROM webhooks');
      if ((rows[0]?.count ?? 0) >= WEBHOOKS_MAX)
        return err(refusal('LIMIT_REACHED', `There may be ${WEBHOOKS_MAX} webhooks.`));
      return keyedRepository<WebhookConfig, string, ConfigRow>(db, {
        ...table,
        columns: { ...table.columns, secret: 'text' },
        rowOf: (item) => ({ ...table.rowOf(item), secret: seal.close(secret) }),
      }).create(webhook);
    },
    async setSecret(id, secret) {
      const text = 'UPDATE webhooks SET secret = $2, previous_secret = NULL WHERE id = $1';
      const { rowCount } = await db.query(text, [id, seal.close(secret)]);
      return rowCount === 0 ? err(missing(id)) : ok(undefined);
    },
    async hasSecret(id, secret) {
      const sealed = await sealedOf(id);
      return sealed !== undefined && seal.open(sealed) === secret;
    },
  };
}

/** Every one of them as it is configured, in the order of the keys. */
export async function allWebhooks(db: Queryable): Promise<readonly WebhookConfig[]> {
  const { rows } = await db.query<ConfigRow>(`${table.select} ORDER BY id`);
  return rows.map(table.toItem);
}
