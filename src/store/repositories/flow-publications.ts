import type { QueryResultRow } from 'pg';
import { decodeCursor } from '../../lib/cursor.ts';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { FlowId } from '../../model/ids.ts';
import type { Authorship, FlowPublication, Page, PageRequest } from '../../runtime/ports.admin.ts';
import { pageOf } from '../paging.ts';
import type { Queryable } from '../pool.ts';

interface PublicationRow extends QueryResultRow {
  readonly seq: number;
  readonly version: number;
  readonly previous: number | null;
  readonly author: string;
  readonly comment: string | null;
  readonly at: Date;
}

const toPublication = (row: PublicationRow): FlowPublication => ({
  seq: row.seq,
  version: row.version,
  ...(row.previous === null ? {} : { previous: row.previous }),
  author: row.author,
  ...(row.comment === null ? {} : { comment: row.comment }),
  at: row.at.getTime(),
});

/** Newest first. */
export async function flowPublications(
  db: Queryable,
  id: FlowId,
  request: PageRequest,
): Promise<Result<Page<FlowPublication>, Refusal>> {
  const before = decodeNumberCursor(request.cursor);
  if (!before.ok) return before;
  const { rows } = await db.query<PublicationRow>(
    `SELECT seq, version, previous, author, comment, at FROM flow_publications
     WHERE flow_id = $1 AND ($2::int IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3`,
    [id, before.value ?? null, request.limit + 1],
  );
  return ok(pageOf(rows, request.limit, (row) => [String(row.seq)], toPublication));
}

/** In the transaction that makes the version live. */
export async function recordPublication(
  db: Queryable,
  id: FlowId,
  { author, comment }: Authorship,
  version: number,
  previous: number | undefined,
): Promise<void> {
  await db.query(
    `INSERT INTO flow_publications (flow_id, seq, version, previous, author, comment)
     SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 FROM flow_publications WHERE flow_id = $1`,
    [id, version, previous ?? null, author, comment ?? null],
  );
}

/** Of lists whose key is a number. */
export function decodeNumberCursor(
  cursor: string | undefined,
): Result<number | undefined, Refusal> {
  const key = decodeCursor(cursor, 1);
  if (!key.ok || key.value === undefined) return key.ok ? ok(undefined) : key;
  const text = key.value[0] ?? '';
  if (!/^\d{1,9}$/.test(text))
    return err(refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.'));
  return ok(Number(text));
}
