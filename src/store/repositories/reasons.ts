import { queueId } from '../../model/ids.ts';
import type { Disposition, Labels, NotReadyReason } from '../../model/reasons.ts';
import type {
  DispositionRepository,
  NotReadyReasonRepository,
} from '../../runtime/ports/objects.ts';
import type { Queryable } from '../pool.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

interface ReasonRow extends RevisedRow {
  readonly label: Labels;
  readonly code: string | null;
}
interface DispositionRow extends ReasonRow {
  readonly queue_ids: readonly string[] | null;
}

const reasonOf = ({ key, label, code }: ReasonRow): NotReadyReason => ({
  id: key,
  label,
  ...(code === null ? {} : { code }),
});

const dispositions: KeyedTable<Disposition, DispositionRow> = {
  noun: 'disposition',
  table: 'dispositions',
  keyColumn: 'id',
  select: 'SELECT id AS key, label, code, queue_ids, revision, updated_at FROM dispositions',
  columns: { id: 'text', label: 'jsonb', code: 'text', queue_ids: 'text[]' },
  nameSql: 'label::text',
  filters: { queueId: (place) => `(queue_ids IS NULL OR ${place} = ANY (queue_ids))` },
  rowOf: ({ id, label, code, queueIds }) => ({ id, label, code, queue_ids: queueIds }),
  toItem: (row) => ({
    ...reasonOf(row),
    ...(row.queue_ids === null ? {} : { queueIds: row.queue_ids.map(queueId) }),
  }),
};

const notReadyReasons: KeyedTable<NotReadyReason, ReasonRow> = {
  noun: 'reason',
  table: 'not_ready_reasons',
  keyColumn: 'id',
  select: 'SELECT id AS key, label, code, revision, updated_at FROM not_ready_reasons',
  columns: { id: 'text', label: 'jsonb', code: 'text' },
  nameSql: 'label::text',
  rowOf: ({ id, label, code }) => ({ id, label, code }),
  toItem: reasonOf,
};

export const dispositionRepository = (db: Queryable): DispositionRepository =>
  keyedRepository(db, dispositions);

export const notReadyReasonRepository = (db: Queryable): NotReadyReasonRepository =>
  keyedRepository(db, notReadyReasons);

/** Every one of them, for the phones. */
export async function allReasons(db: Queryable): Promise<{
  readonly dispositions: readonly Disposition[];
  readonly notReadyReasons: readonly NotReadyReason[];
}> {
  const said = await db.query<DispositionRow>(`${dispositions.select} ORDER BY id`);
  const reasons = await db.query<ReasonRow>(`${notReadyReasons.select} ORDER BY id`);
  return {
    dispositions: said.rows.map(dispositions.toItem),
    notReadyReasons: reasons.rows.map(notReadyReasons.toItem),
  };
}
