import type { QueryResultRow } from 'pg';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import { type FlowId, flowId } from '../../model/ids.ts';
import type { FlowDraft, FlowRepository } from '../../runtime/ports/flows.ts';
import type { Queryable } from '../pool.ts';

interface DraftRow extends QueryResultRow {
  readonly flow_id: string;
  readonly document: unknown;
  readonly comment: string | null;
  readonly author: string;
  readonly revision: number;
  readonly updated_at: Date;
}

const COLUMNS = 'flow_id, document, comment, author, revision, updated_at';

const toDraft = (row: DraftRow): FlowDraft => ({
  id: flowId(row.flow_id),
  document: row.document,
  author: row.author,
  ...(row.comment === null ? {} : { comment: row.comment }),
  revision: row.revision,
  updatedAt: row.updated_at.getTime(),
});

const changed = (id: FlowId) =>
  refusal('PRECONDITION_FAILED', `The draft of flow ${id} has changed meanwhile.`);
const noDraft = (id: FlowId) => refusal('NOT_FOUND', `There is no draft of flow ${id}.`);

export const flowDrafts = (
  db: Queryable,
): Pick<FlowRepository, 'draft' | 'saveDraft' | 'dropDraft'> => ({
  async draft(id: FlowId) {
    const { rows } = await db.query<DraftRow>(
      `SELECT ${COLUMNS} FROM flow_drafts WHERE flow_id = $1`,
      [id],
    );
    return rows[0] && toDraft(rows[0]);
  },
  async saveDraft(id, document, { author, comment }, expected) {
    const { rows } = await db.query<DraftRow>(
      `INSERT INTO flow_drafts AS old (flow_id, document, comment, author)
       SELECT $1, $2, $3, $4
       WHERE $5::bigint IS NULL OR EXISTS (SELECT 1 FROM flow_drafts WHERE flow_id = $1)
       ON CONFLICT (flow_id) DO UPDATE SET document = EXCLUDED.document, comment = EXCLUDED.comment,
         author = EXCLUDED.author, revision = old.revision + 1, updated_at = now()
         WHERE $5::bigint IS NULL OR old.revision = $5
       RETURNING ${COLUMNS}`,
      [id, JSON.stringify(document), comment ?? null, author, expected ?? null],
    );
    return rows[0] ? ok(toDraft(rows[0])) : err(changed(id));
  },
  async dropDraft(id, expected) {
    const { rowCount } = await db.query(
      'DELETE FROM flow_drafts WHERE flow_id = $1 AND ($2::bigint IS NULL OR revision = $2)',
      [id, expected ?? null],
    );
    if (rowCount === 1) return ok(undefined);
    const there = await db.query('SELECT 1 FROM flow_drafts WHERE flow_id = $1', [id]);
    return err(there.rows.length > 0 ? changed(id) : noDraft(id));
  },
});
