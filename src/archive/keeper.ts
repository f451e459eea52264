import { rename, rm } from 'node:fs/promises';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { Trouble } from '../lib/trouble.ts';
import { callId } from '../model/ids.ts';
import type { ConversationRecording, StoredRecording } from '../model/recording.ts';
import type { RecordingRepository } from '../runtime/ports/recordings.ts';
import type { RecordingFolder, SoundFile } from './folder.ts';
import type { ObjectStore } from './object-store.ts';
import { repairWav } from './wav-repair.ts';

export interface KeeperOptions {
  readonly folder: RecordingFolder;
  /** Absent: recordings stay in the folder. */
  readonly objects?: ObjectStore;
  readonly recordings: RecordingRepository;
  /** Enters what was found: the record sink. */
  enter(recording: ConversationRecording): void;
  readonly keepMs: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  /** An upload has ended; for the books. */
  onUpload(result: 'ok' | 'failed'): void;
}

const EVERY_MS = 30_000;
/** The row is written in batches, a moment after the end. */
const AFTER_END_MS = 400;
/** A file that no process of ours writes and that has not grown for so long is nobody's. */
const ORPHAN_MS = 30_000;
/** By then the row of a file is there, unless it was lost. */
const ROW_MS_MAX = 600_000;

/**
 * Sees to it that every recording's sound is where it belongs and its row says so. It goes by what is on the disk, so
 * that whatever was interrupted goes on after a restart:
 *
 *   .part, not growing ──header mended──▶ whole ──row says folder──▶ uploaded, row says s3 ──▶ file removed
 *   row `running`, no file ──▶ lost          sound older than the limit ──▶ deleted
 */
