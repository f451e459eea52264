import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { AuditEntry, AuditTrail } from '../../runtime/ports/access.ts';
import { isDataFault, type Queryable, sqlState } from '../pool.ts';
import { insertEntries } from './audit-log.ts';

const ENTRIES_MAX = 10_000;
const BATCH_MAX = 100;
const RETRY_MS = 1_000;

export interface ClosableAuditTrail extends AuditTrail {
  /** Writes what waits, if it can; what cannot be written goes to the log. Idempotent. */
  close(): Promise<void>;
}

/**
 * Entries queue in memory and are written in their order, again and again while the database is away. Above the
 * limit, and at the end, they go to the log: an entry is never dropped in silence.
 */
export function auditTrail(db: Queryable, clock: Clock, log: Logger): ClosableAuditTrail {
  const waiting: AuditEntry[] = [];
  let writing = Promise.resolve();
  let retry: { cancel(): void } | undefined;
  let closed = false;

  const lose = (entries: readonly AuditEntry[], why: string) => {
    for (const { at, actor, action, object } of entries)
      log.error({ at, actor: actor.id, action, object, why }, 'An audit entry was not stored');
  };
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX);
      try {
        await insertEntries(db, batch);
      } catch (error) {
        if (!isHopeless(error)) return again();
        lose(batch, String(error));
      }
      waiting.splice(0, batch.length);
    }
  };
  const again = () => {
    if (!closed) retry = clock.after(RETRY_MS, () => void flush());
  };
  const flush = (): Promise<void> => {
    retry?.cancel();
    retry = undefined;
    writing = writing.then(writeAll);
    return writing;
  };

  return {
    async record(entry) {
      if (waiting.length >= ENTRIES_MAX || closed) return lose([entry], 'too many wait');
      waiting.push(entry);
      // While the database is away, the retry has its own time: nobody hurries it, and nobody waits for it.
      if (!retry) await flush();
    },
    async close() {
      closed = true;
      await flush();
      lose(waiting.splice(0), 'the database is away');
    },
  };
}

/** The entry's fault, or our own SQL's: trying again would fail again. */
const isHopeless = (error: unknown): boolean =>
  isDataFault(error) || sqlState(error)?.startsWith('42') === true;
