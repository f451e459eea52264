import type { Command } from '../acd/commands.ts';
import type { Engine } from '../acd/engine.ts';
import type { EpochMs } from '../lib/clock.ts';
import { openFolder } from './journal-disk.ts';
import { encodeLine, type JournalRecord } from './journal-lines.ts';
import {
  BUFFER_BYTES_MAX,
  type JournalOptions,
  RETRY_MS,
  SNAPSHOT_EVERY,
} from './journal-options.ts';
import { recover, type SnapshotHead } from './journal-recovery.ts';
import { JournalWriter } from './journal-writer.ts';

export type { JournalOptions, JournalTrouble } from './journal-options.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** As it was after the last command that reached the disk. */
  readonly engine: Engine;
  readonly commandsReplayed: number;
  /** What was kept and not dropped: identities of legs, contexts of calls. */
  readonly notes: ReadonlyMap<string, unknown>;
}

const CLOSE_MS_MAX = 5_000;

/** Reads back what was written, and goes on from there. Rejects only when the folder cannot be had at all. */
export async function openJournal(options: JournalOptions): Promise<OpenedJournal> {
  const disk = options.disk ?? (await openFolder(options.folder));
  const { engine, notes, commandsReplayed, ...last } = await recover(disk);
  for (const detail of last.flaws) options.onTrouble({ kind: 'flaw', detail });
  const writer = new JournalWriter(disk, last.generation);
  const journal = new Journal(options, writer, engine, new Map(notes), last.lastNumber);
  return { journal, engine, commandsReplayed, notes };
}

/** A whole state on its way to the disk. `needed`: no record can be written before it. */
interface Snapshot {
  readonly head: SnapshotHead;
  readonly state: string;
  readonly needed: boolean;
}

