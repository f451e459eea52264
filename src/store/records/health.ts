import type { HealthCheck } from '../../runtime/ports/index.ts';
import type { RecordStats } from './sink.ts';

/**
 * Calls are taken whatever becomes of their records, and whoever restarts the house loses those that are in memory: it
 * is said, and no reason to send nobody here.
 */
export const recordsHealth = (records: { stats(): RecordStats }): HealthCheck => ({
  name: 'records',
  async check() {
    const detail = [...lines(records.stats())].join(' ');
    return { ok: true, ...(detail === '' ? {} : { detail }) };
  },
});

function* lines({ state, pending, outboxBytes, lost, diskRefuses }: RecordStats) {
  if (diskRefuses)
    yield `Neither the database nor the disk of DATA_DIR takes records: ${pending} are in memory only. Make room, and do not restart before.`;
  else if (state === 'queueing')
    yield `The database takes none: ${outboxBytes} bytes on disk and ${pending} records in memory are queued.`;
  if (lost > 0) yield `${lost} records were lost since the start.`;
}
