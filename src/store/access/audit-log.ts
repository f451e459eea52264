import type { QueryResultRow } from 'pg';
import { decodeCursor } from '../../lib/cursor.ts';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { Actor } from '../../model/access.ts';
import type {
  AuditEntry,
  AuditFilter,
  AuditLog,
  StoredAuditEntry,
} from '../../runtime/ports.access.ts';
import { toDatabaseJson } from '../json.ts';
import { pageOf } from '../paging.ts';
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

export function auditLog(db: Queryable): AuditLog {
  return {
    async list(filter, request) {
      const key = decodeCursor(request.cursor, 1);
      if (!key.ok) return key;
      const before = key.value?.[0];
      if (before !== undefined && !/^\d{1,15}$/.test(before)) return err(forged);
      const { where, values } = conditions(filter, before);
      const { rows } = await db.query<Row>(
        `SELECT * FROM audit_log ${where} ORDER BY seq DESC LIMIT $${values.length + 1}`,
        [...values, request.limit + 1],
      );
      return ok(pageOf(rows, request.limit, (row) => [row.seq], toEntry));
    },
  };
}

const forged = refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.');

function conditions(
  { from, to, actorId, action, objectKind, objectId }: AuditFilter,
  before: string | undefined,
): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const when = (condition: string, value: unknown) =>
    value === undefined ? [] : [`${condition} $${values.push(value)}`];
  const parts = [
    ...when('at >=', from === undefined ? undefined : new Date(from)),
    ...when('at <', to === undefined ? undefined : new Date(to)),
    ...when('actor_id =', actorId),
    ...when('action =', action),
    ...when('object_kind =', objectKind),
    ...when('object_id =', objectId),
    ...when('seq <', before),
  ];
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}