/**
 * The journal of commands: the truth from which a new process has the same engine to the byte.
 * Taking a record costs a few microseconds of memory; one loop writes what has gathered, a batch at a time,
 * and waits for the disk, so that routing never does.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #writer: JournalWriter;
  readonly #engine: Engine;
  readonly #notes: Map<string, unknown>;
  #lastNumber: number;
  #recordsSinceSnapshot = 0;
  #queue: (string | Snapshot)[] = [];
  #queueBytes = 0;
  /** Records were dropped: only a snapshot of the present can make the journal whole again. */
  #broken = false;
  #inTrouble = false;
  #closed = false;
  #pump: Promise<void> | undefined;

  /** Use {@link openJournal}. The first thing on the disk is what was recovered. */
  constructor(
    options: JournalOptions,
    writer: JournalWriter,
    engine: Engine,
    notes: Map<string, unknown>,
    lastNumber: number,
  ) {
    this.#options = options;
    this.#writer = writer;
    this.#engine = engine;
    this.#notes = notes;
    this.#lastNumber = lastNumber;
    this.#queue.push(this.#takeSnapshot(true));
    this.#start();
  }

  /**
   * Takes a command. Call it before `engine.apply(at, command)`, in the same turn: a snapshot is taken
   * here, and must hold every command before this one and not this one.
   */
  append(at: EpochMs, command: Command): void {
    this.#add({ n: this.#lastNumber + 1, at, command });
  }

  /** Keeps a JSON value under the key, until it is dropped: `leg:<id>` for the identity of a leg. */
  keep(key: string, value: unknown): void {
    this.#add({ n: this.#lastNumber + 1, keep: key, value });
    this.#notes.set(key, value);
  }

  drop(key: string): void {
    if (!this.#notes.has(key)) return;
    this.#add({ n: this.#lastNumber + 1, drop: key });
    this.#notes.delete(key);
  }

  /** Resolves when everything taken so far is on the disk; while the disk fails, that may be long. */
  async flush(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump;
  }

  /** Writes the rest, for a limited time, and closes the file; what comes later is not taken. Idempotent. */
  async close(limitMs = CLOSE_MS_MAX): Promise<void> {
    const limit = this.#pause(limitMs);
    await Promise.race([this.flush(), limit.over]);
    limit.end();
    this.#closed = true;
    await this.#writer.close();
  }

  #add(record: JournalRecord): void {
    if (this.#closed) return;
    const { snapshotEvery = SNAPSHOT_EVERY, bufferBytesMax = BUFFER_BYTES_MAX } = this.#options;
    // A disk in trouble gets no more snapshots than it must: they would fill the memory.
    const isDue = this.#recordsSinceSnapshot >= snapshotEvery && !this.#inTrouble;
    if (isDue && !this.#broken) this.#queue.push(this.#takeSnapshot(false));
    this.#lastNumber = record.n;
    this.#recordsSinceSnapshot++;
    if (this.#broken) return;
    const line = encodeLine(JSON.stringify(record));
    this.#queue.push(line);
    this.#queueBytes += line.length;
    if (this.#queueBytes > bufferBytesMax) this.#giveUpQueue();
    this.#start();
  }

  #giveUpQueue(): void {
    const count = this.#queue.filter((item) => typeof item === 'string').length;
    this.#queue = [];
    this.#queueBytes = 0;
    this.#broken = true;
    this.#options.onTrouble({ kind: 'recordsDropped', count });
  }

  #takeSnapshot(needed: boolean): Snapshot {
    this.#recordsSinceSnapshot = 0;
    const head: SnapshotHead = { n: this.#lastNumber, notes: [...this.#notes] };
    return { head, state: this.#engine.serialize(), needed };
  }

  /** Begins in the next turn, so that what comes in one turn is one batch. */
  #start(): void {
    this.#pump ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#writeAll())
      .finally(() => {
        this.#pump = undefined;
        if (this.#queue.length > 0 && !this.#closed) this.#start();
      });
  }

  async #writeAll(): Promise<void> {
    while (!this.#closed) {
      if (this.#broken) {
        this.#broken = false;
        this.#queue = [this.#takeSnapshot(true)];
      }
      const head = this.#queue[0];
      if (head === undefined) return;
      await (typeof head === 'string' ? this.#writeLines() : this.#writeSnapshot(head));
    }
  }

  async #writeLines(): Promise<void> {
    const end = this.#queue.findIndex((item) => typeof item !== 'string');
    const lines = this.#queue.splice(0, end < 0 ? this.#queue.length : end);
    const text = lines.join('');
    try {
      await this.#writer.write(text);
      this.#queueBytes = Math.max(0, this.#queueBytes - text.length);
      this.#succeeded();
    } catch (error) {
      if (!this.#broken) this.#queue.unshift(...lines);
      await this.#failed(error);
    }
  }

  /** A snapshot that was only due is left out when it fails: the segment in hand carries on. */
  async #writeSnapshot(snapshot: Snapshot): Promise<void> {
    try {
      const { head, state } = snapshot;
      await this.#writer.rotate(encodeLine(JSON.stringify(head)) + encodeLine(state));
      if (this.#queue[0] === snapshot) this.#queue.shift();
      this.#succeeded();
    } catch (error) {
      if (!snapshot.needed && this.#queue[0] === snapshot) this.#queue.shift();
      await this.#failed(error);
    }
  }

  #succeeded(): void {
    if (!this.#inTrouble || this.#broken) return;
    this.#inTrouble = false;
    this.#options.onTrouble({ kind: 'over' });
  }

  /** Tells of the first failure of a row, and waits before the next attempt. */
  async #failed(error: unknown): Promise<void> {
    if (!this.#inTrouble) this.#options.onTrouble({ kind: 'writeFailed', error });
    this.#inTrouble = true;
    await this.#pause(this.#options.retryMs ?? RETRY_MS).over;
  }

  #pause(delayMs: number): { over: Promise<void>; end: () => void } {
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(delayMs, resolve);
      end = () => {
        timer.cancel();
        resolve();
      };
    });
    return { over, end };
  }
}
