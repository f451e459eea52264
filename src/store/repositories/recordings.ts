import type { QueryResultRow } from 'pg';
import { agentId, callId, contactId, queueId, recordingId } from '../../model/ids.ts';
import type {
  ConversationRecording,
  NoticeEvidence,
  RecordingEnd,
  RecordingPause,
  RecordingState,
  RecordingStorage,
  StoredRecording,
} from '../../model/recording.ts';
import type { RecordingFilter, RecordingRepository } from '../../runtime/ports/recordings.ts';
import { byTime, Conditions, listPage } from '../listing.ts';
import type { Queryable } from '../pool.ts';

interface Row extends QueryResultRow {
  readonly id: string;
  readonly call_id: string;
  readonly why: ConversationRecording['why'];
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly duration_ms: number | null;
  readonly stereo: boolean;
  readonly state: RecordingState;
  readonly ended_by: RecordingEnd | null;
  readonly loss: string | null;
  readonly queue_id: string | null;
  readonly agent_ids: readonly string[];
  readonly ani: string | null;
  readonly contact_id: string | null;
  readonly notice: NoticeEvidence | null;
  readonly pauses: readonly RecordingPause[];
  readonly storage: RecordingStorage | null;
  readonly octets: string | null;
  readonly revision: number;
}

/** So many at once are deleted, or looked for. */
const BATCH_MAX = 100;

const toRecording = (row: Row): StoredRecording => ({
  id: recordingId(row.id),
  callId: callId(row.call_id),
  why: row.why,
  startedAt: row.started_at.getTime(),
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at.getTime() }),
  ...(row.duration_ms === null ? {} : { durationMs: row.duration_ms }),
  stereo: row.stereo,
  state: row.state,
  ...(row.ended_by === null ? {} : { end: row.ended_by }),
  ...(row.loss === null ? {} : { loss: row.loss }),
  ...(row.queue_id === null ? {} : { queueId: queueId(row.queue_id) }),
  agentIds: row.agent_ids.map(agentId),
  ...(row.ani === null ? {} : { ani: row.ani }),
  ...(row.contact_id === null ? {} : { contactId: contactId(row.contact_id) }),
  ...(row.notice === null ? {} : { notice: row.notice }),
  pauses: row.pauses,
  ...(row.storage === null ? {} : { storage: row.storage }),
  ...(row.octets === null ? {} : { octets: Number(row.octets) }),
  revision: row.revision,
});

export function recordingRepository(db: Queryable): RecordingRepository {
  const oldest = async (condition: string, before: number, from = 0) => {
    const { rows } = await db.query<Row>(
      `SELECT * FROM recordings WHERE ${condition} AND started_at < $1 AND started_at >= $2
       ORDER BY started_at LIMIT ${BATCH_MAX}`,
      [new Date(before), new Date(from)],
    );
    return rows.map(toRecording);
  };
  return {
    list: (filter, { order, ...page }) =>
      listPage<Row, StoredRecording>(
        db,
        {
          from: 'SELECT * FROM recordings',
          by: byTime('started_at'),
          backwards: order !== 'oldest',
          toItem: toRecording,
        },
        conditions(filter),
        page,
      ),
    async get(id) {
      const { rows } = await db.query<Row>('SELECT * FROM recordings WHERE id = $1', [id]);
      return rows[0] && toRecording(rows[0]);
    },
    async placed(id, where) {
      const { rowCount } = await db.query(
        `UPDATE recordings SET storage = $2, octets = $3, revision = revision + 1,
           state = CASE WHEN $2::text IS NULL AND state = 'kept' THEN 'deleted' ELSE state END
         WHERE id = $1`,
        [id, where?.storage ?? null, where?.octets ?? null],
      );
      return rowCount === 1;
    },
    expired: (before, from) => oldest('storage IS NOT NULL', before, from),
    orphans: (before) => oldest(`state = 'running'`, before),
  };
}

const conditions = (filter: RecordingFilter): Conditions =>
  new Conditions()
    .addTime(filter.from, (p) => `started_at >= ${p}`)
    .addTime(filter.to, (p) => `started_at < ${p}`)
    .add(filter.callId, (p) => `call_id = ${p}`)
    .add(filter.queueId, (p) => `queue_id = ${p}`)
    .add(filter.agentId, (p) => `agent_ids @> ARRAY[${p}]`)
    .add(filter.agentIds, (p) => `agent_ids && ${p}::text[]`)
    .add(filter.state, (p) => `state = ${p}`);
