import type { Clock } from '../../lib/clock.ts';
import type { CompactionJob } from './compaction.ts';
import type { Disk } from './disk.ts';

/** What the journal has to say about itself. Routing goes on in every case. */
export type JournalTrouble =
  /** Found at the start: a torn tail, a damaged snapshot. */
  | { readonly kind: 'flaw'; readonly detail: string }
  /** Kept in memory and tried again. */
  | { readonly kind: 'writeFailed'; readonly error: unknown }
  /** The buffer was full: until the disk is back and a whole snapshot is on it, a crash loses these. */
  | { readonly kind: 'recordsDropped'; readonly count: number }
  /** The segments before carry on: a restart replays more of them, until the next one is made. */
  | { readonly kind: 'snapshotFailed'; readonly error: unknown }
  /** Writing works again, and has for a while. */
  | { readonly kind: 'over' };

export interface JournalOptions {
  /** `DATA_DIR/journal`: made if it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly onTrouble: (trouble: JournalTrouble) => void;
  /** A generation ends after so many records, and a snapshot is made of what it left. */
  readonly snapshotEvery?: number;
  /** Makes a snapshot from what is on the disk: in a thread of its own, where callers are served. */
  readonly compact?: (job: CompactionJob) => Promise<void>;
  /** How far back the journal reaches, for those who ask why; two generations in any case. */
  readonly keepMs?: number;
  readonly keepBytesMax?: number;
  /** So much is kept in memory while the disk does not take it. */
  readonly bufferBytesMax?: number;
  /** The pause before a failed write is tried again. */
  readonly retryMs?: number;
  /** Stands in for the folder in tests. */
  readonly disk?: Disk;
}

export const SNAPSHOT_EVERY = 25_000;
export const BUFFER_BYTES_MAX = 32 * 1024 * 1024;
/** Three days: a complaint on Monday about Friday's calls. */
export const KEEP_MS = 72 * 3_600_000;
export const KEEP_BYTES_MAX = 2 * 1024 * 1024 * 1024;
export const RETRY_MS = 1_000;
