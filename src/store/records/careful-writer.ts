import type { Logger } from '../../lib/log.ts';
import { isDataFault } from '../pool.ts';
import type { QueuedRecord, RecordInserter } from './insert.ts';
import type { Outbox } from './outbox.ts';

/** Writes batches in which some records may be such as the database will never take. */
export class CarefulWriter {
  /** How many were set aside, for the counts. */
  rejected = 0;
  /** Why the database took nothing, the last time that it did not. */
  fault: unknown;
  readonly #inserter: Pick<RecordInserter, 'insert'>;
  readonly #outbox: Pick<Outbox, 'setAside'>;
  readonly #log: Logger;

  constructor(
    inserter: Pick<RecordInserter, 'insert'>,
    outbox: Pick<Outbox, 'setAside'>,
    log: Logger,
  ) {
    this.#inserter = inserter;
    this.#outbox = outbox;
    this.#log = log;
  }

  /** False: the database is away. Records that it refuses for their own sake are set aside, one by one. */
  async insert(records: readonly QueuedRecord[]): Promise<boolean> {
    try {
      await this.#inserter.insert(records);
      return true;
    } catch (error) {
      if (!isDataFault(error)) {
        this.fault = error;
        return false;
      }
      const only = records.length === 1 ? records[0] : undefined;
      if (!only) return this.#insertHalves(records);
      this.#log.error({ error }, 'The database refused a record');
      await this.setAside([only.json], 'refused');
      return true;
    }
  }

  /** Never rejects: what cannot even be set aside is counted all the same. */
  async setAside(lines: readonly string[], why: string): Promise<void> {
    if (lines.length === 0) return;
    this.rejected += lines.length;
    try {
      await this.#outbox.setAside(lines, why);
    } catch (error) {
      this.#log.error({ error, count: lines.length }, 'Rejected records could not be kept');
    }
  }

  /** What was written before the fault comes again, and is ignored. */
  async #insertHalves(records: readonly QueuedRecord[]): Promise<boolean> {
    const middle = Math.ceil(records.length / 2);
    return (
      (await this.insert(records.slice(0, middle))) && (await this.insert(records.slice(middle)))
    );
  }
}