export class RecordingKeeper {
  readonly #options: KeeperOptions;
  readonly #openedAt: number;
  #timer: Timer | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #sweeping: Promise<void> | undefined;
  #again = false;
  #closed = false;
  /** Where the next round begins to look for recordings whose time is up; absent: with the oldest. */
  #expireFrom: number | undefined;
  /** Recordings that outlive their time: told once. */
  readonly #overdue: Trouble;
  /** Files that wait to be uploaded. */
  waiting = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#openedAt = options.clock.now();
    const { clock, log } = options;
    this.#overdue = new Trouble({
      clock,
      begins: (recordings) =>
        log.warn({ recordings }, 'Recordings whose time is up are still there'),
      over: () => log.info({}, 'Recordings whose time is up can be deleted again'),
    });
    options.folder.onFinished = () => this.#schedule(AFTER_END_MS);
    this.#schedule(AFTER_END_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#sweeping;
    this.#overdue.close();
  }

  #schedule(delayMs: number): void {
    const dueAt = this.#options.clock.now() + delayMs;
    if (this.#closed) return;
    if (this.#sweeping !== undefined) this.#again ||= delayMs < EVERY_MS;
    if (this.#sweeping !== undefined || this.#dueAt <= dueAt) return;
    this.#timer?.cancel();
    this.#dueAt = dueAt;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      void this.sweep().then(() => {
        const soon = this.#again;
        this.#again = false;
        this.#schedule(soon ? AFTER_END_MS : EVERY_MS);
      });
    });
  }

  /** One round, or the one that is under way. Never rejects: what could not be done is tried again in the next one. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#round().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #round(): Promise<void> {
    try {
      const files = await this.#options.folder.files();
      for (const file of files) await this.#file(file);
      await this.#orphanedRows(files);
      await this.#expire();
      const { objects, folder } = this.#options;
      this.waiting = objects ? (await folder.files()).length : 0;
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'Recordings wait; later again');
    }
  }

  async #file(file: SoundFile): Promise<void> {
    if (this.#closed) return;
    if (file.part) await this.#mend(file);
    else await this.#place(file);
  }

  // ---- What another process has left behind --------------------------------------------------------------

  async #mend(file: SoundFile): Promise<void> {
    const { clock, folder, recordings } = this.#options;
    if (clock.now() - file.changedAt < ORPHAN_MS) return;
    const durationMs = await repairWav(file.path);
    const row = await recordings.get(file.id);
    if (durationMs > 0) await rename(file.path, folder.pathOf(file.id));
    else await rm(file.path, { force: true });
    this.#enter(file, row, durationMs);
  }

  #enter(file: SoundFile, row: StoredRecording | undefined, durationMs: number): void {
    const { enter, log } = this.#options;
    enter({
      ...conversationOf(row ?? unknown(file, durationMs)),
      state: durationMs > 0 ? 'kept' : 'lost',
      endedAt: file.changedAt,
      durationMs,
      end: 'restart',
      loss: 'The application ended while it was written: its end may be missing.',
    });
    log.error({ recordingId: file.id, durationMs }, 'A recording was found that nobody had ended');
  }

  /** What was begun and has left nothing. */
  async #orphanedRows(files: readonly SoundFile[]): Promise<void> {
    const { clock, recordings, enter, log } = this.#options;
    if (clock.now() - this.#openedAt < ORPHAN_MS) return;
    for (const row of await recordings.orphans(this.#openedAt)) {
      if (files.some(({ id }) => id === row.id)) continue;
      const loss = 'The application ended while it was written, and there is no sound.';
      enter({
        ...conversationOf(row),
        state: 'lost',
        endedAt: clock.now(),
        end: 'restart',
        loss,
      });
      log.error({ recordingId: row.id }, 'A recording was lost with the last process');
    }
  }

  // ---- Where the sound belongs ---------------------------------------------------------------------------

  async #place(file: SoundFile): Promise<void> {
    const { clock, objects, recordings, log } = this.#options;
    const row = await recordings.get(file.id);
    if (row?.state === 'deleted') return this.#options.folder.remove(file.id);
    if (!row || row.state === 'running') {
      if (clock.now() - file.changedAt > ROW_MS_MAX)
        this.#enter(file, row, await repairWav(file.path));
      return;
    }
    if (!objects) {
      const { octets } = file;
      if (row.storage !== 'folder') await recordings.placed(file.id, { storage: 'folder', octets });
      return;
    }
    try {
      await objects.put(file.id, file.path, file.octets);
      this.#options.onUpload('ok');
    } catch (error) {
      this.#options.onUpload('failed');
      log.warn({ recordingId: file.id, error: String(error) }, 'A recording could not be uploaded');
      return;
    }
    await recordings.placed(file.id, { storage: 's3', octets: file.octets });
    await this.#options.folder.remove(file.id);
  }

  // ---- Whose time is up ----------------------------------------------------------------------------------

  async #expire(): Promise<void> {
    const { clock, recordings, keepMs, log } = this.#options;
    const from = this.#expireFrom;
    const old = await recordings.expired(clock.now() - keepMs(), from);
    const deleted = await Promise.all(old.map((recording) => this.#delete(recording)));
    const count = deleted.filter(Boolean).length;
    const left = old.length - count;
    // Those that cannot be deleted keep no others from their end: the next round begins behind them, and then with them.
    this.#expireFrom = left > 0 ? old.at(-1)?.startedAt : undefined;
    if (count > 0) log.info({ recordings: count }, 'Recordings were deleted: their time is up');
    if (left > 0) this.#overdue.failed(left);
    else if (from === undefined) this.#overdue.worked();
  }

  /** False: not now. Without the store's address it can be asked for nothing; the row keeps saying where it is. */
  async #delete({ id, storage }: StoredRecording): Promise<boolean> {
    const { recordings, folder, objects, log } = this.#options;
    if (storage === 's3' && !objects) return false;
    try {
      if (storage === 's3') await objects?.remove(id);
      else await folder.remove(id);
      await recordings.placed(id, undefined);
      return true;
    } catch (error) {
      log.debug({ recordingId: id, error: String(error) }, 'A recording could not be deleted');
      return false;
    }
  }
}

/** The recording without what the store alone knows of it. */
function conversationOf(row: StoredRecording): ConversationRecording {
  const { storage, octets, revision, ...conversation } = row;
  return conversation;
}

/** Of a file whose row was lost: what its name and its header tell. */
function unknown(file: SoundFile, durationMs: number): StoredRecording {
  return {
    id: file.id,
    callId: callId(file.id.replace(/\.r\d+$/, '')),
    why: 'all',
    startedAt: Math.round(file.changedAt - durationMs),
    stereo: false,
    state: 'running',
    agentIds: [],
    pauses: [],
  };
}
