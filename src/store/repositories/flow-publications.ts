import type { QueryResultRow } from 'pg';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { FlowId } from '../../model/ids.ts';
import type { Authorship, FlowPublication } from '../../runtime/ports/flows.ts';
import type { Page, PageRequest } from '../../runtime/ports/lists.ts';
import { Conditions, listPage } from '../listing.ts';
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
export const flowPublications = (
  db: Queryable,
  id: FlowId,
  page: PageRequest,
): Promise<Result<Page<FlowPublication>, Refusal>> =>
  listPage<PublicationRow, FlowPublication>(
    db,
    {
      from: 'SELECT * FROM flow_publications',
      by: [{ sql: 'seq', type: 'bigint' }],
      backwards: true,
      toItem: toPublication,
    },
    new Conditions().add(id, (p) => `flow_id = ${p}`),
    page,
  );

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
