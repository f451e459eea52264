import type { QueryResultRow } from 'pg';
import type { Actor } from '../../model/access.ts';
import type {
  AuditEntry,
  AuditFilter,
  AuditLog,
  StoredAuditEntry,
} from '../../runtime/ports/access.ts';
import { toDatabaseJson } from '../json.ts';
import { Conditions, listPage } from '../listing.ts';
import type { Queryable } from '../pool.ts';

/** Of `before` and `after` each; what is larger (a flow, say) is told by its size alone. */
const SNAPSHOT_CHARS_MAX = 65_536;

interface Row extends QueryResultRow {
  /** A bigint, which `pg` reads as text. */
  readonly seq: string;
  readonly at: Date;
  readonly actor_kind: Actor['kind'];
  readonly actor_id: string;
  readonly actor_name: string;
  readonly action: string;
  readonly object_kind: string;
  readonly object_id: string;
  readonly before: unknown;
  readonly after: unknown;
}

const toEntry = (row: Row): StoredAuditEntry => ({
  seq: Number(row.seq),
  at: row.at.getTime(),
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  action: row.action,
  object: { kind: row.object_kind, id: row.object_id },
  ...(row.before === null ? {} : { before: row.before }),
  ...(row.after === null ? {} : { after: row.after }),
});

const COLUMNS =
  '(at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after)';

/** In one statement, in their order. */
export async function insertEntries(db: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const records = entries.map(({ at, actor, action, object, before, after }) => ({
    at: new Date(at).toISOString(),
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    action,
    object_kind: object.kind,
    object_id: object.id,
    before: bounded(before),
    after: bounded(after),
  }));
  await db.query(
    `INSERT INTO audit_log ${COLUMNS}
     SELECT at, actor_kind, actor_id, actor_name, action, object_kind, object_id,
       nullif(before, 'null'), nullif(after, 'null')
     FROM ROWS FROM (jsonb_to_recordset($1) AS (at timestamptz, actor_kind text, actor_id text,
       actor_name text, action text, object_kind text, object_id text, before jsonb, after jsonb))
     WITH ORDINALITY ORDER BY ordinality`,
    [toDatabaseJson(records)],
  );
}

function bounded(value: unknown): unknown {
  if (value === undefined) return null;
  const chars = JSON.stringify(value)?.length ?? 0;
  return chars <= SNAPSHOT_CHARS_MAX ? value : { tooLargeToKeep: true, chars };
}

export const auditLog = (db: Queryable): AuditLog => ({
  list: (filter, { order, ...page }) =>
    listPage<Row, StoredAuditEntry>(
      db,
      {
        from: 'SELECT * FROM audit_log',
        by: [{ sql: 'seq', type: 'bigint' }],
        backwards: order !== 'oldest',
        toItem: toEntry,
      },
      conditions(filter),
      page,
    ),
});

const conditions = (filter: AuditFilter): Conditions =>
  new Conditions()
    .addTime(filter.from, (p) => `at >= ${p}`)
    .addTime(filter.to, (p) => `at < ${p}`)
    .add(filter.actorId, (p) => `actor_id = ${p}`)
    .add(filter.action, (p) => `action = ${p}`)
    .add(filter.objectKind, (p) => `object_kind = ${p}`)
    .add(filter.objectId, (p) => `object_id = ${p}`);
