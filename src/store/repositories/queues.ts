import { type QueueId, queueId } from '../../model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../model/queue.ts';
import type { QueueRepository } from '../../runtime/ports/objects.ts';
import type { Queryable } from '../pool.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

interface QueueRow extends RevisedRow {
  readonly name: string;
  readonly settings: Partial<QueueConfig>;
}

const table: KeyedTable<QueueConfig, QueueRow> = {
  noun: 'queue',
  keyColumn: 'id',
  table: 'queues',
  select: 'SELECT id AS key, name, settings, revision, updated_at FROM queues',
  columns: { id: 'text', name: 'text', settings: 'jsonb' },
  filters: { skill: (place) => `settings->'requiredSkills' ? ${place}` },
  rowOf: (queue) => ({ id: queue.id, name: queue.name, settings: settingsOf(queue) }),
  toItem: (row) => ({
    ...QUEUE_DEFAULTS,
    ...row.settings,
    id: queueId(row.key),
    name: row.name,
  }),
};

/** What differs from the defaults: a default that gets better later gets better for this queue too. */
function settingsOf(queue: QueueConfig): Partial<QueueConfig> {
  const defaults: Record<string, unknown> = QUEUE_DEFAULTS;
  const own = Object.entries(queue).filter(
    ([key, value]) => key in defaults && JSON.stringify(value) !== JSON.stringify(defaults[key]),
  );
  return Object.fromEntries(own);
}

export const queueRepository = (db: Queryable): QueueRepository => keyedRepository(db, table);

/** Every queue, for the engine. */
export async function allQueues(db: Queryable): Promise<readonly QueueConfig[]> {
  const { rows } = await db.query<QueueRow>(`${table.select} ORDER BY id`);
  return rows.map(table.toItem);
}

export async function allQueueIds(db: Queryable): Promise<readonly QueueId[]> {
  const { rows } = await db.query<{ id: string }>('SELECT id FROM queues ORDER BY id');
  return rows.map((row) => queueId(row.id));
}
