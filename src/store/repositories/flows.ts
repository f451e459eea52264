import type { QueryResultRow } from 'pg';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type FlowId, flowId } from '../../model/ids.ts';
import type {
  Authorship,
  FlowRepository,
  FlowSummary,
  FlowVersion,
} from '../../runtime/ports/flows.ts';
import type { FlowDocument } from '../../runtime/ports/index.ts';
import { Conditions, listObjects, listPage } from '../listing.ts';
import { FOREIGN_KEY_VIOLATION, type Queryable, sqlState } from '../pool.ts';
import { flowDrafts } from './flow-drafts.ts';
import { flowPublications, recordPublication } from './flow-publications.ts';

interface SummaryRow extends QueryResultRow {
  readonly id: string;
  readonly live_version: number | null;
  readonly latest_version: number | null;
  readonly draft_revision: number | null;
  readonly updated_at: Date;
}

interface VersionRow extends QueryResultRow {
  readonly flow_id: string;
  readonly version: number;
  readonly live: boolean;
  readonly document: unknown;
  readonly author: string | null;
  readonly comment: string | null;
  readonly created_at: Date;
}

const VERSIONS = `SELECT flow_id, version, version = live_version AS live, document, author, comment, created_at
  FROM flow_versions JOIN flows ON flows.id = flow_id`;

/** Also of those that are only drafts. */
const SUMMARIES = `SELECT coalesce(id, flow_id) AS id, live_version, draft.revision AS draft_revision,
    greatest(flows.updated_at, draft.updated_at) AS updated_at,
    (SELECT max(version) FROM flow_versions WHERE flow_id = id) AS latest_version
  FROM flows FULL JOIN flow_drafts draft ON draft.flow_id = id`;

const toVersion = (row: VersionRow): FlowVersion => ({
  id: flowId(row.flow_id),
  version: row.version,
  live: row.live,
  document: row.document,
  ...(row.author === null ? {} : { author: row.author }),
  ...(row.comment === null ? {} : { comment: row.comment }),
  createdAt: row.created_at.getTime(),
});

const toSummary = (row: SummaryRow): FlowSummary => ({
  id: flowId(row.id),
  ...(row.live_version === null ? {} : { liveVersion: row.live_version }),
  ...(row.latest_version === null ? {} : { latestVersion: row.latest_version }),
  ...(row.draft_revision === null ? {} : { draftRevision: row.draft_revision }),
  updatedAt: row.updated_at.getTime(),
});

/** `publish` and `setLive` need the transaction of a change: the flow and its version refer to each other. */
export function flowRepository(db: Queryable): FlowRepository {
  const get = async (id: FlowId, version?: number): Promise<FlowVersion | undefined> => {
    const { rows } = await db.query<VersionRow>(
      `${VERSIONS} WHERE flow_id = $1 AND version = coalesce($2, live_version)`,
      [id, version ?? null],
    );
    return rows[0] && toVersion(rows[0]);
  };
  return {
    get,
    ...flowDrafts(db),
    publications: (id, request) => flowPublications(db, id, request),
    list: (request) =>
      listObjects<SummaryRow, FlowSummary>(
        db,
        { from: SUMMARIES, key: 'id', nameSql: 'id', toItem: toSummary },
        request,
      ),
    versions: (id, page) =>
      listPage<VersionRow, FlowVersion>(
        db,
        {
          from: VERSIONS,
          by: [{ sql: 'version', type: 'bigint' }],
          backwards: true,
          toItem: toVersion,
        },
        new Conditions().add(id, (p) => `flow_id = ${p}`),
        page,
      ),
    publish: (id, document, by) => publish(db, id, document, by, get),
    async previous(id) {
      const { rows } = await db.query<VersionRow>(
        `${VERSIONS} WHERE flow_id = $1 AND version < live_version ORDER BY version DESC LIMIT 1`,
        [id],
      );
      return rows[0] && toVersion(rows[0]);
    },
    async setLive(id, version, by) {
      const found = await get(id, version);
      if (!found) return err(refusal('NOT_FOUND', `There is no version ${version} of flow ${id}.`));
      const before = await get(id);
      await recordPublication(db, id, by, version, before?.version);
      await db.query('UPDATE flows SET live_version = $2, updated_at = now() WHERE id = $1', [
        id,
        version,
      ]);
      return ok({ ...found, live: true });
    },
    remove: (id) => remove(db, id),
  };
}

async function publish(
  db: Queryable,
  id: FlowId,
  document: unknown,
  by: Authorship,
  get: (id: FlowId, version?: number) => Promise<FlowVersion | undefined>,
): Promise<FlowVersion> {
  const previous = await get(id);
  await db.query(
    `WITH next AS (SELECT coalesce(max(version), 0) + 1 AS version FROM flow_versions WHERE flow_id = $1),
     flow AS (
       INSERT INTO flows (id, live_version) SELECT $1, version FROM next
       ON CONFLICT (id) DO UPDATE SET live_version = EXCLUDED.live_version, updated_at = now())
     INSERT INTO flow_versions (flow_id, version, document, author, comment)
       SELECT $1, version, $2, $3, $4 FROM next`,
    [id, JSON.stringify(document), by.author, by.comment ?? null],
  );
  const version = await get(id);
  if (!version) throw new Error('A flow that was published a moment ago is not there');
  await recordPublication(db, id, by, version.version, previous?.version);
  return version;
}

async function remove(db: Queryable, id: FlowId): Promise<Result<undefined, Refusal>> {
  try {
    const removed = await db.query('DELETE FROM flows WHERE id = $1', [id]);
    const dropped = await db.query('DELETE FROM flow_drafts WHERE flow_id = $1', [id]);
    if (removed.rowCount === 0 && dropped.rowCount === 0)
      return err(refusal('NOT_FOUND', `There is no flow ${id}.`));
    return ok(undefined);
  } catch (error) {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
    return err(refusal('IN_USE', `The flow ${id} is what callers of a number hear.`));
  }
}

/** The live version of every flow, for the engine. */
export async function liveFlows(db: Queryable): Promise<readonly FlowDocument[]> {
  const { rows } = await db.query<VersionRow>(
    `${VERSIONS} WHERE version = live_version ORDER BY flow_id`,
  );
  return rows.map((row) => ({
    id: flowId(row.flow_id),
    version: row.version,
    document: row.document,
  }));
}
